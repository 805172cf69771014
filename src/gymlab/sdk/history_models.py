"""Shapes of the bin, experiments, versions and disk use, as `gymlab.Client` returns them."""

from datetime import datetime
from typing import Any

from pydantic import Field

from gymlab.domain.runs import RunStatus
from gymlab.sdk.models import Answer, Run


class SavedFilter(Answer):
    """A filter of the list of runs that has a name."""

    id: str
    name: str
    filters: dict[str, Any] = Field(default_factory=dict[str, Any])
    """What is asked of runs, as in `runs`; null means any."""
    updated_at: datetime


class BinnedRun(Answer):
    """A deleted run that can still be restored."""

    id: str
    name: str
    env_id: str = ""
    algorithm: str = ""
    status: RunStatus
    timestep: int = 0
    mean_return: float | None = None
    deleted_at: datetime
    purge_at: datetime
    """When it is removed for good."""
    days_left: float
    size_bytes: int = 0
    """What its removal frees."""


class Spread(Answer):
    """What one figure of several runs comes to."""

    mean: float
    std: float
    """Sample standard deviation; 0 for a single run."""
    num_runs: int


class Experiment(Answer):
    """Runs with the same specification and different seeds."""

    id: str
    name: str
    created_at: datetime
    env_id: str = ""
    runner: str = ""
    algorithm: str = ""
    num_runs: int
    num_done: int = 0
    run_ids: list[str] = Field(default_factory=list[str])
    """By seed."""
    statuses: dict[RunStatus, int] = Field(default_factory=dict[RunStatus, int])
    mean_return: Spread | None = None
    """Of the runs' mean training returns."""
    evaluation_return: Spread | None = None
    """Of the runs' latest evaluations."""


class ExperimentWithRuns(Answer):
    """An experiment and its runs, by seed."""

    experiment: Experiment
    runs: list[Run]


class Change(Answer):
    """One setting that differs from the version before."""

    field: str
    before: Any = None
    after: Any = None


class Version(Answer):
    """A run as a version of a model."""

    number: int
    run_id: str
    name: str
    is_this: bool = False
    status: RunStatus
    created_at: datetime
    seed: int
    mean_return: float | None = None
    evaluation_return: float | None = None
    parent_run_id: str | None = None
    relation: str | None = None
    compared_with: str | None = None
    """Run that the changes are counted from."""
    changes: list[Change] = Field(default_factory=list[Change])


class Bytes(Answer):
    """What files take, by purpose."""

    metrics: int = 0
    checkpoints: int = 0
    recordings: int = 0
    evaluations: int = 0
    logs: int = 0
    total: int = 0


class RunStorage(Answer):
    """What one run takes."""

    run_id: str
    name: str
    status: RunStatus
    is_busy: bool = False
    """A process belongs to it, so nothing of it can be removed now."""
    num_checkpoints: int = 0
    bytes: Bytes


class BinStorage(Answer):
    """What the bin takes."""

    num_runs: int
    bytes: int
    days: float
    """Days that a deleted run stays."""


class Storage(Answer):
    """What the data folder takes."""

    disk_total_bytes: int
    disk_free_bytes: int
    database_bytes: int = 0
    num_runs: int
    runs: Bytes
    bin: BinStorage
    largest: list[RunStorage] = Field(default_factory=list[RunStorage])


class Freed(Answer):
    """What was removed."""

    num_files: int
    bytes: int
