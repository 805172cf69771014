"""Shapes of the storage resource."""

from gymlab.domain.runs import RunStatus
from gymlab.server.answers import Answer


class Bytes(Answer):
    """What files take, by purpose."""

    metrics: int
    """Rows and events: the numbers of the charts."""
    checkpoints: int
    """Stored states."""
    recordings: int
    """Films."""
    evaluations: int
    """Evaluations with their videos, and replays."""
    logs: int
    """Output, specification and state."""
    total: int
    """All of them."""


class RunStorage(Answer):
    """What one run takes."""

    run_id: str
    """Identifier."""
    name: str
    """Plain text."""
    status: RunStatus
    """Where it is in its life."""
    is_busy: bool
    """A process belongs to it, so nothing of it can be removed now."""
    num_checkpoints: int
    """Stored states."""
    bytes: Bytes
    """By purpose."""


class BinStorage(Answer):
    """What the bin takes."""

    num_runs: int
    """Deleted runs that can still be restored."""
    bytes: int
    """What emptying it frees."""
    days: float
    """Days that a deleted run stays."""


class Storage(Answer):
    """What the data folder takes."""

    disk_total_bytes: int
    """Size of the disk."""
    disk_free_bytes: int
    """What is free of it."""
    database_bytes: int
    """The index; it can be made again from the runs' files."""
    num_runs: int
    """Runs outside the bin."""
    runs: Bytes
    """All of them together."""
    bin: BinStorage
    """Deleted runs."""
    largest: list[RunStorage]
    """The runs that take most, largest first."""


class Freed(Answer):
    """What was removed."""

    num_files: int
    """How many recordings, or checkpoints."""
    bytes: int
    """What they took."""
