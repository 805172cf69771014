"""Soft actor-critic's mathematics, compiled: many gradient steps per program.

Haarnoja et al. 2018, arXiv:1812.05905; the order of the parts is that of Stable-Baselines3.

C gradient steps of a call, B transitions of a minibatch, A components of an action.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from gymlab.agents.soft_actor_critic import LOG_STD_RANGE
from gymlab.runners.turbo.adam import AdamSettings, AdamState, descend
from gymlab.runners.turbo.layers import Placed, affine, forward, tensors_of
from gymlab.runners.turbo.parameters import Layout
from gymlab.runners.turbo.replay import Drawn
from gymlab.runners.turbo.xla import jax

jnp = jax.numpy

NUM_MEASURED = 6
"""actor loss, critic loss, entropy coefficient, its loss, mean value, length of the actor's gradient"""
_HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)
_SQUASH_EPSILON = 1e-6
"""As in Stable-Baselines3: keeps log(1 - tanh^2) finite."""


@dataclass(frozen=True, slots=True)
class SoftModel:
    """Actor and critics, as JAX computes them."""

    actor_layout: Layout
    critic_layout: Layout
    actor: tuple[Placed, ...]
    critics: tuple[tuple[Placed, ...], ...]

    def gaussian(self, weights: Any, observations: Any) -> tuple[Any, Any]:
        """Return (M, A) means and logarithms of standard deviations, before squashing."""
        tensors = tensors_of(self.actor_layout, weights)
        features = forward(self.actor, tensors, observations)
        log_std = jnp.clip(affine(tensors, "log_std", features), *LOG_STD_RANGE)
        return affine(tensors, "policy", features), log_std

    def draw(self, weights: Any, observations: Any, noise: Any) -> tuple[Any, Any]:
        """Return (M, A) squashed actions and (M,) their log-probabilities.

        log pi(a) = log N(u; m, s) - sum log(1 - tanh^2 u)       (arXiv:1812.05905, equation 26)
        """
        means, log_std = self.gaussian(weights, observations)
        actions = jnp.tanh(means + noise * jnp.exp(log_std))
        log_probs = (-0.5 * jnp.square(noise) - log_std - _HALF_LOG_TWO_PI).sum(-1)
        return actions, log_probs - jnp.log(1 - jnp.square(actions) + _SQUASH_EPSILON).sum(-1)

    def values(self, weights: Any, observations: Any, actions: Any) -> Any:
        """Return (number of critics, M) what each critic says."""
        tensors = tensors_of(self.critic_layout, weights)
        rows = jnp.concatenate([observations, actions], 1)
        found = [
            affine(tensors, f"critics.{idx}.q", forward(layers, tensors, rows))[:, 0]
            for idx, layers in enumerate(self.critics)
        ]
        return jnp.stack(found)


class Learnt(NamedTuple):
    """Everything that a gradient step changes."""

    actor: AdamState
    critics: AdamState
    targets: Any
    """Weights of the target critics, in the form of the critics' own."""
    entropy: AdamState
    """(1,) logarithm of the entropy's weight."""


class Settings(NamedTuple):
    """Numbers that may change without compiling again."""

    adam: AdamSettings
    tau: Any
    target_entropy: Any
    update_interval: Any


class SoftMoved(NamedTuple):
    """Where a sequence of gradient steps has come to."""

    learnt: Learnt
    measured: Any
    """(6,) sums over the minibatches."""


class SacProgram:
    """The compiled update."""

    def __init__(self, model: SoftModel, *, learns_entropy: bool) -> None:
        """Prepare it; JAX compiles at the first call."""
        self.model, self._learns_entropy = model, learns_entropy
        self.improve = jax.jit(self._improve, donate_argnums=(0,))
        self.gaussian = jax.jit(model.gaussian)

    def _improve(
        self, learnt: Learnt, drawn: Any, noise: Any, first: Any, count: Any, settings: Settings
    ) -> SoftMoved:
        """Take gradient steps, one minibatch after the other.

        Args:
            learnt: What they change.
            drawn: The transitions of `Drawn`, each part (C, B, ...).
            noise: (C, 2, B, A) standard normal: for what is done now, and next.
            first: Gradient steps of this update taken before.
            count: Minibatches to take, at most C.
            settings: Numbers.
        """
        rows = Drawn(*drawn)

        def step(idx: Any, moved: SoftMoved) -> SoftMoved:
            part = Drawn(
                rows.observations[idx], rows.actions[idx], rows.rewards[idx],
                rows.following[idx], rows.discounts[idx],
            )  # fmt: skip
            after, parts = self.one(moved.learnt, part, noise[idx], settings)
            is_due = (first + idx) % settings.update_interval == 0
            share = jnp.where(is_due, settings.tau, 0.0)
            targets = jax.tree.map(
                lambda slow, fast: slow + share * (fast - slow),
                after.targets,
                after.critics.weights,
            )
            return SoftMoved(after._replace(targets=targets), moved.measured + parts)

        begun = SoftMoved(learnt, jnp.zeros(NUM_MEASURED))
        if len(noise) == 1:
            # The usual case; a loop would carry all weights through its state for nothing.
            return step(0, begun)
        return jax.lax.fori_loop(0, count, step, begun)

    def one(
        self, learnt: Learnt, part: Drawn, noise: Any, settings: Settings
    ) -> tuple[Learnt, Any]:
        """Take one gradient step of critics, actor and entropy coefficient; traced by JAX."""
        weight = jnp.exp(learnt.entropy.weights[0])
        critic_loss, gradient = jax.value_and_grad(self.critic_loss)(
            learnt.critics.weights, learnt, part, noise[1], weight
        )
        critics, _ = descend(learnt.critics, gradient, settings.adam)
        (actor_loss, (log_probs, value)), gradient = jax.value_and_grad(
            self.actor_loss, has_aux=True
        )(learnt.actor.weights, critics.weights, part.observations, noise[0], weight)
        actor, norm = descend(learnt.actor, gradient, settings.adam)
        entropy, entropy_loss = learnt.entropy, jnp.zeros(())
        if self._learns_entropy:
            # J(alpha) = E[-log alpha (log pi + target)]: Stable-Baselines3's form of equation 18
            surplus = log_probs.mean() + settings.target_entropy
            entropy_loss = -learnt.entropy.weights[0] * surplus
            # A penalty on weights is none on the coefficient.
            plain = settings.adam._replace(weight_decay=0.0)
            entropy, _ = descend(learnt.entropy, -surplus[None], plain)
        parts = jnp.stack([actor_loss, critic_loss, weight, entropy_loss, value, norm])
        return Learnt(actor, critics, learnt.targets, entropy), parts

    def critic_loss(
        self, weights: Any, learnt: Learnt, part: Drawn, noise: Any, entropy_weight: Any
    ) -> Any:
        """Return half the sum of the critics' squared errors (equation 5).

        y = R + d (min_i Q_target_i(s', a') - alpha log pi(a' | s')),  a' drawn anew
        """
        actions, log_probs = self.model.draw(learnt.actor.weights, part.following, noise)
        expected = self.model.values(learnt.targets, part.following, actions).min(0)
        goals = part.rewards + part.discounts * (expected - entropy_weight * log_probs)
        # By itself: XLA would compute it anew for every number that needs it.
        goals = jax.lax.optimization_barrier(jax.lax.stop_gradient(goals))
        values = self.model.values(weights, part.observations, part.actions)
        return 0.5 * jnp.square(values - goals).mean(1).sum()

    def actor_loss(
        self, weights: Any, critics: Any, observations: Any, noise: Any, entropy_weight: Any
    ) -> tuple[Any, tuple[Any, Any]]:
        """Return E[alpha log pi(a | s) - min_i Q_i(s, a)] (equation 7), log-probabilities and value."""
        actions, log_probs = self.model.draw(weights, observations, noise)
        values = self.model.values(critics, observations, actions).min(0)
        return (entropy_weight * log_probs - values).mean(), (log_probs, values.mean())


@lru_cache(maxsize=16)
def program_of(model: SoftModel, *, learns_entropy: bool) -> SacProgram:
    """Return the program of a model; the same one for the same, so that it is compiled once."""
    return SacProgram(model, learns_entropy=learns_entropy)
