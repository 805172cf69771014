"""Shapes of the experiments resource."""

from typing import Annotated

from pydantic import Field

from gymlab.domain.runs import RunStatus
from gymlab.server.answers import Answer, Input, Timestamp
from gymlab.server.code_lookup import CodeReference
from gymlab.server.runs.schemas import NewRun, Run

MAX_SEEDS = 100
MAX_VARIANTS = 8
MAX_VARIANT_NAME = 60


class NewVariant(Input):
    """One of several rewards that are compared on the same seeds."""

    name: str = Field(min_length=1, max_length=MAX_VARIANT_NAME)
    """Plain text; stands in the names of its runs."""
    reward_code: CodeReference | None = None
    """Reward that its agents learn from; null for the environment's own."""


class NewExperiment(Input):
    """What the runs have in common, and their seeds: either `num_seeds` or `seeds`."""

    run: NewRun
    """As for one run; its seed is the first one."""
    num_seeds: int | None = Field(default=None, ge=1, le=MAX_SEEDS)
    """So many consecutive seeds, from the run's seed or from one drawn at random."""
    seeds: Annotated[list[int], Field(min_length=1, max_length=MAX_SEEDS)] | None = None
    """These seeds, each once."""
    variants: Annotated[list[NewVariant], Field(min_length=2, max_length=MAX_VARIANTS)] | None = (
        None
    )
    """Rewards to compare: every one is trained with every seed."""
    name: str | None = None
    """Plain text; by default the run's."""


class ExperimentChanges(Input):
    """What may be changed of an experiment."""

    name: str
    """Plain text."""


class Spread(Answer):
    """What one figure of several runs comes to."""

    mean: float
    """Mean over the runs."""
    std: float
    """Sample standard deviation; 0 for a single run."""
    num_runs: int
    """Runs that have the figure."""


class Variant(Answer):
    """The runs of an experiment that learn from one reward."""

    name: str | None
    """What the reward is called; null for the environment's own."""
    run_ids: list[str]
    """By seed."""
    mean_return: Spread | None
    """Of their mean training returns, in the environment's own rewards."""
    evaluation_return: Spread | None
    """Of their latest evaluations, in the environment's own rewards."""


class Experiment(Answer):
    """Runs with the same specification and different seeds, or with several rewards and seeds."""

    id: str
    """Identifier."""
    name: str
    """Plain text."""
    created_at: Timestamp
    """When it was created."""
    env_id: str
    """Environment of its runs."""
    runner: str
    """Their training backend."""
    algorithm: str
    """Their learning algorithm."""
    num_runs: int
    """How many there are."""
    num_done: int
    """How many have completed."""
    run_ids: list[str]
    """Its runs by seed; deleted ones are left out."""
    statuses: dict[RunStatus, int]
    """State -> runs in it."""
    mean_return: Spread | None
    """Of the runs' mean training returns; never mixed with evaluations, nor over several rewards."""
    evaluation_return: Spread | None
    """Of the runs' latest evaluations; null where there are several rewards."""
    variants: list[Variant]
    """The rewards that are compared; empty where all runs have the same."""
    owner: str
    """Whose it is."""


class ExperimentWithRuns(Answer):
    """An experiment and its runs."""

    experiment: Experiment
    """Summary."""
    runs: list[Run]
    """By seed."""
