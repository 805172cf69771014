"""Checkpoints on disk: written whole or not at all, hashed, and thinned out.

Kept are the latest, the best and up to eight spread evenly over the run; the two latest with
their replay buffers.
"""

import hashlib
import math
import os
import re
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from gymlab.domain.disk_space import ROOM_BYTES
from gymlab.domain.timestamps import rfc3339
from gymlab.protocol.parts import Member
from gymlab.supervisor.atomic import make_folder, sync_folder, write_atomically
from gymlab.supervisor.blobs import BlobTable, read_chunks

CHECKPOINTS = "checkpoints"
MANIFEST = "manifest.json"
SPREAD = 8
NUM_WHOLE = 2
"""Newest checkpoints with everything that training continues from: where the last one is found
damaged, the one before continues as exactly. Older ones keep what the policy needs."""
MAX_MEMBERS = 64
_REPLACED = ".replaced-"
_PIN_PREFIX = ".needed-by-"
_MEMBER_NAME = re.compile(r"^[a-z][a-z0-9_]{0,63}\.[a-z0-9]{1,16}$")


class MemberFile(msgspec.Struct, frozen=True):
    """One file of a checkpoint."""

    sha256: str
    size_bytes: int
    transient: bool = False


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a checkpoint holds; the last file written into its folder."""

    format: int = 1
    run_id: str
    spec_sha256: str
    attempt: int
    timestep: int
    episodes: int
    gradient_steps: int
    wall_time_s: float
    mean_return: float | None
    evaluated_return: float | msgspec.UnsetType = msgspec.UNSET
    """Mean return of the evaluation that was made of exactly this policy during training."""
    seq: int
    """Last row that belongs to this state."""
    created_at: str
    ends_run: bool | msgspec.UnsetType = msgspec.UNSET
    """Whether training ended with it before its timesteps were done; left out where it did not."""
    versions: dict[str, str] = {}
    members: dict[str, MemberFile]
    manifest_sha256: str = ""
    """Hash of this document with this field empty: a flipped bit is noticed."""

    def encoded(self) -> bytes:
        """Return the document with its own hash filled in."""
        return msgspec.json.encode(msgspec.structs.replace(self, manifest_sha256=_digest(self)))

    @property
    def evaluation_return(self) -> float | None:
        """Mean return of the evaluation of this policy during training, if there was one."""
        # Left out of the file where there is none: manifests of earlier versions stay sound.
        return None if self.evaluated_return is msgspec.UNSET else self.evaluated_return


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A finished checkpoint."""

    folder: Path
    manifest: Manifest

    @property
    def order(self) -> tuple[int, int]:
        """Later checkpoints compare greater."""
        return self.manifest.attempt, self.manifest.timestep


class CheckpointStore:
    """The `checkpoints` folder of one run."""

    def __init__(self, run_folder: Path) -> None:
        """Look at the checkpoints of this run."""
        self._folder = run_folder / CHECKPOINTS

    def remove_unfinished(self) -> None:
        """Remove what a writer that died left; for the one writer, before it writes."""
        for replaced in self._folder.glob(f"{_REPLACED}*"):
            final = self._folder / replaced.name.removeprefix(_REPLACED)
            if (
                not final.exists()
            ):  # it ended between taking the old one away and the new one's name
                replaced.replace(final)
        for unfinished in self._folder.glob(".*"):
            shutil.rmtree(unfinished, ignore_errors=True)

    def at(self, timestep: int) -> StoredCheckpoint | None:
        """Return the checkpoint of a timestep; None when there is no sound manifest."""
        return read_checkpoint(self._folder / str(timestep))

    def all(self) -> list[StoredCheckpoint]:
        """Return every checkpoint with a sound manifest, oldest first."""
        read = [_read(folder) for folder in self._folder.glob("[0-9]*")]
        found = [checkpoint for checkpoint in read if isinstance(checkpoint, StoredCheckpoint)]
        return sorted(found, key=lambda checkpoint: checkpoint.order)

    def unreadable(self) -> list[Path]:
        """Return the checkpoint folders without a sound manifest."""
        read = [_read(folder) for folder in self._folder.glob("[0-9]*")]
        return sorted(folder for folder in read if isinstance(folder, Path))

    def save(
        self, manifest: Manifest, members: Sequence[Member], blobs: BlobTable
    ) -> StoredCheckpoint:
        """Write a checkpoint and thin out the older ones.

        Raises:
            ValueError: A member's name is not a plain file name, or there are too many.
            BlobError: A member's content is not what was announced.
            OSError: The disk is full or failing; older checkpoints are untouched, and so are
                the blobs, so that it can be tried again. Whoever is done discards them.
        """
        if len(members) > MAX_MEMBERS or not all(_MEMBER_NAME.fullmatch(m.name) for m in members):
            raise ValueError("a checkpoint has members with names that are not allowed")
        final = self._folder / str(manifest.timestep)
        temporary = self._folder / f".{manifest.timestep}-{time.monotonic_ns()}"
        make_folder(self._folder)
        temporary.mkdir()
        try:
            files = {member.name: _copy(member, temporary, blobs) for member in members}
            complete = msgspec.structs.replace(manifest, members=files)
            complete = msgspec.structs.replace(complete, manifest_sha256=_digest(complete))
            write_atomically(temporary / MANIFEST, msgspec.json.encode(complete), durable=True)
            replaced = self._folder / f"{_REPLACED}{manifest.timestep}"
            if final.exists():
                shutil.rmtree(replaced, ignore_errors=True)
                final.replace(replaced)
            temporary.replace(final)
            sync_folder(self._folder)
            shutil.rmtree(replaced, ignore_errors=True)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        self._thin_out()
        return StoredCheckpoint(final, complete)

    def latest_sound(self) -> tuple[StoredCheckpoint | None, list[StoredCheckpoint]]:
        """Return the newest checkpoint whose files have their hashes, and the corrupt newer ones."""
        corrupt: list[StoredCheckpoint] = []
        for checkpoint in reversed(self.all()):
            if is_sound(checkpoint):
                return checkpoint, corrupt
            corrupt.append(checkpoint)
        return None, corrupt

    def keep_latest_and_best(self) -> int:
        """Remove every checkpoint but those two, and what is unreadable; return how many.

        For a run that no process belongs to.
        """
        checkpoints = self.all()
        protected = protected_indices(
            [c.manifest.mean_return for c in checkpoints],
            [c.manifest.evaluation_return for c in checkpoints],
        )
        removed = [c.folder for index, c in enumerate(checkpoints) if index not in protected]
        # Without a sound checkpoint the damaged ones are all there is.
        removed += self.unreadable() if checkpoints else []
        for folder in removed:
            shutil.rmtree(folder, ignore_errors=True)
        return len(removed)

    def _thin_out(self) -> None:
        checkpoints = self.all()
        keep = kept_indices(
            [c.manifest.timestep for c in checkpoints],
            [c.manifest.mean_return for c in checkpoints],
            [c.manifest.evaluation_return for c in checkpoints],
        )
        for index, checkpoint in enumerate(checkpoints):
            if is_pinned(checkpoint.folder):
                continue
            if index not in keep:
                _discard(checkpoint.folder)
            elif index < len(checkpoints) - NUM_WHOLE or (
                index < len(checkpoints) - 1 and _is_dear(checkpoint)
            ):
                _drop_transient(checkpoint)


def pin_of(checkpoint_folder: Path, child_id: str) -> Path:
    """Return the file that keeps a checkpoint for a run that will begin from it."""
    return checkpoint_folder / f"{_PIN_PREFIX}{child_id}"


def is_pinned(checkpoint_folder: Path) -> bool:
    """Tell whether a run that has not begun yet needs a checkpoint."""
    return any(checkpoint_folder.glob(f"{_PIN_PREFIX}*"))


def read_checkpoint(folder: Path) -> StoredCheckpoint | None:
    """Return the checkpoint of a folder; None without a sound manifest."""
    found = _read(folder)
    return found if isinstance(found, StoredCheckpoint) else None


def kept_indices(
    timesteps: Sequence[int],
    mean_returns: Sequence[float | None],
    evaluation_returns: Sequence[float | None] = (),
) -> set[int]:
    """Return which of the checkpoints, oldest first, are kept.

    Args:
        timesteps: Timesteps done at each checkpoint.
        mean_returns: Mean training return at each checkpoint, None where unknown.
        evaluation_returns: Mean evaluation return at each checkpoint, None where there is none.
    """
    protected = protected_indices(mean_returns, evaluation_returns)
    spread = list(range(len(timesteps)))
    while len(spread) > SPREAD:
        gaps = [
            (timesteps[after] - (timesteps[before] if before >= 0 else 0), index)
            for before, index, after in zip(
                [-1, *spread[:-2]], spread[:-1], spread[1:], strict=True
            )
        ]
        spread.remove(min(gaps)[1])
    return protected | set(spread)


def protected_indices(
    mean_returns: Sequence[float | None], evaluation_returns: Sequence[float | None] = ()
) -> set[int]:
    """Return the latest and the best of the checkpoints, oldest first; none of none."""
    best = best_index(mean_returns, evaluation_returns)
    latest = {len(mean_returns) - 1} if mean_returns else set[int]()
    return latest | ({best} if best is not None else set[int]())


def best_checkpoint(checkpoints: Sequence[StoredCheckpoint]) -> StoredCheckpoint | None:
    """Return the best of the checkpoints, oldest first; None when nothing tells them apart."""
    index = best_index(
        [item.manifest.mean_return for item in checkpoints],
        [item.manifest.evaluation_return for item in checkpoints],
    )
    return checkpoints[index] if index is not None else None


def best_index(
    mean_returns: Sequence[float | None], evaluation_returns: Sequence[float | None]
) -> int | None:
    """Return which checkpoint is the best: by evaluation where there is one, else by training.

    The two are never compared with each other. Of equally good ones the newest counts.
    """
    for returns in (evaluation_returns, mean_returns):
        known = [(value, index) for index, value in enumerate(returns) if value is not None]
        if known:
            return max(known)[1]
    return None


def is_sound(checkpoint: StoredCheckpoint) -> bool:
    """Tell whether every file has the hash of the manifest; transient ones may be gone."""
    for name, file in checkpoint.manifest.members.items():
        path = checkpoint.folder / name
        if file.transient and not path.exists():
            continue
        try:
            with path.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
        except OSError:
            return False
        if digest != file.sha256:
            return False
    return True


def _digest(manifest: Manifest) -> str:
    blank = msgspec.structs.replace(manifest, manifest_sha256="")
    return hashlib.sha256(msgspec.json.encode(blank)).hexdigest()


def _read(folder: Path) -> StoredCheckpoint | Path:
    try:
        content = (folder / MANIFEST).read_bytes()
        manifest = msgspec.json.decode(content, type=Manifest)
    except (OSError, ValueError):
        return folder
    is_as_written = content == msgspec.json.encode(manifest)
    is_whole = is_as_written and manifest.manifest_sha256 == _digest(manifest)
    return StoredCheckpoint(folder, manifest) if is_whole else folder


def finite_or_unset(value: float | None) -> float | msgspec.UnsetType:
    """Return what a manifest says of an evaluation: nothing where there is no number."""
    return value if value is not None and math.isfinite(value) else msgspec.UNSET


def new_manifest(state: Mapping[str, Any]) -> Manifest:
    """Return a manifest without members, created now."""
    return Manifest(**state, created_at=rfc3339(time.time()), members={})


def _copy(member: Member, folder: Path, blobs: BlobTable) -> MemberFile:
    digest = hashlib.sha256()
    with blobs.lent(member) as descriptor, (folder / member.name).open("wb") as file:
        for chunk in read_chunks(descriptor, member.size):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return MemberFile(digest.hexdigest(), member.size, member.transient)


def missing_transient(checkpoint: StoredCheckpoint) -> list[str]:
    """Return the files that were dropped and that only an exact continuation needs."""
    return [
        name
        for name, file in checkpoint.manifest.members.items()
        if file.transient and not (checkpoint.folder / name).exists()
    ]


def _is_dear(checkpoint: StoredCheckpoint) -> bool:
    """Tell whether the disk has too little room to keep a second replay buffer."""
    size = sum(f.size_bytes for f in checkpoint.manifest.members.values() if f.transient)
    return shutil.disk_usage(checkpoint.folder).free < size + ROOM_BYTES


def _discard(folder: Path) -> None:
    """Remove a checkpoint, unless somebody came to need it at this very moment."""
    doomed = folder.with_name(f".thinned-{folder.name}")
    try:
        folder.replace(doomed)
        if is_pinned(doomed):
            doomed.replace(folder)
            return
    except OSError:
        return  # a later one will be tried again
    shutil.rmtree(doomed, ignore_errors=True)


def _drop_transient(checkpoint: StoredCheckpoint) -> None:
    for name, file in checkpoint.manifest.members.items():
        if file.transient:
            (checkpoint.folder / name).unlink(missing_ok=True)
