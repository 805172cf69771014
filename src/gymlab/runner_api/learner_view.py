"""What a runner shows of its learner when a picture of it is due."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
Judge = Callable[[Sequence[Any]], tuple[Array, Array]]
"""Observations of S states as the environment gives them -> (S,) the discounted reward that the
agent expects from each, in the environment's own unit, and (S,) the action it would take greedily."""


@dataclass(frozen=True, slots=True)
class LayerView:
    """Parameters of one layer; arrays may be views, which are read at once."""

    name: str
    weights: Array
    gradient: Array | None
    """Of the last minibatch, as the optimizer took it, or its running mean; None before the first."""


@dataclass(frozen=True, slots=True)
class LearnerView:
    """A learner at a safe point."""

    layers: Sequence[LayerView]
    discount: float
    """The discount factor that its values are meant with."""
    gradient_steps: int
    judge: Judge | None = None
    """None where it has no values of single observations: with a memory, or without a critic."""
    averages_gradients: bool = False
    """Whether gradients are the mean that Adam keeps, of about the last ten minibatches."""
