"""PPO's mathematics, compiled: what `runners/native/ppo.py` does, in one program per rollout.

The equations are numbered there and in Schulman et al. 2017, arXiv:1707.06347.

T timesteps, N environments, M = T x N transitions, B of a minibatch, P weights.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from gymlab.runners.turbo.adam import AdamSettings, AdamState, descend
from gymlab.runners.turbo.distributions import Distribution
from gymlab.runners.turbo.layers import Placed, affine, forward, scaled_input, tensors_of
from gymlab.runners.turbo.parameters import Layout
from gymlab.runners.turbo.xla import jax

jnp = jax.numpy

NUM_MEASURED = 7
"""total, policy, value, entropy, approximate KL, clip fraction, length of the gradient"""


@dataclass(frozen=True, slots=True)
class Model:
    """A policy and a value function, as JAX computes them."""

    layout: Layout
    actor: tuple[Placed, ...]
    critic: tuple[Placed, ...] | None
    """None where both look at the same layers."""
    distribution: Distribution

    def outputs_and_values(self, weights: Any, observations: Any) -> tuple[Any, Any, Any]:
        """Return (M, K) outputs, (M,) values and the learnt standard deviation's logarithm."""
        tensors = tensors_of(self.layout, weights)
        rows = scaled_input(observations)
        features = forward(self.actor, _below(tensors, "trunk"), rows)
        seen = features
        if self.critic is not None:
            seen = forward(self.critic, _below(tensors, "critic_trunk"), rows)
        values = affine(tensors, "value", seen)[:, 0]
        return affine(tensors, "policy", features), values, tensors.get("log_std")


def _below(tensors: dict[str, Any], prefix: str) -> dict[str, Any]:
    return {name: part for name, part in tensors.items() if name.startswith(f"{prefix}.")}


class LossSettings(NamedTuple):
    """Numbers of the loss; they may change without compiling again."""

    clip_range: Any
    clip_range_vf: Any
    vf_coef: Any
    ent_coef: Any
    target_kl: Any


class Transitions(NamedTuple):
    """M transitions of a rollout, ready to be learned from."""

    observations: Any
    """(M, ...)"""
    columns: Any
    """(M, A + 4) action, log-probability, value, advantage, return."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What decides the compiled program, beside the model."""

    normalizes: bool
    """Whether advantages are normalised per minibatch."""
    clips_values: bool
    """Whether the value loss is clipped."""
    is_even: bool
    """Whether all minibatches are of one size."""


class Moved(NamedTuple):
    """Where a sequence of gradient steps has come to."""

    state: AdamState
    taken: Any
    """Steps taken."""
    is_over: Any
    """Whether the policy moved so far that the update ends."""
    measured: Any
    """(7,) sums over the minibatches that were looked at."""


def ppo_loss(
    model: Model, traits: Traits, weights: Any, rows: Transitions, present: Any, numbers: Any
) -> tuple[Any, Any]:
    """Return the loss of a minibatch (equation 9, negated), and what is measured of it.

    Args:
        model: The networks.
        traits: Which variant.
        weights: (P,)
        rows: B transitions.
        present: (B,) 1 where a row counts; unused where all do.
        numbers: `LossSettings`.
    """
    outputs, values, log_std = model.outputs_and_values(weights, rows.observations)
    count = model.distribution.num_components
    actions = rows.columns[:, :count]
    old_log_probs, old_values, advantages, returns = rows.columns[:, count:].T
    log_probs, entropies = model.distribution.log_prob_and_entropy(outputs, log_std, actions)
    mean = _mean_of(None if traits.is_even else present)

    if traits.normalizes:
        advantages = _normalised(advantages, None if traits.is_even else present)

    # L_clip = -E min(ratio_t A_t, clip(ratio_t, 1 - eps, 1 + eps) A_t)        (equation 7)
    log_ratio = log_probs - old_log_probs
    ratio = jnp.exp(log_ratio)
    clipped = jnp.clip(ratio, 1 - numbers.clip_range, 1 + numbers.clip_range)
    policy_loss = -mean(jnp.minimum(ratio * advantages, clipped * advantages))

    if traits.clips_values:
        moved = jnp.clip(values - old_values, -numbers.clip_range_vf, numbers.clip_range_vf)
        values = old_values + moved
    value_loss = mean(jnp.square(values - returns))

    entropy = mean(entropies)
    total = policy_loss + numbers.vf_coef * value_loss - numbers.ent_coef * entropy
    kl = mean((ratio - 1) - log_ratio)
    share = mean((jnp.abs(ratio - 1) > numbers.clip_range).astype(jnp.float32))
    parts = (total, policy_loss, value_loss, entropy, kl, share)
    return total, jax.lax.stop_gradient(jnp.stack(parts))


def _mean_of(present: Any) -> Callable[[Any], Any]:
    if present is None:
        return lambda values: values.mean()
    return lambda values: (values * present).sum() / present.sum()


def _normalised(advantages: Any, present: Any) -> Any:
    """Scale to mean 0 and standard deviation 1, as torch counts it (one degree of freedom less)."""
    if present is None:
        if advantages.shape[0] < 2:
            return advantages
        return (advantages - advantages.mean()) / (advantages.std(ddof=1) + 1e-8)
    count = present.sum()
    mean = (advantages * present).sum() / count
    squares = (jnp.square(advantages - mean) * present).sum()
    scaled = (advantages - mean) / (jnp.sqrt(squares / jnp.maximum(count - 1, 1)) + 1e-8)
    return jnp.where(count > 1, scaled, advantages)


def advantages_of(rewards: Any, values: Any, begins: Any, gamma: Any, lam: Any) -> Any:
    """Return (T, N) generalised advantages; arguments as in `generalized_advantages` of `native`."""
    continues = 1.0 - begins[1:]
    deltas = rewards + gamma * values[1:] * continues - values[:-1]

    def back(following: Any, now: tuple[Any, Any]) -> tuple[Any, Any]:
        delta, goes_on = now
        following = delta + gamma * lam * goes_on * following
        return following, following

    _, found = jax.lax.scan(back, jnp.zeros_like(rewards[0]), (deltas, continues), reverse=True)
    return found


class PpoProgram:
    """The compiled parts of an update."""

    def __init__(self, model: Model, traits: Traits) -> None:
        """Prepare them; JAX compiles at the first call."""
        self.model, self.traits = model, traits
        self.prepare = jax.jit(self._prepare)
        self.improve = jax.jit(self._improve, donate_argnums=(0,))
        self.outputs = jax.jit(self._outputs)
        self.values = jax.jit(self._values)

    def _outputs(self, weights: Any, observations: Any) -> Any:
        """Return (N, K) outputs of the policy."""
        return self.model.outputs_and_values(weights, observations)[0]

    def _values(self, weights: Any, observations: Any) -> Any:
        """Return (M,) values."""
        return self.model.outputs_and_values(weights, observations)[1]

    def _prepare(
        self, weights: Any, observations: Any, actions: Any, rewards: Any, begins: Any,
        gamma: Any, lam: Any,
    ) -> tuple[Transitions, Any]:  # fmt: skip
        """Estimate values, advantages and returns.

        Args:
            weights: (P,)
            observations: (T + 1, N, ...) what was seen, the last included.
            actions: (T, N, A) what was done.
            rewards: (T, N) with the values beyond time limits added.
            begins: (T + 1, N) 1 where an episode begins with the observation.
            gamma: Discount factor.
            lam: Lambda of the estimate.

        Returns:
            M transitions, and the share of the returns' variance that the values explain.
        """
        steps, num_envs = rewards.shape
        rows = observations.reshape(-1, *observations.shape[2:])
        outputs, values, log_std = self.model.outputs_and_values(weights, rows)
        taken = actions.reshape(steps * num_envs, -1).astype(jnp.float32)
        log_probs, _ = self.model.distribution.log_prob_and_entropy(
            outputs[: steps * num_envs], log_std, taken
        )
        values = values.reshape(steps + 1, num_envs)
        advantages = advantages_of(rewards, values, begins, gamma, lam)
        returns = advantages + values[:-1]
        spread = returns.var()
        explained = jnp.where(spread > 0, 1 - advantages.var() / spread, jnp.nan)
        numbers = (log_probs, values[:-1], advantages, returns)
        columns = jnp.stack([part.reshape(-1) for part in numbers], 1)
        kept = rows[: steps * num_envs]
        return Transitions(kept, jnp.concatenate([taken, columns], 1)), explained

    def _improve(
        self, state: AdamState, rows: Transitions, order: Any, count: Any,
        numbers: LossSettings, settings: AdamSettings,
    ) -> Moved:  # fmt: skip
        """Take gradient steps, one minibatch after the other.

        Args:
            state: Weights and optimizer.
            rows: The rollout.
            order: (C, B) places of each minibatch's transitions; -1 where there is none.
            count: Minibatches to take, at most C.
            numbers: Of the loss.
            settings: Of the optimizer.
        """
        gradient_of = jax.grad(
            lambda weights, part, present: ppo_loss(
                self.model, self.traits, weights, part, present, numbers
            ),
            has_aux=True,
        )

        def goes_on(moved: Moved) -> Any:
            return (moved.taken < count) & ~moved.is_over

        def step(moved: Moved) -> Moved:
            places = order[moved.taken]
            part = Transitions(*(column[places] for column in rows))
            present = (places >= 0).astype(jnp.float32)
            gradient, parts = gradient_of(moved.state.weights, part, present)
            is_over = parts[4] > 1.5 * numbers.target_kl
            after, norm = descend(moved.state, gradient, settings)
            after = AdamState(
                *(jnp.where(is_over, old, new) for old, new in zip(moved.state, after, strict=True))
            )
            measured = moved.measured + jnp.append(parts, norm)
            return Moved(after, moved.taken + 1, is_over, measured)

        begun = Moved(
            state, jnp.array(0, jnp.int32), jnp.zeros((), jnp.bool_), jnp.zeros(NUM_MEASURED)
        )
        return jax.lax.while_loop(goes_on, step, begun)


@lru_cache(maxsize=16)
def program_of(model: Model, traits: Traits) -> PpoProgram:
    """Return the program of a model; the same one for the same, so that it is compiled once."""
    return PpoProgram(model, traits)
