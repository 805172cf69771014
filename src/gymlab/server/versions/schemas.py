"""Shapes of the versions resource."""

from typing import Any

from gymlab.domain.runs import Relation, RunStatus
from gymlab.server.answers import Answer, Timestamp


class Change(Answer):
    """One setting that differs from the version before."""

    field: str
    """Dotted path, for example `hyperparameters.learning_rate`."""
    before: Any
    """Value of the version compared with; null where it had none."""
    after: Any
    """Value of this version; null where it has none."""


class Version(Answer):
    """A run as a version of a model."""

    number: int
    """From 1, oldest first, among those listed."""
    run_id: str
    """Identifier of the run."""
    name: str
    """Plain text."""
    is_this: bool
    """Whether it is the run asked for."""
    status: RunStatus
    """Where it is in its life."""
    created_at: Timestamp
    """When it was created."""
    timestep: int
    """Timesteps done."""
    seed: int
    """Seed of everything random."""
    mean_return: float | None
    """Mean of the last 100 training returns."""
    evaluation_return: float | None
    """Mean return of its latest evaluation."""
    experiment_id: str | None
    """The experiment whose seeds it is one of."""
    parent_run_id: str | None
    """The run it came from."""
    relation: Relation | None
    """What it is to that run."""
    compared_with: str | None
    """Run that the changes are counted from: its parent where that is listed, else the version before."""
    changes: list[Change]
    """What differs, by field; empty for the first."""
