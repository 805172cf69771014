"""Pictures of a learner that a run keeps: how its weights lie, and what it thinks of every state."""

from typing import Annotated

import msgspec

from gymlab.protocol.parts import Count

MAX_LAYERS = 16
MAX_BINS = 32
MAX_STATES = 2500
"""States that are asked about; a board of 50 x 50 has so many."""
MAX_PAGES = 64
MAX_ACTIONS = 30
MAX_PICTURE_BYTES = 256 * 1024
"""Largest picture as it is kept."""

Name = Annotated[str, msgspec.Meta(max_length=64)]
Number = Annotated[float, msgspec.Meta(ge=-1e300, le=1e300)]
Values = Annotated[list[Number | None], msgspec.Meta(max_length=MAX_STATES)]
Choice = Annotated[int, msgspec.Meta(ge=-1, lt=MAX_ACTIONS)]
Choices = Annotated[list[Choice], msgspec.Meta(max_length=MAX_STATES)]
Side = Annotated[int, msgspec.Meta(ge=1, le=MAX_STATES)]
Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]


class Histogram(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How numbers are spread."""

    low: Number
    high: Number
    counts: Annotated[list[Count], msgspec.Meta(max_length=MAX_BINS)]
    """In equal bins from low to high."""
    mean: Number
    std: Number


class LayerPicture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Weights of one layer, and the gradient that last moved them."""

    name: Name
    num_weights: Count
    weights: Histogram | None
    """None where one is not finite."""
    gradient: Histogram | None
    """Of the last minibatch, as the optimizer took it, or its running mean; None before the first
    and where it is not finite."""


class NetworkPicture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The network at one moment of the training."""

    timestep: Count
    gradient_steps: Count
    layers: Annotated[list[LayerPicture], msgspec.Meta(max_length=MAX_LAYERS)]
    averages_gradients: bool = False
    """Whether gradients are running means over about ten minibatches, not those of the last."""


class Board(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An environment of few states, laid out as pages of cells, and its exact solution."""

    rows: Side
    columns: Side
    pages: Annotated[list[Name], msgspec.Meta(min_length=1, max_length=MAX_PAGES)]
    """What each page shows; one without a name where there is one alone."""
    states: Annotated[
        list[Annotated[list[Annotated[int, msgspec.Meta(ge=0, lt=MAX_STATES)]],
                       msgspec.Meta(max_length=MAX_STATES)]],
        msgspec.Meta(max_length=MAX_PAGES),
    ]  # fmt: skip
    """State in each cell of each page, row by row."""
    kinds: Annotated[list[Name], msgspec.Meta(max_length=MAX_STATES)]
    """Of each state: floor, start, wall, trap or goal."""
    arrows: Annotated[list[Name], msgspec.Meta(min_length=1, max_length=MAX_ACTIONS)]
    """Of each action: up, right, down, left, or what it is called."""
    discount: Share
    """The agent's own, with which the solution was computed."""
    values: Values
    """Of each state: the most discounted reward that can be had from it; null where none is judged."""
    policy: Choices
    """Of each state: the best action, the first of equals; -1 where there is nothing to do."""
    optimal: Annotated[
        list[Annotated[int, msgspec.Meta(ge=0, lt=2**MAX_ACTIONS)]],
        msgspec.Meta(max_length=MAX_STATES),
    ]
    """Of each state: every action that is as good as the best, action 0 as the lowest bit."""
    num_sweeps: Count
    """Sweeps that value iteration took."""


class ValuePicture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the agent thinks of every state at one moment of the training."""

    timestep: Count
    values: Values
    """What it expects from each state; null where it is not finite."""
    policy: Choices
    """What it would do greedily in each state."""
    error_rms: Number | None
    """Root of the mean squared distance from the exact values, over the states that are judged."""
    error_max: Number | None
    optimal_share: Share
    """Share of those states in which its action is as good as the best one."""


class LearnerPicture(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="type",
    tag="learner_picture",
):
    """A worker's pictures of its learner; those of one moment come together."""

    network: NetworkPicture | None = None
    board: Board | None = None
    """Sent once, with the first values."""
    values: ValuePicture | None = None
