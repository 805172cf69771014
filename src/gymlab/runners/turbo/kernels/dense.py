"""Dense layers: outputs, and gradients by hand.

M rows, D numbers that go in, U units, P weights of a network. A layer computes f(x W^T + b), with W
(U, D) as PyTorch keeps it.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gymlab.domain.networks import Activation, Dense
from gymlab.runners.turbo.kernels.compiling import kernel
from gymlab.runners.turbo.kernels.elementwise import tanh
from gymlab.runners.turbo.layers import LEAK, Placed
from gymlab.runners.turbo.parameters import Layout

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

_CODES: dict[Activation, int] = {"linear": 0, "relu": 1, "tanh": 2, "leaky_relu": 3}
_LINEAR, _RELU, _TANH = _CODES["linear"], _CODES["relu"], _CODES["tanh"]
_LEAK = np.float32(LEAK)

COMPUTED = frozenset(_CODES)
"""Activations that these kernels know."""


class Stack(NamedTuple):
    """Dense layers one after the other: where their weights lie, and room for their outputs."""

    layers: Integers
    """(L, 6) of each layer: D, U, first place of W and of b, activation, first place of its outputs."""
    outputs: Floats
    """Outputs of all layers, behind each other."""
    errors: Floats
    """Derivatives of the loss by them."""


def stack_of(layout: Layout, layers: Sequence[Placed], head: str | None, num_rows: int) -> Stack:
    """Return the stack of hidden dense layers.

    Args:
        layout: Where the weights lie.
        layers: Hidden layers.
        head: Name of an output layer without activation, if one belongs to it.
        num_rows: Most rows of a call.
    """
    places = {item.name: item for item in layout.places}
    named: list[tuple[str, Activation]] = [
        (item.name, item.layer.activation) for item in layers if isinstance(item.layer, Dense)
    ]
    if head is not None:
        named.append((head, "linear"))
    rows: list[list[int]] = []
    first = 0
    for name, activation in named:
        matrix, bias = places[f"{name}.weight"], places[f"{name}.bias"]
        units, inputs = matrix.shape
        rows.append([inputs, units, matrix.first, bias.first, _CODES[activation], first])
        first += num_rows * units
    table = np.array(rows, np.int64).reshape(-1, 6)
    return Stack(table, np.zeros(first, np.float32), np.zeros(first, np.float32))


def flattened(part: NDArray[Any]) -> NDArray[Any]:
    """Return minibatches (C, B, ...) as rows (C B, ...) that kernels take; numbers as float32."""
    found = part.reshape(-1, *part.shape[2:])
    return np.ascontiguousarray(found, None if found.dtype == np.int32 else np.float32)


@kernel
def _activate(outputs: Any, bias: Any, activation: int) -> None:
    for i in range(outputs.shape[0]):
        row = outputs[i]
        if activation == _RELU:
            for j in range(row.size):
                value = row[j] + bias[j]
                row[j] = value if value > 0 else np.float32(0)
        elif activation == _TANH:
            for j in range(row.size):
                row[j] = tanh(row[j] + bias[j])
        elif activation == _LINEAR:
            for j in range(row.size):
                row[j] += bias[j]
        else:
            for j in range(row.size):
                value = row[j] + bias[j]
                row[j] = value if value > 0 else _LEAK * value


@kernel
def _derive(errors: Any, outputs: Any, activation: int) -> None:
    """Turn derivatives by a layer's outputs into those by its sums, in place."""
    for i in range(errors.shape[0]):
        row, seen = errors[i], outputs[i]
        if activation == _RELU:
            for j in range(row.size):
                row[j] = row[j] if seen[j] > 0 else np.float32(0)
        elif activation == _TANH:
            for j in range(row.size):
                row[j] *= np.float32(1) - seen[j] * seen[j]
        elif activation != _LINEAR:
            for j in range(row.size):
                row[j] = row[j] if seen[j] > 0 else _LEAK * row[j]


@kernel
def output_of(stack: Stack, layer: int, num_rows: int) -> Any:
    """Return (M, U) the last outputs of a layer."""
    units, first = stack.layers[layer, 1], stack.layers[layer, 5]
    return stack.outputs[first : first + num_rows * units].reshape(num_rows, units)


@kernel
def errors_of(stack: Stack, layer: int, num_rows: int) -> Any:
    """Return (M, U) room for the derivatives by a layer's outputs."""
    units, first = stack.layers[layer, 1], stack.layers[layer, 5]
    return stack.errors[first : first + num_rows * units].reshape(num_rows, units)


@kernel
def forward(stack: Stack, weights: Any, rows: Any) -> Any:
    """Return (M, U) outputs of the last layer for (M, D) rows."""
    num_rows = rows.shape[0]
    for layer in range(stack.layers.shape[0]):
        inputs, units, matrix, bias, activation, _ = stack.layers[layer]
        found = output_of(stack, layer, num_rows)
        np.dot(rows, weights[matrix : matrix + units * inputs].reshape(units, inputs).T, found)
        _activate(found, weights[bias : bias + units], activation)
        rows = found
    return rows


@kernel
def backward(stack: Stack, weights: Any, rows: Any, gradient: Any) -> None:
    """Write the gradient of all weights into its places; `errors` of the last layer is filled.

    dW = dz^T x,  db = sum dz,  dx = dz W,  with dz = f'(z) dy
    """
    num_rows = rows.shape[0]
    for layer in range(stack.layers.shape[0] - 1, -1, -1):
        inputs, units, matrix, bias, activation, _ = stack.layers[layer]
        errors = errors_of(stack, layer, num_rows)
        _derive(errors, output_of(stack, layer, num_rows), activation)
        below = output_of(stack, layer - 1, num_rows) if layer else rows
        found = gradient[matrix : matrix + units * inputs].reshape(units, inputs)
        np.dot(errors.T, below, found)
        sums = gradient[bias : bias + units]
        sums[:] = 0
        for i in range(num_rows):
            for j in range(units):
                sums[j] += errors[i, j]
        if layer:
            shaped = weights[matrix : matrix + units * inputs].reshape(units, inputs)
            np.dot(errors, shaped, errors_of(stack, layer - 1, num_rows))


@kernel
def backward_to_inputs(stack: Stack, weights: Any, num_rows: int, found: Any) -> None:
    """Write (M, D) derivatives by the rows that went in, and no gradient of weights."""
    for layer in range(stack.layers.shape[0] - 1, -1, -1):
        inputs, units, matrix, _, activation, _ = stack.layers[layer]
        errors = errors_of(stack, layer, num_rows)
        _derive(errors, output_of(stack, layer, num_rows), activation)
        shaped = weights[matrix : matrix + units * inputs].reshape(units, inputs)
        if layer:
            np.dot(errors, shaped, errors_of(stack, layer - 1, num_rows))
        else:
            np.dot(errors, shaped, found)


@kernel
def add_products(stack: Stack, weights: Any, found: Any) -> None:
    """Add to (M, D) the derivatives by the rows that a single small layer without activation saw."""
    inputs, units, matrix, _, _, _ = stack.layers[0]
    errors = errors_of(stack, 0, found.shape[0])
    for i in range(found.shape[0]):
        row = found[i]
        for k in range(units):
            error = errors[i, k]
            column = weights[matrix + k * inputs : matrix + (k + 1) * inputs]
            for j in range(row.size):
                row[j] += error * column[j]


@kernel
def share_of(count: int, share: int) -> tuple[int, int]:
    """Return first and last of `count` things that belong to a share of two."""
    middle = count // 2
    return (middle, count) if share else (0, middle)
