"""Adam on weights, with the gradient's length limited.

The numbers are those of `gymlab.agents.flat_optimizer`. The weights are one vector, which suits small
networks, or tensors by name: taking a large vector apart and putting its gradient together at every
step takes as long as a layer.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gymlab.runners.turbo.parameters import Layout
from gymlab.runners.turbo.xla import jax

jnp = jax.numpy
FloatArray = NDArray[np.float32]

_BETA_1, _BETA_2 = 0.9, 0.999
_LOG_BETA_1, _LOG_BETA_2 = math.log(_BETA_1), math.log(_BETA_2)
_CLIP_EPSILON = 1e-6
"""As in `torch.nn.utils.clip_grad_norm_`."""


class AdamState(NamedTuple):
    """P weights and what Adam remembers of them."""

    weights: Any
    """(P,), or tensors by name."""
    first: Any
    """Running mean of the gradient, in the same form."""
    second: Any
    """Running mean of its square, in the same form."""
    steps: Any
    """Steps taken."""

    def split(self, layout: Layout) -> "AdamState":
        """Return it with tensors by name instead of vectors."""
        weights, first, second = (layout.split(part) for part in self[:3])
        return AdamState(weights, first, second, self.steps)

    def joined(self, layout: Layout) -> "AdamState":
        """Return it with vectors instead of tensors; traced by JAX."""
        weights, first, second = (
            jnp.concatenate([part[place.name].reshape(-1) for place in layout.places])
            for part in self[:3]
        )
        return AdamState(weights, first, second, self.steps)


class AdamSettings(NamedTuple):
    """What decides a step; all are numbers that may change without compiling again."""

    learning_rate: Any
    eps: Any
    weight_decay: Any
    max_grad_norm: Any


def begin(weights: FloatArray) -> AdamState:
    """Return the state before the first step."""
    zeros = np.zeros_like(weights)
    return AdamState(
        jnp.array(weights), jnp.array(zeros), jnp.array(zeros), jnp.array(0, jnp.int32)
    )


def begin_apart(weights: FloatArray, layout: Layout) -> AdamState:
    """Return the state before the first step, with tensors by name."""
    zeros = np.zeros_like(weights)
    state = AdamState(weights, zeros, zeros, np.array(0, np.int32)).split(layout)
    return jax.tree.map(jnp.array, state)


def mean_gradient(state: AdamState) -> FloatArray:
    """Return (P,) the running mean of the gradients, m / (1 - b1^t), after at least one step."""
    mean: FloatArray = np.array(state.first, np.float32)
    mean /= 1.0 - _BETA_1 ** max(1, int(state.steps))
    return mean


def descend(state: AdamState, gradient: Any, settings: AdamSettings) -> tuple[AdamState, Any]:
    """Take one step; traced by JAX.

    m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
    w = w - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)      (Kingma and Ba 2015, algorithm 1)

    Returns:
        The state after it, and the gradient's length before it was shortened.
    """
    norm = jnp.sqrt(sum(jnp.vdot(part, part) for part in jax.tree.leaves(gradient)))
    scale = jnp.minimum(settings.max_grad_norm / (norm + _CLIP_EPSILON), 1.0)
    steps = state.steps + 1
    # 1 - b^t loses its digits in single precision while t is small.
    counted = steps.astype(jnp.float32)
    first_scale = -jnp.expm1(counted * _LOG_BETA_1)
    second_scale = jnp.sqrt(-jnp.expm1(counted * _LOG_BETA_2))
    step_size = settings.learning_rate / first_scale

    def moved(weights: Any, first: Any, second: Any, gradient: Any) -> tuple[Any, Any, Any]:
        gradient = gradient * scale + settings.weight_decay * weights
        first = _BETA_1 * first + (1 - _BETA_1) * gradient
        second = _BETA_2 * second + (1 - _BETA_2) * jnp.square(gradient)
        step = step_size * first / (jnp.sqrt(second) / second_scale + settings.eps)
        return weights - step, first, second

    found = jax.tree.map(moved, state.weights, state.first, state.second, gradient)
    outer = jax.tree.structure(state.weights)
    weights, first, second = jax.tree.transpose(outer, jax.tree.structure((0, 0, 0)), found)
    return AdamState(weights, first, second, steps), norm
