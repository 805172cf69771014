"""Soft actor-critic's gradient steps in machine code: the numbers of `turbo/sac_update.py`.

C gradient steps of a call, B transitions of a minibatch, D numbers of an observation, A components of
an action, P weights. Equations as there (Haarnoja et al. 2018).
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gymlab.agents.soft_actor_critic import LOG_STD_RANGE
from gymlab.runners.turbo.adam import AdamState
from gymlab.runners.turbo.kernels.compiling import entry, kernel
from gymlab.runners.turbo.kernels.dense import (
    Floats,
    Stack,
    add_products,
    backward,
    backward_from,
    backward_to_inputs,
    errors_of,
    forward,
    forward_from,
    output_of,
    share_of,
    top_of,
    units_of,
)
from gymlab.runners.turbo.kernels.descending import (
    Descent,
    Rates,
    continued,
    length_of_gradient,
    move,
    move_between,
    state_of,
)
from gymlab.runners.turbo.kernels.elementwise import exp, tanh
from gymlab.runners.turbo.kernels.sac_rooms import (
    NUM_PARTS,
    ActorRoom,
    CriticRoom,
    Rooms,
    Shared,
    rooms_of,
)
from gymlab.runners.turbo.kernels.team import (
    NUM_SHARES,
    Place,
    again,
    begin,
    judge,
    meet,
    place_after,
    the_team,
)
from gymlab.runners.turbo.parameters import Layout
from gymlab.runners.turbo.sac_update import (
    NUM_MEASURED,
    Learnt,
    Settings,
    SoftModel,
    SoftMoved,
)

_HALF_LOG_TWO_PI = np.float32(0.5 * math.log(2 * math.pi))
_SQUASH_EPSILON = np.float32(1e-6)
_LOWEST, _HIGHEST = (np.float32(bound) for bound in LOG_STD_RANGE)
_ACTOR, _CRITIC, _WEIGHT, _ENTROPY, _MEAN, _NORM, _LOG_PROB = range(NUM_PARTS)
_NOW, _NEXT = 0, 1
"""Places of the noise, and of what comes of it."""


class Rows(NamedTuple):
    """C minibatches, one after the other: C B rows."""

    observations: Floats
    actions: Floats
    rewards: Floats
    following: Floats
    discounts: Floats
    noise: Floats
    """(C, 2, B, A) standard normal: for what is done now, and next."""
    size: int
    """B."""


class Learning(NamedTuple):
    """Everything that a gradient step changes."""

    actor: Descent
    critics: Descent
    targets: Floats
    entropy: Descent


class Dial(NamedTuple):
    """How the steps of a call are taken: arrays, so that the next call has the same arguments."""

    counts: NDArray[np.int64]
    """(3,) gradient steps of the call, of this update taken before, and from one move of the target
    critics to the next."""
    rates: NDArray[np.float64]
    """(4,) learning rate, eps, weight decay, longest gradient."""
    entropy: NDArray[np.float64]
    """(1,) that is wished for."""
    tau: NDArray[np.float64]
    """(1,) share by which the target critics move."""
    learns_entropy: bool


@kernel
def _rates_of(dial: Dial) -> Rates:
    return Rates(dial.rates[0], dial.rates[1], dial.rates[2], dial.rates[3])


@kernel
def _draw(room: ActorRoom, weights: Any, observations: Any, noise: Any, drawn: Any) -> None:
    """Draw squashed actions (M, A) and write them and their log-probabilities (M,).

    log pi(a) = log N(u; m, s) - sum log(1 - tanh^2 u)       (arXiv:1812.05905, equation 26)
    """
    actions, log_probs = drawn
    forward(room.trunk, weights, observations)
    features = top_of(room.trunk, observations.shape[0])
    means = forward_from(room.mean, weights, features, observations.shape[0])
    log_stds = forward_from(room.log_std, weights, features, observations.shape[0])
    one = np.float32(1)
    for i in range(means.shape[0]):
        found = np.float32(0)
        for k in range(means.shape[1]):
            log_std = min(max(log_stds[i, k], _LOWEST), _HIGHEST)
            action = tanh(means[i, k] + noise[i, k] * exp(log_std))
            actions[i, k] = action
            found += np.float32(-0.5) * noise[i, k] * noise[i, k] - log_std - _HALF_LOG_TWO_PI
            found -= np.float32(math.log(one - action * action + _SQUASH_EPSILON))
        log_probs[i] = found


@kernel
def _draw_share(rooms: Rooms, learning: Learning, rows: Rows, idx: int, share: int) -> None:
    """Draw actions for a share of a minibatch's observations; what comes next first."""
    low, high = share_of(rows.size, share)
    first, last = idx * rows.size + low, idx * rows.size + high
    room, shared, weights = rooms.actor[share], rooms.shared, learning.actor.weights
    for when in (_NEXT, _NOW):
        seen = rows.following if when == _NEXT else rows.observations
        places = shared.actions[when, low:high], shared.log_probs[when, low:high]
        _draw(room, weights, seen[first:last], rows.noise[idx, when, low:high], places)


@kernel
def _value(room: CriticRoom, weights: Any, observations: Any, actions: Any, found: Any) -> None:
    """Write what a critic says of observations and actions (B, ...)."""
    width = observations.shape[1]
    for i in range(observations.shape[0]):
        room.pairs[i, :width] = observations[i]
        room.pairs[i, width:] = actions[i]
    values = forward(room.stack, weights, room.pairs)
    for i in range(found.size):
        found[i] = values[i, 0]


@kernel
def _least(values: Any, row: int) -> tuple[Any, int]:
    """Return the least value of a row, and the critic that says it: the first of several."""
    found, chosen = values[0, row], 0
    for idx in range(1, values.shape[0]):
        if values[idx, row] < found:
            found, chosen = values[idx, row], idx
    return found, chosen


@kernel
def _improve_critic(
    room: CriticRoom, learning: Learning, rows: Rows, first: int, shared: Shared
) -> float:
    """Write the gradient of half a critic's squared error (equation 5) and return that.

    y = R + d (min_i Q_target_i(s', a') - alpha log pi(a' | s')),  a' drawn anew
    """
    stack, weights, size = room.stack, learning.critics.weights, rows.size
    seen, done = rows.observations[first : first + size], rows.actions[first : first + size]
    errors = errors_of(stack, stack.layers.shape[0] - 1, size)
    values = errors[:, 0]
    _value(room, weights, seen, done, values)
    weight, share, loss = exp(learning.entropy.weights[0]), np.float32(1 / size), 0.0
    for i in range(size):
        expected = _least(shared.values[_NEXT], i)[0] - weight * shared.log_probs[_NEXT, i]
        goal = rows.rewards[first + i] + rows.discounts[first + i] * expected
        distance = values[i] - goal
        values[i] = distance * share
        loss += np.float32(0.5) * distance * distance * share
    backward(stack, weights, size, learning.critics.gradients[0])
    return loss


@kernel
def _spare_of(room: CriticRoom) -> Stack:
    """Return the room for some rows of a critic."""
    spare = room.spare
    return Stack(
        room.stack.layers, spare.outputs, spare.errors, spare.inputs, spare.turned, spare.spare
    )


@kernel
def _find_slopes(room: CriticRoom, idx: int, weights: Any, shared: Shared) -> None:
    """Write the derivatives of values by actions, for the rows that this critic values least.

    Each row goes back through the one critic alone that values it least.
    """
    num_rows, found = shared.values.shape[2], 0
    for i in range(num_rows):
        if _least(shared.values[_NOW], i)[1] == idx:
            room.places[found] = i
            found += 1
    if not found:
        return
    stack, spare = room.stack, _spare_of(room)
    for layer in range(stack.layers.shape[0] - 1):
        seen = units_of(stack, stack.outputs, layer, num_rows)
        gathered = units_of(spare, spare.outputs, layer, found)
        for j in range(seen.shape[0]):
            for i in range(found):
                gathered[j, i] = seen[j, room.places[i]]
    errors_of(spare, spare.layers.shape[0] - 1, found)[:] = 1
    slopes = backward_to_inputs(spare, weights, found)
    width = slopes.shape[1] - shared.slopes.shape[1]
    for i in range(found):
        shared.slopes[room.places[i]] = slopes[i, width:]


@kernel
def _blame(room: ActorRoom, weight: Any, rows: Rows, noise: Any, seen: Any) -> None:
    """Write the derivatives of the actor's loss by its means and deviations, and measure it.

    L = E[alpha log pi(a | s) - min_i Q_i(s, a)]                     (equation 7)
    """
    actions, log_probs, values, slopes = seen
    num_rows, share, one = actions.shape[0], np.float32(1 / rows.size), np.float32(1)
    by_means, by_stds = errors_of(room.mean, 0, num_rows), errors_of(room.log_std, 0, num_rows)
    log_stds = output_of(room.log_std, 0, num_rows)
    for i in range(num_rows):
        least = _least(values, i)[0]
        room.parts[_ACTOR] += (weight * log_probs[i] - least) * share
        room.parts[_LOG_PROB] += log_probs[i] * share
        room.parts[_MEAN] += least * share
        for k in range(noise.shape[1]):
            action = actions[i, k]
            left = one - action * action
            by_action = np.float32(2) * weight * action / (left + _SQUASH_EPSILON)
            by_sum = share * (by_action - slopes[i, k]) * left
            log_std = log_stds[i, k]
            by_means[i, k] = by_sum
            by_stds[i, k] = np.float32(0)
            if _LOWEST <= log_std <= _HIGHEST:
                by_stds[i, k] = by_sum * noise[i, k] * exp(log_std) - weight * share


@kernel
def _improve_actor(rooms: Rooms, learning: Learning, rows: Rows, idx: int, share: int) -> None:
    """Write the gradient of the actor's loss on a share of a minibatch."""
    low, high = share_of(rows.size, share)
    room, shared, num_rows = rooms.actor[share], rooms.shared, high - low
    weights, gradient = learning.actor.weights, learning.actor.gradients[share]
    seen = (
        shared.actions[_NOW, low:high], shared.log_probs[_NOW, low:high],
        shared.values[_NOW, :, low:high], shared.slopes[low:high],
    )  # fmt: skip
    room.parts[:] = 0
    weight = exp(learning.entropy.weights[0])
    _blame(room, weight, rows, rows.noise[idx, _NOW, low:high], seen)
    features = top_of(room.trunk, num_rows)
    below = units_of(room.trunk, room.trunk.errors, room.trunk.layers.shape[0] - 1, num_rows)
    backward_from(room.mean, weights, features, num_rows, gradient)
    backward_from(room.log_std, weights, features, num_rows, gradient)
    below[:] = 0
    add_products(room.mean, weights, below)
    add_products(room.log_std, weights, below)
    backward(room.trunk, weights, num_rows, gradient)


@kernel
def _follow(room: CriticRoom, learning: Learning, tau: Any) -> None:
    """Move a target critic towards its critic."""
    slow = learning.targets[room.first : room.last]
    fast = learning.critics.weights[room.first : room.last]
    for i in range(slow.size):
        slow[i] += tau * (fast[i] - slow[i])


@kernel
def _weigh_entropy(learning: Learning, dial: Dial, log_prob: Any) -> float:
    """Move the entropy's weight; return its loss -log alpha (log pi + target)."""
    surplus = np.float32(log_prob + dial.entropy[0])
    loss = -learning.entropy.weights[0] * surplus
    learning.entropy.gradients[0, 0] = -surplus
    # A penalty on weights is none on the coefficient.
    rates = Rates(dial.rates[0], dial.rates[1], 0.0, np.inf)
    move_between(learning.entropy, rates, (0, 1), np.float32(1), 1)
    learning.entropy.steps[0] += 1
    return loss


@kernel
def _step_critics(
    place: Place, rooms: Rooms, learning: Learning, rows: Rows, dial: Dial, idx: int, sums: Any
) -> None:
    """Move the critics, and tell what they say of what is done now.

    Each thread has its own critics and all rows: their weights, Adam's moments and target critics, which
    are most of what a step touches, stay with one core. Their gradients are not shortened.
    """
    first, shared = idx * rows.size, rooms.shared
    seen, following = (
        rows.observations[first : first + rows.size], rows.following[first : first + rows.size]
    )  # fmt: skip
    rates = _rates_of(dial)
    count = len(rooms.critics)
    for critic in range(place.rank, count, place.stride):
        found = shared.values[_NEXT, critic]
        _value(rooms.critics[critic], learning.targets, following, shared.actions[_NEXT], found)
    meet(place)
    for critic in range(place.rank, count, place.stride):
        room = rooms.critics[critic]
        loss = _improve_critic(room, learning, rows, first, shared)
        sums[critic % NUM_SHARES, _CRITIC] += loss
        places = (room.first, room.last)
        move_between(learning.critics, rates, places, np.float32(1), 1)
        if (dial.counts[1] + idx) % dial.counts[2] == 0:
            _follow(room, learning, np.float32(dial.tau[0]))
        found = shared.values[_NOW, critic]
        _value(room, learning.critics.weights, seen, shared.actions[_NOW], found)
    meet(place)
    for critic in range(place.rank, count, place.stride):
        _find_slopes(rooms.critics[critic], critic, learning.critics.weights, shared)
    if place.rank == 0:
        learning.critics.steps[0] += 1


@entry
def _improve(
    place: Place, rooms: Rooms, learning: Learning, rows: Rows, dial: Dial, sums: Any
) -> None:
    """Take gradient steps: critics, actor, entropy coefficient, target critics.

    Args:
        place: Of the thread.
        rooms: Where they are computed.
        learning: What they change.
        rows: The minibatches.
        dial: How.
        sums: (2, 6) of each share: what is reported.
    """
    while True:
        _take_steps(place, rooms, learning, rows, dial, sums)
        if not again(place):
            break


@kernel
def _take_steps(
    place: Place, rooms: Rooms, learning: Learning, rows: Rows, dial: Dial, sums: Any
) -> None:
    begin(place)
    rates = _rates_of(dial)
    for idx in range(dial.counts[0]):
        minibatch = judge(place)
        if place.rank == 0:
            sums[0, _WEIGHT] += exp(learning.entropy.weights[0])
        for share in range(place.rank, NUM_SHARES, place.stride):
            _draw_share(rooms, learning, rows, idx, share)
        meet(place)
        _step_critics(place, rooms, learning, rows, dial, idx, sums)
        meet(place)
        for share in range(place.rank, NUM_SHARES, place.stride):
            _improve_actor(rooms, learning, rows, idx, share)
            sums[share] += rooms.actor[share].parts[:NUM_MEASURED]
        norm = length_of_gradient(place, learning.actor)
        if place.rank == 0:
            sums[0, _NORM] += norm
            if dial.learns_entropy:
                parts = rooms.actor[0].parts, rooms.actor[1].parts
                log_prob = parts[0][_LOG_PROB] + parts[1][_LOG_PROB]
                sums[0, _ENTROPY] += _weigh_entropy(learning, dial, log_prob)
        move(place, learning.actor, rates, norm)
        place = place_after(place, minibatch)
        if place.stride == 0:
            break


class SacKernel:
    """The gradient steps of networks of plain dense layers; called as `SacProgram` is."""

    def __init__(
        self, model: SoftModel, sizes: tuple[int, int, int], *, learns_entropy: bool
    ) -> None:
        """Take room for minibatches.

        Args:
            model: The networks.
            sizes: B, D and A.
            learns_entropy: Whether the entropy coefficient is learnt.
        """
        batch_size, width, num_actions = sizes
        self._dial = Dial(
            np.zeros(3, np.int64), np.zeros(4), np.zeros(1), np.zeros(1), learns_entropy
        )  # fmt: skip
        self._model, self._size = model, batch_size
        self._rooms = rooms_of(model, batch_size, num_actions, width)
        self._sums = np.zeros((NUM_SHARES, NUM_MEASURED))
        self._rows: Rows | None = None
        self._learning: Learning | None = None
        self._learnt: Learnt | None = None

    def improve(
        self, learnt: Learnt, drawn: Any, noise: Any, first: int, count: int, settings: Settings
    ) -> SoftMoved:
        """Take gradient steps; arguments as of `SacProgram.improve`.

        What is returned are views, which change with the next call.
        """
        learning = self._learning
        if learning is None or learnt is not self._learnt:
            learning = self._begin(learnt)
        parts = (*drawn, noise)
        if self._rows is None:
            self._rows = _room_for(parts, self._size)
        for kept, new in zip(self._rows[:-1], parts, strict=True):
            np.copyto(kept, new.reshape(kept.shape))
        dial, sums = self._dial, self._sums
        dial.counts[:] = count, first, settings.update_interval
        dial.rates[:] = settings.adam
        dial.entropy[0], dial.tau[0] = settings.target_entropy, settings.tau
        sums[:] = 0
        the_team().run(count, _improve, self._rooms, learning, self._rows, dial, sums)
        assert self._learnt is not None  # noqa: S101 - it was begun
        return SoftMoved(self._learnt, sums.sum(0))

    def _begin(self, learnt: Learnt) -> Learning:
        """Copy what was learnt into vectors, and show them by name."""
        actors, critics = self._model.actor_layout, self._model.critic_layout
        learning = Learning(
            _descent(learnt.actor, actors), _descent(learnt.critics, critics),
            critics.join(learnt.targets), continued(learnt.entropy),
        )  # fmt: skip
        self._learning = learning
        self._learnt = Learnt(
            state_of(learning.actor).split(actors), state_of(learning.critics).split(critics),
            critics.split(learning.targets), state_of(learning.entropy),
        )  # fmt: skip
        return learning


def _room_for(parts: Sequence[Floats], size: int) -> Rows:
    """Return room for rows of minibatches (C, B, ...), and for their noise."""
    *drawn, noise = parts
    observations, actions, rewards, following, discounts = (
        np.empty((part.shape[0] * part.shape[1], *part.shape[2:]), np.float32) for part in drawn
    )
    return Rows(observations, actions, rewards, following, discounts, np.empty_like(noise), size)


def _descent(state: AdamState, layout: Layout) -> Descent:
    weights, first, second = (layout.join(part) for part in state[:3])
    return continued(AdamState(weights, first, second, state.steps))
