"""DQN's mathematics, compiled: what `runners/native/dqn.py` does, many gradient steps per program.

C gradient steps of a call, B transitions of a minibatch, A actions, P weights.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from gymlab.runners.turbo.adam import AdamSettings, AdamState, descend
from gymlab.runners.turbo.layers import Placed, affine, forward, scaled_input, tensors_of
from gymlab.runners.turbo.parameters import Layout
from gymlab.runners.turbo.replay import Drawn
from gymlab.runners.turbo.xla import jax

jnp = jax.numpy

NUM_MEASURED = 3
"""loss, mean predicted value, length of the gradient"""


@dataclass(frozen=True, slots=True)
class ValueModel:
    """The value of every action at once, as JAX computes it."""

    layout: Layout
    layers: tuple[Placed, ...]
    is_dueling: bool

    def values(self, weights: Any, observations: Any) -> Any:
        """Return (M, A) action values.

        Dueling: Q(s, a) = V(s) + A(s, a) - mean_a' A(s, a')     (Wang et al. 2016, equation 9)
        """
        tensors = tensors_of(self.layout, weights)
        below = {name: part for name, part in tensors.items() if name.startswith("trunk.")}
        features = forward(self.layers, below, scaled_input(observations))
        outputs = affine(tensors, "q", features)
        if not self.is_dueling:
            return outputs
        return affine(tensors, "value", features) + outputs - outputs.mean(-1, keepdims=True)


class ValuesMoved(NamedTuple):
    """Where a sequence of gradient steps has come to."""

    state: AdamState
    taken: Any
    measured: Any
    """(3,) sums over the minibatches."""


def dqn_loss(
    model: ValueModel, weights: Any, observations: Any, actions: Any, targets: Any
) -> tuple[Any, Any]:
    """Return Huber's loss of (B,) predictions against their targets, and the mean prediction."""
    values = model.values(weights, observations)
    choices = jnp.arange(values.shape[1], dtype=actions.dtype)
    predicted = jnp.where(actions[:, None] == choices, values, 0.0).sum(-1)
    error = jnp.abs(predicted - targets)
    loss = jnp.where(error < 1.0, 0.5 * jnp.square(error), error - 0.5).mean()
    return loss, jnp.stack([loss, predicted.mean()])


def next_values(
    model: ValueModel, weights: Any, target: Any, following: Any, *, double: bool
) -> Any:
    """Return (M,) what the target network expects after each transition.

    max_a' Q_target(s', a')                                  (Mnih et al. 2015)
    Q_target(s', argmax_a' Q(s', a'))                        (van Hasselt et al. 2016, equation 4)
    """
    expected = model.values(target, following)
    if not double:
        return expected.max(1)
    chosen = model.values(weights, following).argmax(1)
    choices = jnp.arange(expected.shape[1])
    return jnp.where(chosen[:, None] == choices, expected, 0.0).sum(-1)


class DqnProgram:
    """The compiled parts of an update."""

    def __init__(self, model: ValueModel, *, double: bool) -> None:
        """Prepare them; JAX compiles at the first call."""
        self.model, self._is_double = model, double
        self.improve = jax.jit(self._improve, donate_argnums=(0,))
        self.values = jax.jit(model.values)

    def _improve(
        self, state: AdamState, target: Any, drawn: Any, count: Any, settings: AdamSettings
    ) -> ValuesMoved:
        """Take gradient steps, one minibatch after the other.

        Args:
            state: Weights and optimizer.
            target: (P,) weights of the target network, which rests meanwhile.
            drawn: The transitions of `Drawn`, each part (C, B, ...).
            count: Minibatches to take, at most C.
            settings: Of the optimizer.
        """
        rows = Drawn(*drawn)
        gradient_of = jax.grad(
            lambda weights, seen, done, goal: dqn_loss(self.model, weights, seen, done, goal),
            has_aux=True,
        )
        seen = self.model.layout.split(target)

        def step(idx: Any, moved: ValuesMoved) -> ValuesMoved:
            expected = next_values(
                self.model, moved.state.weights, seen, rows.following[idx], double=self._is_double
            )
            # By itself: XLA would compute it anew for every number that needs it.
            goal = jax.lax.optimization_barrier(rows.rewards[idx] + rows.discounts[idx] * expected)
            gradient, parts = gradient_of(
                moved.state.weights, rows.observations[idx], rows.actions[idx], goal
            )
            after, norm = descend(moved.state, gradient, settings)
            return ValuesMoved(after, idx + 1, moved.measured + jnp.append(parts, norm))

        layout = self.model.layout
        begun = ValuesMoved(state.split(layout), jnp.array(0, jnp.int32), jnp.zeros(NUM_MEASURED))
        moved = jax.lax.fori_loop(0, count, step, begun)
        return moved._replace(state=moved.state.joined(layout))


@lru_cache(maxsize=16)
def program_of(model: ValueModel, *, double: bool) -> DqnProgram:
    """Return the program of a model; the same one for the same, so that it is compiled once."""
    return DqnProgram(model, double=double)
