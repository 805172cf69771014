"""Shapes of the comparison resource."""

from typing import Any, Literal

from gymlab.domain.runs import RunStatus
from gymlab.server.answers import Answer

Axis = Literal["timesteps", "wall_time", "episodes"]
Basis = Literal["training", "evaluation", "own"]
Summary = Literal["none", "mean", "iqm"]
Curve = list[float | None]
"""Values at each place of an axis; null where there is none."""


class ComparedRun(Answer):
    """A run that is compared."""

    id: str
    """Identifier."""
    name: str
    """Plain text."""
    status: RunStatus
    """Where it is in its life."""
    env_id: str
    """Environment."""
    runner: str
    """Training backend."""
    algorithm: str
    """Learning algorithm."""
    seed: int
    """Seed of everything random."""
    timestep: int
    """Timesteps done."""
    total_timesteps: int
    """Training budget."""
    group_id: str
    """The group it belongs to."""
    score: float | None
    """Its final return on the basis of the comparison."""
    is_counted: bool
    """Whether the score is part of the statistics."""
    not_counted_because: str | None
    """Why not."""


class RunGroup(Answer):
    """Runs of the same specification, seed apart."""

    id: str
    """`g1`, `g2`, ... in the order of the runs asked for."""
    label: str
    """Short name that tells it from the others."""
    run_ids: list[str]
    """In the order asked for."""
    env_id: str
    """Environment."""
    runner: str
    """Training backend."""
    algorithm: str
    """Learning algorithm."""
    total_timesteps: int
    """Training budget of each run."""
    num_seeds: int
    """Runs whose score is counted."""


class FieldDifference(Answer):
    """A field of the specification that is not the same in all runs."""

    field: str
    """Dotted path, for example `hyperparameters.learning_rate`."""
    section: Literal["environment", "hyperparameters", "settings", "seed", "versions"]
    """Where it belongs."""
    values: list[Any]
    """Value of each run, in their order; null where a run has no such field."""


class MetricChoice(Answer):
    """A metric that can be drawn."""

    name: str
    """House name."""
    title: str
    """Name for people."""
    unit: str
    """Unit of its values."""
    better: Literal["higher", "lower"] | None
    """Which direction is an improvement."""
    num_runs: int
    """Runs that have it."""


class OwnMetricChoice(Answer):
    """A metric of a user's own evaluation that runs can be judged by."""

    id: str
    """For the parameter `own_metric`."""
    name: str
    """As the evaluation calls it."""
    code: str
    """Which evaluation: its document and version."""
    num_runs: int
    """Runs that it judged."""


class RunCurve(Answer):
    """One run at the places of the common axis."""

    run_id: str
    """The run."""
    values: Curve
    """Mean of what was measured around each place, or a point on the line between neighbours."""
    total_points: int
    """Points that were measured."""


class GroupBand(Answer):
    """A curve of a group with its pointwise interval."""

    group_id: str
    """The group."""
    value: Curve
    """The curve."""
    low: Curve
    """Lower ends."""
    high: Curve
    """Upper ends."""


class AlignedSeries(Answer):
    """One metric of every run over a common axis."""

    name: str
    """House name."""
    title: str
    """Name for people."""
    unit: str
    """Unit of the values."""
    better: Literal["higher", "lower"] | None
    """Which direction is an improvement."""
    axis: Axis
    """What is counted along the axis."""
    axis_unit: str
    """Unit of its places."""
    places: list[float]
    """The common axis."""
    runs: list[RunCurve]
    """In the order asked for; runs without the metric have nulls."""
    groups: list[GroupBand]
    """Mean or interquartile mean over the runs of each group, where it was asked for."""


class Bounds(Answer):
    """A range that contains the true value with a stated confidence."""

    low: float
    """Lower end."""
    high: float
    """Upper end."""
    level: float
    """Confidence, 0.95 unless several pairs are corrected for."""


class Estimated(Answer):
    """A summary over runs."""

    value: float
    """The summary."""
    interval: Bounds | None
    """Its interval; null with a single run."""
    percentile_interval: Bounds | None
    """As `rliable` computes it: the percentile bootstrap, too narrow for few runs."""


class GroupStatistics(Answer):
    """How a group did."""

    group_id: str
    """The group."""
    scores: list[float]
    """Final return of every counted run."""
    mean: Estimated | None
    """Mean over runs; null without any score."""
    iqm: Estimated | None
    """Interquartile mean over runs."""
    std: float | None
    """Standard deviation between runs."""
    profile: GroupBand | None
    """Share of runs above each threshold."""


class EstimatedDifference(Answer):
    """A difference between two groups."""

    value: float
    """The first one minus the second one."""
    interval: Bounds | None
    """Its interval; null with a single run on a side."""


class PairVerdict(Answer):
    """What may be said of two groups."""

    first: str
    """Id of a group."""
    second: str
    """Id of the other."""
    outcome: Literal["better", "no_difference", "not_enough_seeds", "withheld"]
    """In one word."""
    winner: str | None
    """The better group, where the outcome is `better`."""
    text: str
    """In one sentence."""
    reasons: list[str]
    """Why the verdict is withheld."""
    mean_difference: EstimatedDifference | None
    """Difference of the means: what decides."""
    iqm_difference: EstimatedDifference | None
    """Difference of the interquartile means."""
    improvement: EstimatedDifference | None
    """Probability that a run of the first one beats a run of the second one."""
    p_value: float | None
    """Of the difference of means, corrected for the number of pairs (Holm)."""
    more_seeds: int | None
    """About how many more runs a side are needed."""


class Statistics(Answer):
    """Final returns, their summaries and what follows."""

    basis: Basis
    """Training returns, evaluation returns and own metrics are never mixed."""
    measure: str
    """What a score is called."""
    basis_text: str
    """What a score is, in words."""
    groups: list[GroupStatistics]
    """In the order of the groups."""
    thresholds: list[float]
    """Of the performance profiles."""
    verdicts: list[PairVerdict]
    """Every pair of groups, as far as there are not too many."""
    notices: list[str]
    """What a reader should know."""
    num_resamples: int
    """Resamples behind every bootstrap interval."""
    min_seeds: int
    """Runs a side below which nothing is called better."""


class Efficiency(Answer):
    """How groups do on the way: interquartile mean over runs of the trailing training return."""

    window: int
    """Episodes behind each value of a run."""
    places: list[float]
    """Timesteps."""
    groups: list[GroupBand]
    """In the order of the groups."""


class RunComparison(Answer):
    """Runs side by side."""

    runs: list[ComparedRun]
    """In the order asked for."""
    groups: list[RunGroup]
    """Runs of the same specification, seed apart."""
    differences: list[FieldDifference]
    """Fields of the specification that differ."""
    same: dict[str, Any]
    """Fields that are the same in all runs."""
    metrics: list[MetricChoice]
    """What can be drawn."""
    own_metrics: list[OwnMetricChoice]
    """What the runs can be judged by besides their returns."""
    series: AlignedSeries | None
    """The metric asked for."""
    statistics: Statistics | None
    """Final returns and verdicts."""
    efficiency: Efficiency | None
    """Returns on the way."""
