"""Adam, each thread on its part of the weights; the numbers are those of `turbo/adam.py`.

P weights of a network.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gymlab.runners.turbo.adam import AdamSettings, AdamState
from gymlab.runners.turbo.kernels.compiling import kernel
from gymlab.runners.turbo.kernels.dense import Floats, share_of
from gymlab.runners.turbo.kernels.publishing import publish
from gymlab.runners.turbo.kernels.team import NUM_SHARES, Place, meet

_BETA_1, _BETA_2 = np.float32(0.9), np.float32(0.999)
_LEFT_1, _LEFT_2 = np.float32(1 - 0.9), np.float32(1 - 0.999)
_LOG_BETA_1, _LOG_BETA_2 = math.log(0.9), math.log(0.999)
_CLIP_EPSILON = 1e-6
_TINY = np.finfo(np.float32).tiny
_BLOCK = 1024
"""Weights that are moved before they are written: they fit the fastest cache."""


class Descent(NamedTuple):
    """Weights, what Adam remembers of them, and the gradient of each thread's rows."""

    weights: Floats
    """(P,)"""
    first: Floats
    """(P,) running mean of the gradient."""
    second: Floats
    """(P,) running mean of its square."""
    steps: NDArray[np.int32]
    """(1,) steps taken."""
    gradients: Floats
    """(2, P) of each share of the rows, the first added up; critics of SAC, which see all rows, write to the first alone."""
    squares: NDArray[np.float64]
    """(2,) of each share of the weights: the gradient's squared length."""


class Rates(NamedTuple):
    """What decides a step."""

    learning_rate: float
    eps: float
    weight_decay: float
    max_grad_norm: float


def continued(state: AdamState) -> Descent:
    """Return a state that goes on where another one was; its arrays are copied."""
    weights, first, second = (np.array(part, np.float32) for part in state[:3])
    return Descent(
        weights, first, second, np.array([int(state.steps)], np.int32),
        np.zeros((NUM_SHARES, weights.size), np.float32), np.zeros(NUM_SHARES),
    )  # fmt: skip


def state_of(descent: Descent) -> AdamState:
    """Return the state in the form of the other programs: views, which change with the next step."""
    return AdamState(descent.weights, descent.first, descent.second, descent.steps.reshape(()))


def rates_of(settings: AdamSettings) -> Rates:
    """Return what decides a step, as numbers of one type."""
    return Rates(*(float(part) for part in settings))


@kernel
def _measure(descent: Descent, share: int) -> None:
    """Add up the threads' gradients on a share of the weights, and their squared length."""
    first, last = share_of(descent.weights.size, share)
    total, other = descent.gradients[0, first:last], descent.gradients[1, first:last]
    squares = np.float32(0)
    for i in range(total.size):
        total[i] += other[i]
        squares += total[i] * total[i]
    descent.squares[share] = squares


@kernel
def move_between(
    descent: Descent, rates: Rates, places: tuple[int, int], scale: Any, num_readers: int
) -> None:
    """Move the weights from one place up to another along the gradient times `scale`.

    Args:
        descent: Weights and gradient; the gradient is written over.
        rates: How far.
        places: First weight, and the one behind the last.
        scale: What shortens the gradient.
        num_readers: Threads that read these weights.
    """
    first, last = places
    steps = descent.steps[0] + 1
    step_size = np.float32(rates.learning_rate / -math.expm1(steps * _LOG_BETA_1))
    inverse = np.float32(1 / math.sqrt(-math.expm1(steps * _LOG_BETA_2)))
    eps, decay = np.float32(rates.eps), np.float32(rates.weight_decay)
    for block in range(first, last, _BLOCK):
        end = min(block + _BLOCK, last)
        # Slices from 0 on: an index that might be negative costs the vector instructions.
        weights, gradient = descent.weights[block:end], descent.gradients[0, block:end]
        mean, square = descent.first[block:end], descent.second[block:end]
        for i in range(weights.size):
            towards = gradient[i] * scale + decay * weights[i]
            first_moment = _BETA_1 * mean[i] + _LEFT_1 * towards
            second_moment = _BETA_2 * square[i] + _LEFT_2 * towards * towards
            # Numbers below the smallest normal one, as units leave behind that no row reaches any
            # more, take processors more than twice as long.
            mean[i] = np.float32(0) if abs(first_moment) < _TINY else first_moment
            square[i] = np.float32(0) if second_moment < _TINY else second_moment
            gradient[i] = weights[i] - step_size * mean[i] / (np.sqrt(square[i]) * inverse + eps)
        if num_readers > 1:
            publish(gradient, weights)
        else:
            weights[:] = gradient


@kernel
def length_of_gradient(place: Place, descent: Descent) -> float:
    """Return the gradient's length once both shares are there; both threads call it."""
    meet(place)
    for share in range(place.rank, NUM_SHARES, place.stride):
        _measure(descent, share)
    meet(place)
    return math.sqrt(descent.squares[0] + descent.squares[1])


@kernel
def move(place: Place, descent: Descent, rates: Rates, norm: float) -> None:
    """Take one step along a gradient of this length; it is taken everywhere when this returns.

    m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
    w = w - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)      (Kingma and Ba 2015, algorithm 1)
    """
    scale = np.float32(min(rates.max_grad_norm / (norm + _CLIP_EPSILON), 1.0))
    for share in range(place.rank, NUM_SHARES, place.stride):
        places = share_of(descent.weights.size, share)
        move_between(descent, rates, places, scale, place.stride > 1)
    meet(place)
    if place.rank == 0:
        descent.steps[0] += 1
