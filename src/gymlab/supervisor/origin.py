"""Taking over the checkpoint of another run: copied, with its hashes checked, before anything begins.

The copy lies in the run's own folder, so that nothing that happens to the other run later matters.
Until it is made, a pin in the other run's checkpoint keeps that from being thinned out.
"""

import hashlib
import os
import shutil
import time
from pathlib import Path

import msgspec

from gymlab.domain.ids import is_run_id
from gymlab.domain.runs import StartFrom
from gymlab.supervisor.atomic import sync_folder, write_atomically
from gymlab.supervisor.blobs import CHUNK_BYTES
from gymlab.supervisor.checkpoint_store import (
    CHECKPOINTS,
    MANIFEST,
    MemberFile,
    StoredCheckpoint,
    is_sound,
    pin_of,
    read_checkpoint,
)

ORIGIN = "origin"


class OriginError(Exception):
    """The checkpoint cannot be taken over; the message says why."""


def pin(runs_dir: Path, start: StartFrom, child_id: str) -> None:
    """Keep a checkpoint from being thinned out until the child has copied it.

    Raises:
        OSError: It is gone.
    """
    pin_of(checkpoint_folder(runs_dir, start), child_id).touch()


def unpin(runs_dir: Path, start: StartFrom, child_id: str) -> None:
    """Allow a checkpoint to be thinned out."""
    pin_of(checkpoint_folder(runs_dir, start), child_id).unlink(missing_ok=True)


def checkpoint_folder(runs_dir: Path, start: StartFrom) -> Path:
    """Return where the other run keeps the checkpoint.

    Raises:
        OriginError: The specification names no run.
    """
    if not is_run_id(start.run_id):
        raise OriginError("The specification names no run that it could begin from.")
    return runs_dir / start.run_id / CHECKPOINTS / str(start.timestep)


def has_origin(run_folder: Path) -> bool:
    """Tell whether a run has its own copy of the checkpoint that it begins from."""
    return (run_folder / ORIGIN / MANIFEST).exists()


def take_over(run_folder: Path, start: StartFrom) -> StoredCheckpoint:
    """Return the run's own copy of the checkpoint that it begins from, made now if need be.

    Raises:
        OriginError: The checkpoint is missing or corrupt, or the copy became so.
        OSError: The copy cannot be written.
    """
    final = run_folder / ORIGIN
    if final.exists():
        own = read_checkpoint(final)
        if own is None or not is_sound(own):
            raise OriginError("The run's copy of the checkpoint that it begins from is corrupt.")
        return own
    source_folder = checkpoint_folder(run_folder.parent, start)
    name = f"The checkpoint at timestep {start.timestep:,} of run {start.run_id}"
    if not source_folder.exists():
        raise OriginError(f"{name} is gone.")
    source = read_checkpoint(source_folder)
    if source is None:
        raise OriginError(f"{name} has no sound manifest.")
    temporary = run_folder / f".{ORIGIN}-{time.monotonic_ns()}"
    temporary.mkdir()
    try:
        manifest = msgspec.structs.replace(
            source.manifest, members=_copy_all(source, temporary, name)
        )
        # The manifest says of which run it is; only members that were dropped there are left out.
        write_atomically(temporary / MANIFEST, manifest.encoded(), durable=True)
        temporary.replace(final)
        sync_folder(run_folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    unpin(run_folder.parent, start, run_folder.name)
    copied = read_checkpoint(final)
    if copied is None:
        raise OriginError("The copy of the checkpoint cannot be read again.")
    return copied


def _copy_all(source: StoredCheckpoint, target: Path, name: str) -> dict[str, MemberFile]:
    copied: dict[str, MemberFile] = {}
    for member, file in source.manifest.members.items():
        path = source.folder / member
        if file.transient and not path.exists():
            continue
        try:
            digest = _copy(path, target / member)
        except FileNotFoundError as error:
            raise OriginError(f"{name} lacks {member}.") from error
        if digest != file.sha256:
            raise OriginError(f"{name} is corrupt: {member} does not have its hash.")
        copied[member] = file
    return copied


def _copy(source: Path, target: Path) -> str:
    digest = hashlib.sha256()
    descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as reading, target.open("wb") as writing:
        while chunk := reading.read(CHUNK_BYTES):
            digest.update(chunk)
            writing.write(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    return digest.hexdigest()
