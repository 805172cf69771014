"""Adam on one vector of weights, with the gradient's length limited.

The numbers are those of `gymlab.agents.flat_optimizer`.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    """(P,)"""
    first: Any
    """(P,) running mean of the gradient."""
    second: Any
    """(P,) running mean of its square."""
    steps: Any
    """Steps taken."""


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
    norm = jnp.sqrt(jnp.vdot(gradient, gradient))
    scale = jnp.minimum(settings.max_grad_norm / (norm + _CLIP_EPSILON), 1.0)
    gradient = gradient * scale + settings.weight_decay * state.weights
    steps = state.steps + 1
    first = _BETA_1 * state.first + (1 - _BETA_1) * gradient
    second = _BETA_2 * state.second + (1 - _BETA_2) * jnp.square(gradient)
    # 1 - b^t loses its digits in single precision while t is small.
    counted = steps.astype(jnp.float32)
    first_scale = -jnp.expm1(counted * _LOG_BETA_1)
    second_scale = jnp.sqrt(-jnp.expm1(counted * _LOG_BETA_2))
    step_size = settings.learning_rate / first_scale
    weights = state.weights - step_size * first / (jnp.sqrt(second) / second_scale + settings.eps)
    return AdamState(weights, first, second, steps), norm
