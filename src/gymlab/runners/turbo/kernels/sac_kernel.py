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
    flattened,
    forward,
    forward_from,
    output_of,
    share_of,
    stack_of,
    top_of,
    units_of,
)
from gymlab.runners.turbo.kernels.descending import (
    Descent,
    Rates,
    continued,
    length_of_gradient,
    move,
    move_share,
    state_of,
)
from gymlab.runners.turbo.kernels.elementwise import exp, tanh
from gymlab.runners.turbo.kernels.team import (
    NUM_SHARES,
    Place,
    again,
    begin,
    judge,
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
_ACTOR, _CRITIC, _WEIGHT, _ENTROPY, _MEAN, _NORM = range(NUM_MEASURED)
_LOG_PROB = NUM_MEASURED
"""Place of the sum of log-probabilities, behind what is reported."""


class Room(NamedTuple):
    """What a share of the rows is computed in."""

    trunk: Stack
    mean: Stack
    log_std: Stack
    critics: Any
    """A stack for each."""
    pairs: Floats
    """(B / 2, D + A) observations and actions."""
    slopes: Floats
    """(B / 2, D + A) derivatives by them."""
    actions: Floats
    """(B / 2, A) that were drawn."""
    log_probs: Floats
    """(B / 2,) theirs."""
    goals: Floats
    """(B / 2,)"""
    chosen: NDArray[np.int64]
    """(B / 2,) critic that values a row least."""
    places: NDArray[np.int64]
    """(B / 2,) rows of one critic."""
    spare: Stack
    """Room for the outputs of these rows."""
    parts: NDArray[np.float64]
    """(7,) of the minibatch under way."""


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
def _draw(room: Room, weights: Any, observations: Any, noise: Any) -> None:
    """Draw squashed actions and write them and their log-probabilities.

    log pi(a) = log N(u; m, s) - sum log(1 - tanh^2 u)       (arXiv:1812.05905, equation 26)
    """
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
            room.actions[i, k] = action
            found += np.float32(-0.5) * noise[i, k] * noise[i, k] - log_std - _HALF_LOG_TWO_PI
            found -= np.float32(math.log(one - action * action + _SQUASH_EPSILON))
        room.log_probs[i] = found


@kernel
def _pair(room: Room, observations: Any, actions: Any) -> Any:
    """Write observations and actions beside each other, as critics see them."""
    num_rows, width = observations.shape
    pairs = room.pairs[:num_rows]
    for i in range(num_rows):
        pairs[i, :width] = observations[i]
        pairs[i, width:] = actions[i]
    return pairs


@kernel
def _find_least(room: Room, weights: Any, pairs: Any) -> None:
    """Write what the critic says that values a pair least, as goal, and which one that is."""
    found = room.goals
    for idx in range(len(room.critics)):
        values = forward(room.critics[idx], weights, pairs)
        for i in range(pairs.shape[0]):
            if idx == 0 or values[i, 0] < found[i]:
                found[i], room.chosen[i] = values[i, 0], idx


@kernel
def _improve_critics(room: Room, learning: Learning, rows: Rows, spans: Any, gradient: Any) -> None:
    """Write the gradient of half the sum of the critics' squared errors (equation 5).

    y = R + d (min_i Q_target_i(s', a') - alpha log pi(a' | s')),  a' drawn anew
    """
    first, last, noise = spans
    weight = exp(learning.entropy.weights[0])
    following = rows.following[first:last]
    _draw(room, learning.actor.weights, following, noise)
    _find_least(room, learning.targets, _pair(room, following, room.actions))
    for i in range(last - first):
        expected = room.goals[i] - weight * room.log_probs[i]
        room.goals[i] = rows.rewards[first + i] + rows.discounts[first + i] * expected
    pairs = _pair(room, rows.observations[first:last], rows.actions[first:last])
    share = np.float32(1 / rows.size)
    for idx in range(len(room.critics)):
        critic = room.critics[idx]
        values = forward(critic, learning.critics.weights, pairs)
        errors = errors_of(critic, critic.layers.shape[0] - 1, last - first)
        for i in range(last - first):
            distance = values[i, 0] - room.goals[i]
            errors[i, 0] = distance * share
            room.parts[_CRITIC] += np.float32(0.5) * distance * distance * share
        backward(critic, learning.critics.weights, last - first, gradient)


@kernel
def _spare_of(room: Room, idx: int) -> Stack:
    """Return the room for some rows of a critic."""
    spare = room.spare
    return Stack(
        room.critics[idx].layers,
        spare.outputs,
        spare.errors,
        spare.inputs,
        spare.turned,
        spare.spare,
    )


@kernel
def _gather(room: Room, idx: int, num_rows: int) -> int:
    """Move the rows that critic `idx` values least together in `spare`; return how many they are."""
    found = 0
    for i in range(num_rows):
        if room.chosen[i] == idx:
            room.places[found] = i
            found += 1
    critic, spare = room.critics[idx], _spare_of(room, idx)
    for layer in range(critic.layers.shape[0] - 1):
        seen = units_of(critic, critic.outputs, layer, num_rows)
        gathered = units_of(spare, spare.outputs, layer, found)
        for j in range(seen.shape[0]):
            for i in range(found):
                gathered[j, i] = seen[j, room.places[i]]
    return found


@kernel
def _find_slopes(room: Room, weights: Any, num_rows: int) -> None:
    """Write the derivatives of the least values by what the critics saw.

    Each row goes back through the one critic alone that values it least.
    """
    for idx in range(len(room.critics)):
        found = _gather(room, idx, num_rows)
        if not found:
            continue
        spare = _spare_of(room, idx)
        errors_of(spare, spare.layers.shape[0] - 1, found)[:] = 1
        slopes = backward_to_inputs(spare, weights, found)
        for i in range(found):
            room.slopes[room.places[i]] = slopes[i]


@kernel
def _blame(room: Room, learning: Learning, rows: Rows, spans: Any) -> None:
    """Write the derivatives of the actor's loss by its means and deviations, and measure it.

    L = E[alpha log pi(a | s) - min_i Q_i(s, a)]                     (equation 7)
    """
    first, last, noise = spans
    num_rows = last - first
    weight, share = exp(learning.entropy.weights[0]), np.float32(1 / rows.size)
    by_means, by_stds = errors_of(room.mean, 0, num_rows), errors_of(room.log_std, 0, num_rows)
    log_stds = output_of(room.log_std, 0, num_rows)
    width, one = rows.observations.shape[1], np.float32(1)
    for i in range(num_rows):
        room.parts[_ACTOR] += (weight * room.log_probs[i] - room.goals[i]) * share
        room.parts[_LOG_PROB] += room.log_probs[i] * share
        room.parts[_MEAN] += room.goals[i] * share
        for k in range(noise.shape[1]):
            action = room.actions[i, k]
            left = one - action * action
            by_action = np.float32(2) * weight * action / (left + _SQUASH_EPSILON)
            by_sum = share * (by_action - room.slopes[i, width + k]) * left
            log_std = log_stds[i, k]
            by_means[i, k] = by_sum
            by_stds[i, k] = np.float32(0)
            if _LOWEST <= log_std <= _HIGHEST:
                by_stds[i, k] = by_sum * noise[i, k] * exp(log_std) - weight * share


@kernel
def _improve_actor(room: Room, learning: Learning, rows: Rows, spans: Any, gradient: Any) -> None:
    """Write the gradient of the actor's loss on a share of a minibatch."""
    first, last, noise = spans
    num_rows = last - first
    seen, weights = rows.observations[first:last], learning.actor.weights
    _draw(room, weights, seen, noise)
    critics = learning.critics.weights
    _find_least(room, critics, _pair(room, seen, room.actions))
    _find_slopes(room, critics, num_rows)
    _blame(room, learning, rows, spans)
    top = room.trunk.layers.shape[0] - 1
    features, below = (
        top_of(room.trunk, num_rows),
        units_of(room.trunk, room.trunk.errors, top, num_rows),
    )
    backward_from(room.mean, weights, features, num_rows, gradient)
    backward_from(room.log_std, weights, features, num_rows, gradient)
    below[:] = 0
    add_products(room.mean, weights, below)
    add_products(room.log_std, weights, below)
    backward(room.trunk, weights, num_rows, gradient)


@kernel
def _follow(learning: Learning, tau: Any, share: int) -> None:
    """Move a share of the target critics' weights towards the critics'."""
    first, last = share_of(learning.targets.size, share)
    slow, fast = learning.targets[first:last], learning.critics.weights[first:last]
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
    move_share(learning.entropy, rates, 1, np.float32(1))
    learning.entropy.steps[0] += 1
    return loss


@entry
def _improve(
    place: Place, rooms: Any, learning: Learning, rows: Rows, dial: Dial, sums: Any
) -> None:
    """Take gradient steps: critics, actor, entropy coefficient, target critics.

    Args:
        place: Of the thread.
        rooms: Of each share.
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
    place: Place, rooms: Any, learning: Learning, rows: Rows, dial: Dial, sums: Any
) -> None:
    begin(place)
    rates = Rates(dial.rates[0], dial.rates[1], dial.rates[2], dial.rates[3])
    count, before, interval = dial.counts
    for idx in range(count):
        minibatch = judge(place)
        if place.rank == 0:
            sums[0, _WEIGHT] += exp(learning.entropy.weights[0])
        for share in range(place.rank, NUM_SHARES, place.stride):
            low, high = share_of(rows.size, share)
            spans = (idx * rows.size + low, idx * rows.size + high, rows.noise[idx, 1, low:high])
            rooms[share].parts[:] = 0
            _improve_critics(rooms[share], learning, rows, spans, learning.critics.gradients[share])
        norm = length_of_gradient(place, learning.critics)
        move(place, learning.critics, rates, norm)
        for share in range(place.rank, NUM_SHARES, place.stride):
            if (before + idx) % interval == 0:
                _follow(learning, np.float32(dial.tau[0]), share)
            low, high = share_of(rows.size, share)
            spans = (idx * rows.size + low, idx * rows.size + high, rows.noise[idx, 0, low:high])
            _improve_actor(rooms[share], learning, rows, spans, learning.actor.gradients[share])
            sums[share] += rooms[share].parts[:NUM_MEASURED]
        norm = length_of_gradient(place, learning.actor)
        if place.rank == 0:
            sums[0, _NORM] += norm
            if dial.learns_entropy:
                log_prob = rooms[0].parts[_LOG_PROB] + rooms[1].parts[_LOG_PROB]
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
        half = batch_size - batch_size // 2
        self._model, self._size = model, batch_size
        self._rooms = tuple(_room(model, half, num_actions, width) for _ in range(NUM_SHARES))
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
        parts = (*(flattened(part) for part in drawn), noise)
        if self._rows is None:
            self._rows = _room_for(parts, self._size)
        for kept, new in zip(self._rows[:-1], parts, strict=True):
            np.copyto(kept, new)
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
    observations, actions, rewards, following, discounts, noise = map(np.empty_like, parts)
    return Rows(observations, actions, rewards, following, discounts, noise, size)


def _descent(state: AdamState, layout: Layout) -> Descent:
    weights, first, second = (layout.join(part) for part in state[:3])
    return continued(AdamState(weights, first, second, state.steps))


def _room(model: SoftModel, half: int, num_actions: int, width: int) -> Room:
    def floats(*shape: int) -> Floats:
        return np.zeros(shape, np.float32)

    layout, both = model.actor_layout, width + num_actions
    spare = stack_of(model.critic_layout, model.critics[0], "critics.0.q", half)
    return Room(
        stack_of(layout, model.actor, None, half), stack_of(layout, (), "policy", half),
        stack_of(layout, (), "log_std", half),
        tuple(
            stack_of(model.critic_layout, layers, f"critics.{idx}.q", half)
            for idx, layers in enumerate(model.critics)
        ),
        floats(half, both), floats(half, both), floats(half, num_actions),
        floats(half), floats(half), np.zeros(half, np.int64), np.zeros(half, np.int64), spare,
        np.zeros(NUM_MEASURED + 1),
    )  # fmt: skip
