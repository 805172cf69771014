"""Shapes of the experiments resource."""

from typing import Annotated

from pydantic import Field

from gymlab.domain.runs import RunStatus
from gymlab.server.answers import Answer, Input, Timestamp
from gymlab.server.runs.schemas import NewRun, Run

MAX_SEEDS = 100


class NewExperiment(Input):
    """What the runs have in common, and their seeds: either `num_seeds` or `seeds`."""

    run: NewRun
    """As for one run; its seed is the first one."""
    num_seeds: int | None = Field(default=None, ge=1, le=MAX_SEEDS)
    """So many consecutive seeds, from the run's seed or from one drawn at random."""
    seeds: Annotated[list[int], Field(min_length=1, max_length=MAX_SEEDS)] | None = None
    """These seeds, each once."""
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


class Experiment(Answer):
    """Runs with the same specification and different seeds."""

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
    """Of the runs' mean training returns; never mixed with evaluations."""
    evaluation_return: Spread | None
    """Of the runs' latest evaluations."""
    owner: str
    """Whose it is."""


class ExperimentWithRuns(Answer):
    """An experiment and its runs."""

    experiment: Experiment
    """Summary."""
    runs: list[Run]
    """By seed."""
