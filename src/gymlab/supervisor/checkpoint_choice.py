"""Choosing the checkpoint that an evaluation was asked for."""

import contextlib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gymlab.domain.evaluations import CheckpointChoice
from gymlab.errors import CheckpointCorruptError, CheckpointNotFoundError, NoCheckpointError
from gymlab.protocol.parts import Member
from gymlab.supervisor.checkpoint_store import (
    CheckpointStore,
    StoredCheckpoint,
    best_checkpoint,
)
from gymlab.supervisor.resuming import Descriptors, open_members

MAX_NAMED = 10
MAX_TRIES = 3
"""A checkpoint may be thinned out between being chosen and being opened."""
POLICY = "policy.safetensors"


def choose_checkpoint(run_folder: Path, choice: CheckpointChoice) -> StoredCheckpoint:
    """Return a checkpoint whose policy has the hashes that were stored with it.

    Args:
        run_folder: The run's folder.
        choice: Which one.

    Raises:
        NoCheckpointError: The run has none.
        CheckpointNotFoundError: It has none at that timestep.
        CheckpointCorruptError: The files are damaged; an older one is never taken silently.
    """
    store = CheckpointStore(run_folder)
    stored = store.all()
    if not stored:
        damaged = store.unreadable()
        if damaged:
            raise CheckpointCorruptError(
                f"The checkpoint in {damaged[-1].name} has no sound manifest.",
                hint="Resume the run: it makes new ones.",
            )
        raise NoCheckpointError(
            "The run has no checkpoint yet.",
            hint="The first one is saved after two seconds of training; try again then.",
        )
    chosen = _find(stored, choice)
    if not is_policy_sound(chosen):
        others = [item for item in reversed(stored) if item is not chosen]
        usable = next((item for item in others if is_policy_sound(item)), None)
        raise CheckpointCorruptError(
            f"The checkpoint at timestep {chosen.manifest.timestep:,} is damaged: "
            "its files do not have the hashes that were stored with it.",
            hint=f"The one at timestep {usable.manifest.timestep} is sound."
            if usable is not None
            else "Resume the run: it makes new ones.",
        )
    return chosen


@dataclass(frozen=True, slots=True)
class OpenCheckpoint:
    """A checkpoint whose lasting files are open: deleting it does not take them away any more."""

    stored: StoredCheckpoint
    members: list[Member]
    files: Descriptors


def open_checkpoint(run_folder: Path, choice: CheckpointChoice) -> OpenCheckpoint:
    """Choose a checkpoint and open it, while the run may be thinning out its older ones.

    Raises:
        LabError: See `choose_checkpoint`.
        OSError: It cannot be opened.
    """
    for _ in range(MAX_TRIES):
        with contextlib.suppress(CheckpointCorruptError, FileNotFoundError):
            return _open(choose_checkpoint(run_folder, choice))
    return _open(choose_checkpoint(run_folder, choice))


def _open(chosen: StoredCheckpoint) -> OpenCheckpoint:
    members, files = open_members(chosen, with_transient=False)
    return OpenCheckpoint(chosen, members, files)


def _find(stored: list[StoredCheckpoint], choice: CheckpointChoice) -> StoredCheckpoint:
    if choice == "latest":
        return stored[-1]
    if choice == "best":
        best = best_checkpoint(stored)
        return stored[-1] if best is None else best
    matching = [item for item in stored if item.manifest.timestep == choice]
    if matching:
        return matching[-1]
    timesteps = [str(item.manifest.timestep) for item in stored[-MAX_NAMED:]]
    raise CheckpointNotFoundError(
        f"The run has no checkpoint at timestep {choice:,}.",
        hint=f"There are: {', '.join(timesteps)}.",
    )


def is_policy_sound(checkpoint: StoredCheckpoint) -> bool:
    """Tell whether every lasting file has its hash; a replay buffer is not looked at."""
    for name, file in checkpoint.manifest.members.items():
        if file.transient:
            continue
        try:
            with (checkpoint.folder / name).open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
        except OSError:
            return False
        if digest != file.sha256:
            return False
    return True


def foreseen(checkpoints: Sequence[StoredCheckpoint]) -> tuple[StoredCheckpoint | None, int]:
    """Return the checkpoint a run would most likely continue from, and how many newer are damaged.

    Of a replay buffer, which may be gigabytes, only the size is looked at; continuing reads it.

    Args:
        checkpoints: Those of a run, oldest first.
    """
    for num_damaged, checkpoint in enumerate(reversed(checkpoints)):
        if has_whole_files(checkpoint) and is_policy_sound(checkpoint):
            return checkpoint, num_damaged
    return None, len(checkpoints)


def has_whole_files(checkpoint: StoredCheckpoint) -> bool:
    """Tell whether every file has the size that was stored with it; a replay buffer may be gone."""
    for name, file in checkpoint.manifest.members.items():
        try:
            size = (checkpoint.folder / name).stat().st_size
        except FileNotFoundError:
            if file.transient:
                continue
            return False
        except OSError:
            return False
        if size != file.size_bytes:
            return False
    return True


def policy_sha256(checkpoint: StoredCheckpoint) -> str | None:
    """Return the hash of the policy; None where a checkpoint has no such file."""
    member = checkpoint.manifest.members.get(POLICY)
    return member.sha256 if member is not None else None
