"""Shapes of the learner's pictures."""

from gymlab.server.answers import Answer


class HistogramAnswer(Answer):
    """How numbers are spread."""

    low: float
    """The least."""
    high: float
    """The largest."""
    counts: list[int]
    """In equal bins from low to high."""
    mean: float
    """Their mean."""
    std: float
    """Their standard deviation."""


class LayerMoment(Answer):
    """One layer at one moment."""

    name: str
    """Name of its weights in the network."""
    num_weights: int
    """How many it has."""
    weights: HistogramAnswer | None
    """How they are spread; null where one is not finite."""
    gradient: HistogramAnswer | None
    """The gradient of the last minibatch, as the optimizer took it, or its running mean; null before the first."""


class NetworkMoment(Answer):
    """The network at one moment."""

    timestep: int
    """Timesteps of the run by then."""
    gradient_steps: int
    """Updates by then."""
    layers: list[LayerMoment]
    """Its layers with weights, biases left out."""
    averages_gradients: bool
    """Whether gradients are running means over about ten minibatches, as Adam keeps them, not those of the last."""


class NetworkHistory(Answer):
    """The network over training."""

    items: list[NetworkMoment]
    """Oldest first."""


class BoardAnswer(Answer):
    """An environment of few states, laid out as pages of cells, and its exact solution."""

    rows: int
    """Cells from top to bottom."""
    columns: int
    """Cells from left to right."""
    pages: list[str]
    """What each page shows."""
    states: list[list[int]]
    """State in each cell of each page, row by row."""
    kinds: list[str]
    """Of each state: floor, start, wall, trap or goal."""
    arrows: list[str]
    """Of each action: up, right, down, left, or what it is called."""
    discount: float
    """The agent's own, with which the solution was computed."""
    values: list[float | None]
    """Of each state: the most discounted reward that can be had from it; null where there is nothing to do."""
    policy: list[int]
    """Of each state: the best action, the first of equals; -1 where there is nothing to do."""
    optimal: list[int]
    """Of each state: every action that is as good as the best, action 0 as the lowest bit."""
    num_sweeps: int
    """Sweeps that value iteration took."""


class ValueMoment(Answer):
    """What the agent thought at one moment."""

    timestep: int
    """Timesteps of the run by then."""
    values: list[float | None]
    """What it expected from each state."""
    policy: list[int]
    """What it would have done greedily in each state."""
    error_rms: float | None
    """Root of the mean squared distance from the exact values."""
    error_max: float | None
    """The largest distance."""
    optimal_share: float
    """Share of the states in which its action was as good as the best one."""


class ValueHistory(Answer):
    """What the agent thought over training."""

    board: BoardAnswer | None
    """Null where there is none."""
    items: list[ValueMoment]
    """Oldest first."""
