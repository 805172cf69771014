"""What `Client.compare` answers, as typed data."""

from typing import Any

from pydantic import Field

from gymlab.domain.runs import RunStatus
from gymlab.sdk.models import Answer


class Bounds(Answer):
    """A range that contains the true value with a stated confidence."""

    low: float
    high: float
    level: float = 0.95


class Estimated(Answer):
    """A summary over runs."""

    value: float
    interval: Bounds | None = None
    """None with a single run."""
    percentile_interval: Bounds | None = None
    """As `rliable` computes it; too narrow for few runs."""


class GroupBand(Answer):
    """A curve of a group with its pointwise interval; None where it has no value."""

    group_id: str
    value: list[float | None]
    low: list[float | None]
    high: list[float | None]


class ComparedRun(Answer):
    """A run that is compared."""

    id: str
    name: str
    status: RunStatus
    seed: int
    group_id: str
    score: float | None = None
    """Its final return."""
    is_counted: bool = True
    not_counted_because: str | None = None


class RunGroup(Answer):
    """Runs of the same specification, seed apart."""

    id: str
    label: str
    run_ids: list[str]
    num_seeds: int
    """Runs whose score is counted."""


class FieldDifference(Answer):
    """A field of the specification that is not the same in all runs."""

    field: str
    section: str
    values: list[Any]
    """Value of each run, in their order."""


class RunCurve(Answer):
    """One run at the places of the common axis."""

    run_id: str
    values: list[float | None]


class AlignedSeries(Answer):
    """One metric of every run over a common axis."""

    name: str
    axis: str
    places: list[float]
    runs: list[RunCurve]
    groups: list[GroupBand] = Field(default_factory=list[GroupBand])


class GroupStatistics(Answer):
    """How a group did."""

    group_id: str
    scores: list[float]
    mean: Estimated | None = None
    iqm: Estimated | None = None
    std: float | None = None
    profile: GroupBand | None = None


class PairVerdict(Answer):
    """What may be said of two groups."""

    first: str
    second: str
    outcome: str
    """better, no_difference, not_enough_seeds or withheld."""
    winner: str | None = None
    text: str
    """In one sentence."""
    reasons: list[str] = Field(default_factory=list[str])
    mean_difference: Estimated | None = None
    iqm_difference: Estimated | None = None
    improvement: Estimated | None = None
    """Probability that a run of the first one beats a run of the second one."""
    p_value: float | None = None
    more_seeds: int | None = None


class Statistics(Answer):
    """Final returns, their summaries and what follows."""

    basis: str
    """training, evaluation or own: never a mixture."""
    measure: str = "mean return"
    """What a score is called."""
    basis_text: str
    groups: list[GroupStatistics]
    thresholds: list[float]
    verdicts: list[PairVerdict]
    notices: list[str]


class OwnMetricChoice(Answer):
    """A metric of an own evaluation that runs can be judged by."""

    id: str
    """For `own_metric` of `compare`."""
    name: str
    code: str
    """Which evaluation."""
    num_runs: int
    """Runs that it judged."""


class RunComparison(Answer):
    """Runs side by side."""

    runs: list[ComparedRun]
    groups: list[RunGroup]
    differences: list[FieldDifference]
    same: dict[str, Any]
    own_metrics: list[OwnMetricChoice] = Field(default_factory=list[OwnMetricChoice])
    """What the runs can be judged by besides their returns."""
    series: AlignedSeries | None = None
    statistics: Statistics | None = None
