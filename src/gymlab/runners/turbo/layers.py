"""Hidden layers as data -> what JAX compiles, and what NumPy computes while acting.

The names of the weights are those of `gymlab.agents.networks`: the place of the module in its
sequence. M rows, U units.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gymlab.domain.network_shapes import Shape
from gymlab.domain.networks import Activation, Conv2d, Dense, Flatten, Layer, LayerNorm
from gymlab.runners.turbo.parameters import Layout
from gymlab.runners.turbo.xla import jax

jnp = jax.numpy
Weights = Mapping[str, Any]

_NORM_EPSILON = 1e-5
"""As in `torch.nn.LayerNorm`."""
LEAK = 0.01
_PIXEL_RANGE = 255.0

ACTIVATIONS: Mapping[Activation, Callable[[Any], Any]] = {
    "relu": jax.nn.relu,
    "leaky_relu": lambda values: jax.nn.leaky_relu(values, LEAK),
    "tanh": jnp.tanh,
    "sigmoid": jax.nn.sigmoid,
    "linear": lambda values: values,
    "gelu": lambda values: jax.nn.gelu(values, approximate=False),
    "silu": jax.nn.silu,
}


@dataclass(frozen=True, slots=True)
class Placed:
    """A layer and the name of its weights."""

    layer: Layer
    name: str


def tensors_of(layout: Layout, weights: Any) -> dict[str, Any]:
    """Return the tensors of a vector of weights by name; traced by JAX.

    By itself JAX would differentiate every slice into a whole vector of mostly zeros and add them
    up, which takes longer than the network. Here the gradient is put together once.

    Args:
        layout: Where they lie.
        weights: (P,), or the tensors themselves, which are returned.
    """
    return weights if isinstance(weights, dict) else _TENSORS(layout, weights)


def _tensors_forward(layout: Layout, weights: Any) -> tuple[dict[str, Any], None]:
    return layout.split(weights), None


def _tensors_backward(layout: Layout, _: None, gradients: dict[str, Any]) -> tuple[Any]:
    parts = [gradients[item.name].reshape(-1) for item in layout.places]
    return (jnp.concatenate(parts),)


_TENSORS: Any = jax.custom_vjp(Layout.split, nondiff_argnums=(0,))
_TENSORS.defvjp(_tensors_forward, _tensors_backward)


def place(layers: Sequence[Layer], prefix: str) -> tuple[Placed, ...]:
    """Name the layers as the torch modules are named."""
    found: list[Placed] = []
    position = 0
    for layer in layers:
        found.append(Placed(layer, f"{prefix}.{position}"))
        # A layer with an activation is two modules.
        position += 2 if isinstance(layer, Dense | Conv2d) else 1
    return tuple(found)


def forward(layers: Sequence[Placed], weights: Weights, rows: Any) -> Any:
    """Return (M, U) features of (M, ...) observations; traced by JAX."""
    for placed in layers:
        layer, name = placed.layer, placed.name
        match layer:
            case Dense():
                rows = ACTIVATIONS[layer.activation](affine(weights, name, rows))
            case Conv2d():
                rows = ACTIVATIONS[layer.activation](_convolved(layer, weights, name, rows))
            case Flatten():
                rows = rows.reshape(rows.shape[0], -1)
            case LayerNorm():
                rows = _normalised(weights, name, rows)
            case _:
                pass
    return rows


def affine(weights: Weights, name: str, rows: Any) -> Any:
    """Return x W^T + b for (M, D) rows."""
    return _AFFINE(rows, weights[f"{name}.weight"], weights[f"{name}.bias"])


def _affine(rows: Any, matrix: Any, bias: Any) -> Any:
    return rows @ matrix.T + bias


def _affine_forward(rows: Any, matrix: Any, bias: Any) -> tuple[Any, tuple[Any, Any]]:
    return _affine(rows, matrix, bias), (rows, matrix)


def _affine_backward(kept: tuple[Any, Any], gradient: Any) -> tuple[Any, Any, Any]:
    """Return the gradients of rows, matrix and bias.

    The transposed gradient is made by itself: XLA would rather have it transposed inside of the
    product, for which it has but a slow kernel.
    """
    rows, matrix = kept
    turned = jax.lax.optimization_barrier(gradient.T)
    return gradient @ matrix, turned @ rows, gradient.sum(0)


_AFFINE: Any = jax.custom_vjp(_affine)
_AFFINE.defvjp(_affine_forward, _affine_backward)


def _convolved(layer: Conv2d, weights: Weights, name: str, rows: Any) -> Any:
    padding = [(layer.padding, layer.padding)] * 2
    found = jax.lax.conv_general_dilated(
        rows, weights[f"{name}.weight"], (layer.stride, layer.stride), padding
    )
    return found + weights[f"{name}.bias"][:, None, None]


def _normalised(weights: Weights, name: str, rows: Any) -> Any:
    axes = tuple(range(1, rows.ndim))
    mean = rows.mean(axes, keepdims=True)
    variance = rows.var(axes, keepdims=True)
    scaled = (rows - mean) / jnp.sqrt(variance + _NORM_EPSILON)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def scaled_input(rows: Any) -> Any:
    """Return observations as floating point; bytes of a picture as shares of full brightness."""
    if rows.dtype == np.uint8:
        return rows.astype(np.float32) / _PIXEL_RANGE
    return rows


def multiplications(layers: Sequence[Layer], shapes: Sequence[Shape], observation: Shape) -> int:
    """Return about how many multiplications one observation takes.

    Args:
        layers: Hidden layers.
        shapes: Shape behind each of them.
        observation: Shape of what goes in.
    """
    total, before = 0, observation
    for layer, shape in zip(layers, shapes, strict=True):
        match layer:
            case Dense():
                total += math.prod(before) * layer.units
            case Conv2d():
                total += math.prod(shape) * before[0] * layer.kernel_size**2
            case _:
                total += math.prod(shape)
        before = shape
    return total


# ---- acting -------------------------------------------------------------------------------------

_PLAIN: Mapping[Activation, Callable[[Any], object]] = {
    "relu": lambda values: np.maximum(values, 0.0, out=values),
    "leaky_relu": lambda values: np.maximum(values, LEAK * values, out=values),
    "tanh": lambda values: np.tanh(values, out=values),
    "linear": lambda values: values,
}
"""Activations that NumPy computes in place; others are left to JAX."""


def is_plain(layers: Sequence[Layer]) -> bool:
    """Tell whether NumPy computes these layers faster than a compiled call takes to begin."""
    return all(isinstance(item, Dense) and item.activation in _PLAIN for item in layers)


class PlainNetwork:
    """Dense layers and an output layer in NumPy, in buffers that are used again and again."""

    def __init__(self, layers: Sequence[Placed], head: str) -> None:
        """Take plain layers.

        Args:
            layers: Hidden layers.
            head: Name of the output layer.
        """
        self._names = [*(item.name for item in layers), head]
        self._activations = [
            *(_PLAIN[item.layer.activation] for item in layers if isinstance(item.layer, Dense)),
            _PLAIN["linear"],
        ]
        self._num_rows = 0
        self._parts: list[tuple[Any, Any, Any, Callable[[Any], object]]] = []

    def load(self, weights: Weights) -> None:
        """Compute with these weights from now on; they must not change."""
        self._parts = []
        for name, activate in zip(self._names, self._activations, strict=True):
            matrix = weights[f"{name}.weight"].T
            buffer = np.empty((self._num_rows, matrix.shape[1]), np.float32)
            self._parts.append((matrix, weights[f"{name}.bias"], buffer, activate))

    def __call__(self, rows: Any) -> Any:
        """Return (M, K) outputs of (M, D) observations, in a buffer that the next call overwrites."""
        if len(rows) != self._num_rows:
            self._resize(len(rows))
        for matrix, bias, buffer, activate in self._parts:
            np.dot(rows, matrix, out=buffer)
            np.add(buffer, bias, out=buffer)
            activate(buffer)
            rows = buffer
        return rows

    def _resize(self, num_rows: int) -> None:
        self._num_rows = num_rows
        self._parts = [
            (matrix, bias, np.empty((num_rows, matrix.shape[1]), np.float32), activate)
            for matrix, bias, _, activate in self._parts
        ]
