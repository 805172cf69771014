"""Answers about resuming, repeating and changing runs."""

from datetime import datetime
from typing import Any

from pydantic import Field

from gymlab.sdk.models import Answer


class FirstDifference(Answer):
    """Where a run and its repetition part."""

    timestep: int
    """Timestep of the row."""
    metric: str
    """Field or metric; `rows` where one run has a row that the other has not."""
    original: Any
    """Value of the original."""
    reproduction: Any
    """Value of the reproduction."""


class Reproduction(Answer):
    """How a run and its repetition compare."""

    original_run_id: str
    """The run that is repeated."""
    reproduction_run_id: str
    """The run that repeats it."""
    status: str
    """waiting, running, equal, different or not_comparable."""
    compared_rows: int
    """Rows found equal."""
    first_difference: FirstDifference | None = None
    """The first row that is not equal."""
    is_policy_equal: bool | None = None
    """Whether the policies at the latest common checkpoint are equal."""
    changed_versions: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    """Library -> [original, reproduction], where they differ."""
    reason: str | None = None
    """What to know about this outcome."""

    @property
    def is_settled(self) -> bool:
        """Whether the outcome is known."""
        return self.status not in {"waiting", "running"}


class Resumption(Answer):
    """How exactly a run continues after an interruption."""

    level: str
    """exact, approximate or none."""
    reasons: list[str]
    """Why."""
    changed_versions: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    """Library -> [at the latest checkpoint, now], where they differ."""


class HyperparameterChange(Answer):
    """A value that was changed while the run trained."""

    name: str
    """Hyperparameter."""
    old: Any
    """Value before."""
    new: Any
    """Value from then on."""
    timestep: int
    """Timesteps done at the change."""
    changed_at: datetime
    """When it took effect."""


class Hyperparameters(Answer):
    """What a run trains with now."""

    current: dict[str, Any]
    """Those of the specification, with what was changed since."""
    changeable: list[str]
    """Those that can change while the run trains."""
    changes: list[HyperparameterChange]
    """Oldest first."""
