"""DQN's gradient steps in machine code: the numbers of `turbo/dqn_update.py`.

C gradient steps of a call, B transitions of a minibatch, D numbers of an observation, A actions, P
weights.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gymlab.runners.turbo.adam import AdamSettings, AdamState
from gymlab.runners.turbo.dqn_update import NUM_MEASURED, ValueModel, ValuesMoved
from gymlab.runners.turbo.kernels.compiling import entry, kernel
from gymlab.runners.turbo.kernels.dense import (
    Floats,
    Stack,
    backward,
    errors_of,
    flattened,
    forward,
    share_of,
    stack_of,
)
from gymlab.runners.turbo.kernels.descending import (
    Descent,
    Rates,
    continued,
    length_of_gradient,
    move,
    rates_of,
    state_of,
)
from gymlab.runners.turbo.kernels.team import (
    NUM_SHARES,
    Place,
    begin,
    judge,
    meet,
    place_after,
    the_team,
)
from gymlab.runners.turbo.replay import Drawn

_MOST_ROWS = 512
"""Rows whose targets are computed at once: larger products are quicker, until they leave the cache."""


class Rows(NamedTuple):
    """C minibatches, one after the other: C B rows."""

    observations: Floats
    """(C B, D)"""
    actions: NDArray[np.int32]
    """(C B,)"""
    rewards: Floats
    following: Floats
    """(C B, D)"""
    discounts: Floats
    goals: Floats
    """(C B,) room for what the predictions are moved to."""
    size: int
    """B."""
    num_minibatches: int
    """Minibatches to take."""


class Choices(NamedTuple):
    """How steps are taken."""

    rates: Rates
    is_double: bool


@kernel
def _expect(stack: Stack, weights: Any, rows: Rows, first: int, last: int) -> None:
    """Write the goals of some rows: r + d max_a' Q_target(s', a')."""
    values = forward(stack, weights, rows.following[first:last])
    for i in range(last - first):
        best = values[i, 0]
        for j in range(1, values.shape[1]):
            best = max(best, values[i, j])
        rows.goals[first + i] = rows.rewards[first + i] + rows.discounts[first + i] * best


@kernel
def _expect_double(stack: Stack, weights: Any, target: Any, rows: Rows, span: Any) -> None:
    """Write the goals of some rows: r + d Q_target(s', argmax_a' Q(s', a'))."""
    first, last = span
    values = forward(stack, weights, rows.following[first:last])
    chosen = np.empty(last - first, np.int64)
    for i in range(last - first):
        chosen[i] = np.argmax(values[i])
    values = forward(stack, target, rows.following[first:last])
    for i in range(last - first):
        best = values[i, chosen[i]]
        rows.goals[first + i] = rows.rewards[first + i] + rows.discounts[first + i] * best


@kernel
def _differentiate(stack: Stack, descent: Descent, rows: Rows, span: Any, sums: Any) -> None:
    """Write the gradient of Huber's loss on some rows of a minibatch."""
    first, last = span
    seen = rows.observations[first:last]
    values = forward(stack, descent.weights, seen)
    errors = errors_of(stack, stack.layers.shape[0] - 1, last - first)
    errors[:] = 0
    one, scale = np.float32(1), np.float32(1 / rows.size)
    for i in range(last - first):
        action = rows.actions[first + i]
        predicted = values[i, action]
        distance = predicted - rows.goals[first + i]
        size = abs(distance)
        sums[0] += 0.5 * distance * distance if size < one else size - np.float32(0.5)
        sums[1] += predicted
        errors[i, action] = min(max(distance, -one), one) * scale


@kernel
def _expect_all(place: Place, stacks: Any, target: Any, rows: Rows) -> None:
    """Write the goals of all minibatches: the target network rests meanwhile."""
    for share in range(place.rank, NUM_SHARES, place.stride):
        first, last = share_of(rows.num_minibatches * rows.size, share)
        while first < last:
            behind = min(first + _MOST_ROWS, last)
            _expect(stacks[share], target, rows, first, behind)
            first = behind


@entry
def _improve(
    place: Place, stacks: Any, descent: Descent, target: Any, rows: Rows, choices: Choices, sums: Any
) -> None:  # fmt: skip
    """Take gradient steps, one minibatch after the other.

    Args:
        place: Of the thread.
        stacks: Room of each share.
        descent: Weights and optimizer.
        target: (P,) weights of the target network.
        rows: The minibatches.
        choices: Of the optimizer, and whether it is Double DQN.
        sums: (2, 3) of each share: loss, predicted value, length of the gradient.
    """
    begin(place)
    if not choices.is_double:
        _expect_all(place, stacks, target, rows)
        meet(place)
    for idx in range(rows.num_minibatches):
        minibatch = judge(place)
        for share in range(place.rank, NUM_SHARES, place.stride):
            first, last = share_of(rows.size, share)
            span = (idx * rows.size + first, idx * rows.size + last)
            if choices.is_double:
                _expect_double(stacks[share], descent.weights, target, rows, span)
            _differentiate(stacks[share], descent, rows, span, sums[share])
            gradient = descent.gradients[share]
            backward(stacks[share], descent.weights, span[1] - span[0], gradient)
        norm = length_of_gradient(place, descent)
        move(place, descent, choices.rates, norm)
        if place.rank == 0:
            sums[0, 2] += norm
        place = place_after(place, minibatch)
        if place.stride == 0:
            break


class DqnKernel:
    """The gradient steps of networks of plain dense layers; called as `DqnProgram` is."""

    def __init__(self, model: ValueModel, batch_size: int, *, double: bool) -> None:
        """Take room for minibatches of B transitions."""
        most = max(_MOST_ROWS, batch_size)
        self._stacks = tuple(
            stack_of(model.layout, model.layers, "q", most) for _ in range(NUM_SHARES)
        )
        self._is_double, self._size = double, batch_size
        self._descent: Descent | None = None

    def improve(
        self, state: AdamState, target: Any, drawn: Any, count: int, settings: AdamSettings
    ) -> ValuesMoved:
        """Take gradient steps; arguments as of `DqnProgram.improve`.

        The state that is returned changes with the next call.
        """
        descent = self._descent
        if descent is None or state.weights is not descent.weights:
            descent = self._descent = continued(state)
        flat = Drawn(*(flattened(part) for part in drawn))
        goals = np.empty(len(flat.rewards), np.float32)
        rows = Rows(
            flat.observations, flat.actions, flat.rewards, flat.following, flat.discounts, goals,
            self._size, count,
        )  # fmt: skip
        sums = np.zeros((NUM_SHARES, NUM_MEASURED))
        choices = Choices(rates_of(settings), self._is_double)
        the_team().run(
            count, _improve, self._stacks, descent, np.asarray(target), rows, choices, sums
        )
        sums[:, :2] /= self._size
        return ValuesMoved(state_of(descent), count, sums.sum(0))
