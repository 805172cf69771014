"""PPO's gradient steps in machine code: the numbers of `turbo/ppo_update.py`.

M transitions of a rollout, B of a minibatch, D numbers of an observation, A components of an action,
K outputs, P weights. Equations as there (Schulman et al. 2017).
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gymlab.runners.turbo.adam import AdamSettings, AdamState
from gymlab.runners.turbo.distributions import Choices, Distribution, Gaussians
from gymlab.runners.turbo.kernels.compiling import entry, kernel
from gymlab.runners.turbo.kernels.dense import (
    Floats,
    Integers,
    Stack,
    backward,
    errors_of,
    forward,
    output_of,
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
from gymlab.runners.turbo.kernels.elementwise import exp
from gymlab.runners.turbo.kernels.team import (
    NUM_SHARES,
    Place,
    begin,
    judge,
    place_after,
    the_team,
)
from gymlab.runners.turbo.ppo_update import (
    NUM_MEASURED,
    LossSettings,
    Model,
    Moved,
    Traits,
    Transitions,
)

_HALF_LOG_TWO_PI = np.float32(0.5 * math.log(2 * math.pi))
_TOTAL, _POLICY, _VALUE, _ENTROPY, _KL, _CLIPPED, _NORM = range(NUM_MEASURED)


class Room(NamedTuple):
    """What a share of the rows is computed in."""

    actor: Stack
    critic: Stack
    rows: Floats
    """(B / 2, D) observations."""
    parts: NDArray[np.float64]
    """(7,) of the minibatch under way."""
    sums: NDArray[np.float64]
    """(7,) of the minibatches before."""


class Rollout(NamedTuple):
    """M transitions, and which of them each minibatch has."""

    observations: Floats
    """(M, D)"""
    columns: Floats
    """(M, A + 4) action, log-probability, value, advantage, return."""
    order: NDArray[np.int32]
    """(C, B) places of the transitions; -1 where there is none, behind all others."""
    num_minibatches: int
    """Minibatches to take."""


class Form(NamedTuple):
    """Which variant of the loss, and its numbers."""

    ends: Integers
    """(A,) last output of each choice; (0,) where the actions are continuous."""
    log_std: int
    """First place of the standard deviation's logarithm, where they are."""
    normalizes: bool
    clips_values: bool
    clip_range: float
    clip_range_vf: float
    vf_coef: float
    ent_coef: float
    most_kl: float
    """Approximate KL divergence beyond which the update ends."""


@kernel
def _moments(rollout: Rollout, order: Any, count: int, column: int) -> tuple[Any, Any]:
    """Return the mean of a minibatch's advantages, and 1 over their deviation as torch counts it."""
    mean = 0.0
    for i in range(count):
        mean += rollout.columns[order[i], column]
    mean /= count
    squares = 0.0
    for i in range(count):
        distance = rollout.columns[order[i], column] - mean
        squares += distance * distance
    return np.float32(mean), np.float32(1 / (math.sqrt(squares / (count - 1)) + 1e-8))


@kernel
def _choose(outputs: Any, errors: Any, actions: Any, form: Form) -> tuple[Any, Any]:
    """Return log-probability and entropy of choices.

    `errors` (2, K) takes their derivatives by the outputs.

    log p_i = l_i - log sum exp l;  H = -sum p log p;  dH/dl_i = -p_i (log p_i + H)
    """
    log_prob, total = np.float32(0), np.float32(0)
    first = 0
    for component in range(form.ends.size):
        last = form.ends[component]
        largest = outputs[first]
        for k in range(first + 1, last):
            largest = max(largest, outputs[k])
        weight = np.float32(0)
        for k in range(first, last):
            weight += exp(outputs[k] - largest)
        log_weight = largest + np.float32(math.log(weight))
        entropy = np.float32(0)
        for k in range(first, last):
            log_p = outputs[k] - log_weight
            entropy -= exp(log_p) * log_p
        for k in range(first, last):
            log_p = outputs[k] - log_weight
            p = exp(log_p)
            errors[0, k] = -p
            errors[1, k] = -p * (log_p + entropy)
        chosen = first + int(actions[component])
        errors[0, chosen] += np.float32(1)
        log_prob += outputs[chosen] - log_weight
        total += entropy
        first = last
    return log_prob, total


@kernel
def _aim(outputs: Any, errors: Any, actions: Any, log_std: Any) -> tuple[Any, Any]:
    """Return log-probability and entropy of continuous actions.

    `errors` (2, K) takes the derivatives of the log-probability by means and by log s.

    log N = -((a - m) / s)^2 / 2 - log s - log(2 pi) / 2
    """
    log_prob, entropy = np.float32(0), np.float32(0)
    for k in range(outputs.size):
        inverse = exp(-log_std[k])
        distance = (actions[k] - outputs[k]) * inverse
        log_prob += np.float32(-0.5) * distance * distance - log_std[k] - _HALF_LOG_TWO_PI
        entropy += log_std[k] + np.float32(0.5) + _HALF_LOG_TWO_PI
        errors[0, k] = distance * inverse
        errors[1, k] = distance * distance - np.float32(1)
    return log_prob, entropy


@kernel
def _pull(parts: Any, row: Any, chosen: Any, scale: Any, form: Form) -> Any:
    """Return the derivative of the policy's loss by a log-probability, and measure the row.

    Args:
        parts: (7,) takes what is measured.
        row: (4,) log-probability, value, advantage and return of the rollout.
        chosen: Log-probability and entropy now.
        scale: Mean of the advantages, 1 over their deviation, 1 over the rows of the minibatch.
        form: Of the loss.
    """
    mean, inverse, share = scale
    one, clip = np.float32(1), np.float32(form.clip_range)
    log_ratio = chosen[0] - row[0]
    ratio = exp(log_ratio)
    advantage = (row[2] - mean) * inverse
    plain = ratio * advantage
    clipped = min(max(ratio, one - clip), one + clip) * advantage
    parts[_POLICY] -= min(plain, clipped) * share
    parts[_ENTROPY] += chosen[1] * share
    parts[_KL] += (ratio - one - log_ratio) * share
    parts[_CLIPPED] += share if abs(ratio - one) > clip else np.float32(0)
    return -share * plain if plain <= clipped else np.float32(0)


@kernel
def _miss(parts: Any, value: Any, row: Any, share: Any, form: Form) -> Any:
    """Return the derivative of the value's loss by a value, and measure the row."""
    slope = np.float32(1)
    if form.clips_values:
        limit = np.float32(form.clip_range_vf)
        moved = value - row[1]
        slope = np.float32(1) if abs(moved) < limit else np.float32(0)
        value = row[1] + min(max(moved, -limit), limit)
    distance = value - row[3]
    parts[_VALUE] += distance * distance * share
    return np.float32(2) * np.float32(form.vf_coef) * share * distance * slope


@kernel
def _blame(
    room: Room, weights: Any, rollout: Rollout, order: Any, span: Any, form: Form, gradient: Any
) -> None:  # fmt: skip
    """Write the derivatives of the loss by the outputs of a share of a minibatch.

    L = -E min(r A, clip(r) A) + c_v E (v - R)^2 - c_e E H           (equations 7 and 9)
    """
    first, last, count = span
    actor, critic, num_rows = room.actor, room.critic, last - first
    outputs = output_of(actor, actor.layers.shape[0] - 1, num_rows)
    values = output_of(critic, critic.layers.shape[0] - 1, num_rows)
    errors = errors_of(actor, actor.layers.shape[0] - 1, num_rows)
    value_errors = errors_of(critic, critic.layers.shape[0] - 1, num_rows)
    num_outputs, numbers = outputs.shape[1], rollout.columns.shape[1] - 4
    share, ent = np.float32(1 / count), np.float32(form.ent_coef / count)
    mean, inverse = np.float32(0), np.float32(1)
    if form.normalizes and count > 1:
        mean, inverse = _moments(rollout, order, count, numbers + 2)
    slopes = np.empty((2, num_outputs), np.float32)
    log_std = weights[form.log_std : form.log_std + num_outputs]
    by_log_std = gradient[form.log_std : form.log_std + num_outputs]
    is_continuous = form.ends.size == 0
    if is_continuous:
        by_log_std[:] = 0
    for i in range(num_rows):
        row = rollout.columns[order[first + i]]
        if is_continuous:
            chosen = _aim(outputs[i], slopes, row, log_std)
        else:
            chosen = _choose(outputs[i], slopes, row, form)
        pull = _pull(room.parts, row[numbers:], chosen, (mean, inverse, share), form)
        for k in range(num_outputs):
            if is_continuous:
                errors[i, k] = pull * slopes[0, k]
                by_log_std[k] += pull * slopes[1, k] - ent
            else:
                errors[i, k] = pull * slopes[0, k] - ent * slopes[1, k]
        value_errors[i, 0] = _miss(room.parts, values[i, 0], row[numbers:], share, form)


@kernel
def _differentiate(
    room: Room, weights: Any, rollout: Rollout, order: Any, span: Any, form: Form, gradient: Any
) -> None:  # fmt: skip
    """Write the gradient of the loss on a share of a minibatch, and measure it."""
    first, last, _ = span
    parts = room.parts
    parts[:] = 0
    if first == last:
        gradient[:] = 0
        return
    seen = room.rows[: last - first]
    for i in range(last - first):
        seen[i] = rollout.observations[order[first + i]]
    forward(room.actor, weights, seen)
    forward(room.critic, weights, seen)
    _blame(room, weights, rollout, order, span, form, gradient)
    parts[_TOTAL] = parts[_POLICY] + form.vf_coef * parts[_VALUE] - form.ent_coef * parts[_ENTROPY]
    backward(room.actor, weights, last - first, gradient)
    backward(room.critic, weights, last - first, gradient)


@entry
def _improve(
    place: Place, rooms: Any, descent: Descent, rollout: Rollout, form: Form, rates: Rates, taken: Any
) -> None:  # fmt: skip
    """Take gradient steps, one minibatch after the other.

    Args:
        place: Of the thread.
        rooms: Of each share.
        descent: Weights and optimizer.
        rollout: The transitions.
        form: Of the loss.
        rates: Of the optimizer.
        taken: (2,) takes the minibatches looked at, and 1 where the policy moved too far.
    """
    begin(place)
    for idx in range(rollout.num_minibatches):
        minibatch = judge(place)
        order = rollout.order[idx]
        count = order.size
        while count > 1 and order[count - 1] < 0:
            count -= 1
        for share in range(place.rank, NUM_SHARES, place.stride):
            first, last = share_of(count, share)
            span = (first, last, count)
            gradient = descent.gradients[share]
            _differentiate(rooms[share], descent.weights, rollout, order, span, form, gradient)
            rooms[share].sums[:] += rooms[share].parts
        norm = length_of_gradient(place, descent)
        # Both threads come to the same: neither room changes before they meet again.
        is_over = rooms[0].parts[_KL] + rooms[1].parts[_KL] > form.most_kl
        if not is_over:
            move(place, descent, rates, norm)
        if place.rank == 0:
            rooms[0].sums[_NORM] += norm
            taken[0], taken[1] = idx + 1, is_over
        place = place_after(place, minibatch)
        if is_over or place.stride == 0:
            break


class PpoKernel:
    """The gradient steps of separate networks of plain dense layers; called as `PpoProgram` is."""

    def __init__(self, model: Model, traits: Traits, batch_size: int) -> None:
        """Take room for minibatches of B transitions."""
        assert model.critic is not None  # noqa: S101 - `computes` tells
        half, layout = batch_size - batch_size // 2, model.layout
        self._stacks = [
            (
                stack_of(layout, model.actor, "policy", half),
                stack_of(layout, model.critic, "value", half),
            )
            for _ in range(NUM_SHARES)
        ]
        self._half, self._traits = half, traits
        self._ends = _ends_of(model.distribution)
        places = {item.name: item for item in layout.places}
        self._log_std = places["log_std"].first if "log_std" in places else 0
        self._descent: Descent | None = None

    @staticmethod
    def computes(model: Model) -> bool:
        """Tell whether actions and networks are of a kind that is known here.

        The layers must be plain, which the caller knows.
        """
        return model.critic is not None and isinstance(model.distribution, Choices | Gaussians)

    def improve(
        self, state: AdamState, rows: Transitions, order: Any, count: int,
        numbers: LossSettings, settings: AdamSettings,
    ) -> Moved:  # fmt: skip
        """Take gradient steps; arguments as of `PpoProgram.improve`.

        The state that is returned changes with the next call.
        """
        descent = self._descent
        if descent is None or state.weights is not descent.weights:
            descent = self._descent = continued(state)
        # A copy where JAX shows memory of its own, which nobody may write to.
        rollout = Rollout(
            np.require(rows.observations, np.float32, ["C", "W"]),
            np.require(rows.columns, np.float32, ["C", "W"]),
            order, count,
        )  # fmt: skip
        rooms = tuple(
            Room(
                actor, critic, np.zeros((self._half, rollout.observations.shape[1]), np.float32),
                np.zeros(NUM_MEASURED), np.zeros(NUM_MEASURED),
            )
            for actor, critic in self._stacks
        )  # fmt: skip
        form = Form(
            self._ends, self._log_std, self._traits.normalizes, self._traits.clips_values,
            float(numbers.clip_range), float(numbers.clip_range_vf), float(numbers.vf_coef),
            float(numbers.ent_coef), 1.5 * float(numbers.target_kl),
        )  # fmt: skip
        taken = np.zeros(2, np.int64)
        the_team().run(count, _improve, rooms, descent, rollout, form, rates_of(settings), taken)
        sums = rooms[0].sums + rooms[1].sums
        return Moved(state_of(descent), int(taken[0]), bool(taken[1]), sums)


def _ends_of(distribution: Distribution) -> Integers:
    if isinstance(distribution, Choices):
        return np.cumsum(distribution.counts).astype(np.int64)
    return np.zeros(0, np.int64)
