"""Finding where an attempt begins."""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from gymlab.domain.runs import RunSpec, StartFrom
from gymlab.protocol.parts import Member
from gymlab.protocol.shim import Assign
from gymlab.protocol.worker import ResumePoint, StartRun
from gymlab.supervisor.checkpoint_store import CheckpointStore, StoredCheckpoint, missing_transient
from gymlab.supervisor.origin import OriginError, take_over
from gymlab.supervisor.run_folder import METRICS_FILE, last_row_seq

ROWS_FILE = "rows.json"
"""Member of every checkpoint, written by the shim: what the next rows need of the earlier ones."""


@dataclass(slots=True)
class Descriptors:
    """Open files that travel with a message."""

    descriptors: list[int] = field(default_factory=list[int])

    def close(self) -> None:
        """Close our copies."""
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors.clear()


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where an attempt begins, and what a person should know about it."""

    checkpoint: StoredCheckpoint | None
    origin: StoredCheckpoint | None = None
    """Checkpoint of another run that a run without own checkpoints begins from."""
    origin_failure: str | None = None
    """Why that checkpoint cannot be had."""
    last_seq: int = 0
    """Last row that the file still has; a torn tail may have cost some."""
    notes: tuple[str, ...] = ()

    @property
    def rewind_to_seq(self) -> int:
        """Last row that still counts."""
        if self.checkpoint is None:
            return 0
        return min(self.checkpoint.manifest.seq, self.last_seq)

    def row_summary(self) -> bytes | None:
        """Return what the next rows need of the earlier ones; None where it is not known."""
        if self.checkpoint is None or ROWS_FILE not in self.checkpoint.manifest.members:
            return None
        return (self.checkpoint.folder / ROWS_FILE).read_bytes()


def find_beginning(
    run_folder: Path, *, attempt: int, start_from: StartFrom | None = None
) -> Beginning:
    """Return the newest sound checkpoint; a first attempt begins anew, or where it starts from."""
    own = _find_own(run_folder, attempt=attempt)
    if own.checkpoint is not None or start_from is None:
        return own
    try:
        return replace(own, origin=take_over(run_folder, start_from))
    except (OriginError, OSError) as error:
        return replace(own, origin_failure=str(error))


def _find_own(run_folder: Path, *, attempt: int) -> Beginning:
    if attempt <= 1:
        return Beginning(None)
    store = CheckpointStore(run_folder)
    checkpoint, corrupt = store.latest_sound()
    notes = [
        f"The checkpoint at timestep {bad.manifest.timestep:,} is corrupt and was not used"
        for bad in corrupt
    ]
    notes += [
        f"The checkpoint in folder {folder.name} has no sound manifest and was not used"
        for folder in store.unreadable()
    ]
    if checkpoint is not None and (missing := missing_transient(checkpoint)):
        notes.append(
            f"The checkpoint at timestep {checkpoint.manifest.timestep:,} has no "
            f"{', '.join(missing)} any more: what is missing is filled anew, so the numbers may "
            "differ from those of a run without an interruption"
        )
    if checkpoint is None:
        notes.append("No sound checkpoint is left: training begins anew")
    last_seq = last_row_seq(run_folder / METRICS_FILE)
    return Beginning(checkpoint, last_seq=last_seq, notes=tuple(notes))


def open_members(
    checkpoint: StoredCheckpoint, *, with_transient: bool
) -> tuple[list[Member], Descriptors]:
    """Open a checkpoint's files for reading, in the order of the members."""
    members: list[Member] = []
    opened = Descriptors()
    for name, file in checkpoint.manifest.members.items():
        path = checkpoint.folder / name
        if file.transient and not (with_transient and path.exists()):
            continue
        opened.descriptors.append(os.open(path, os.O_RDONLY | os.O_NOFOLLOW))
        members.append(Member(name=name, size=file.size_bytes, transient=file.transient))
    return members, opened


def start_message(assignment: Assign, beginning: Beginning) -> tuple[StartRun, Descriptors]:
    """Return the message that starts the worker, and its descriptors."""
    checkpoint, origin = beginning.checkpoint, beginning.origin
    start = RunSpec.model_validate(assignment.spec).start_from
    if checkpoint is None and origin is not None and start is not None and start.mode == "policy":
        members, descriptors = open_members(origin, with_transient=False)
        begin = StartRun(spec=assignment.spec, attempt=assignment.attempt, policy=members)
        return begin, descriptors
    checkpoint = checkpoint or origin
    if checkpoint is None:
        return StartRun(spec=assignment.spec, attempt=assignment.attempt), Descriptors()
    manifest = checkpoint.manifest
    members, descriptors = open_members(checkpoint, with_transient=True)
    resume = ResumePoint(
        timestep=manifest.timestep,
        episodes=manifest.episodes,
        gradient_steps=manifest.gradient_steps,
        wall_time_s=manifest.wall_time_s,
        members=members,
        versions=manifest.versions,
        # What goes on from another run's end has its own budget.
        ends_run=beginning.checkpoint is not None and manifest.ends_run is True,
    )
    message = StartRun(spec=assignment.spec, attempt=assignment.attempt, resume=resume)
    return message, descriptors
