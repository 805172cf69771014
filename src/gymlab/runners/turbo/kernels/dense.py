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
from gymlab.runners.turbo.kernels.products import (
    Floats,
    Matrix,
    multiply,
    rounded_up,
    transpose,
    up,
)
from gymlab.runners.turbo.layers import LEAK, Placed
from gymlab.runners.turbo.parameters import Layout

Integers = NDArray[np.int64]

_CODES: dict[Activation, int] = {"linear": 0, "relu": 1, "tanh": 2, "leaky_relu": 3}
_LINEAR, _RELU, _TANH = _CODES["linear"], _CODES["relu"], _CODES["tanh"]
_LEAK = np.float32(LEAK)

COMPUTED = frozenset(_CODES)
"""Activations that these kernels know."""


class Stack(NamedTuple):
    """Dense layers one after the other: where their weights lie, and room for their outputs.

    Outputs lie unit by unit, (U, W): W is the number of rows, rounded up. What stands behind the last
    row is never looked at.
    """

    layers: Integers
    """(L, 6) of each layer: D, U, first place of W and of b, activation, first place of its outputs."""
    outputs: Floats
    """Outputs of all layers, behind each other."""
    errors: Floats
    """Derivatives of the loss by them."""
    inputs: Floats
    """(D, W) what the first layer sees."""
    turned: Floats
    """(M, D) what a layer sees, row by row; D is rounded up."""
    spare: Floats
    """(U, D) room for a gradient with such D."""


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
    first, width = 0, up(num_rows)
    for name, activation in named:
        matrix, bias = places[f"{name}.weight"], places[f"{name}.bias"]
        units, inputs = matrix.shape
        rows.append([inputs, units, matrix.first, bias.first, _CODES[activation], first])
        first += width * units
    seen = [up(row[0]) for row in rows]

    def floats(count: int) -> Floats:
        return np.zeros(count, np.float32)

    return Stack(
        np.array(rows, np.int64).reshape(-1, 6), floats(first), floats(first),
        floats(width * seen[0]), floats(width * max(seen)),
        floats(max(row[1] * inputs for row, inputs in zip(rows, seen, strict=True))),
    )  # fmt: skip


def flattened(part: NDArray[Any]) -> NDArray[Any]:
    """Return minibatches (C, B, ...) as rows (C B, ...) that kernels take; numbers as float32."""
    found = part.reshape(-1, *part.shape[2:])
    return np.ascontiguousarray(found, None if found.dtype == np.int32 else np.float32)


@kernel
def _activate(outputs: Any, bias: Any, activation: int) -> None:
    """Add the biases of (U, W) sums, and turn them into outputs."""
    for j in range(outputs.shape[0]):
        row, added = outputs[j], bias[j]
        if activation == _RELU:
            for i in range(row.size):
                value = row[i] + added
                row[i] = value if value > 0 else np.float32(0)
        elif activation == _TANH:
            for i in range(row.size):
                row[i] = tanh(row[i] + added)
        elif activation == _LINEAR:
            for i in range(row.size):
                row[i] += added
        else:
            for i in range(row.size):
                value = row[i] + added
                row[i] = value if value > 0 else _LEAK * value


@kernel
def _derive(errors: Any, outputs: Any, activation: int) -> None:
    """Turn derivatives by a layer's outputs into those by its sums, in place."""
    for j in range(errors.shape[0]):
        row, seen = errors[j], outputs[j]
        if activation == _RELU:
            for i in range(row.size):
                row[i] = row[i] if seen[i] > 0 else np.float32(0)
        elif activation == _TANH:
            for i in range(row.size):
                row[i] *= np.float32(1) - seen[i] * seen[i]
        elif activation != _LINEAR:
            for i in range(row.size):
                row[i] = row[i] if seen[i] > 0 else _LEAK * row[i]


@kernel
def units_of(stack: Stack, part: Any, layer: int, num_rows: int) -> Any:
    """Return (U, W) a layer's outputs or their derivatives; `part` is one of the stack's."""
    units, first, width = stack.layers[layer, 1], stack.layers[layer, 5], rounded_up(num_rows)
    return part[first : first + units * width].reshape(units, width)


@kernel
def output_of(stack: Stack, layer: int, num_rows: int) -> Any:
    """Return (M, U) the last outputs of a layer."""
    return units_of(stack, stack.outputs, layer, num_rows)[:, :num_rows].T


@kernel
def errors_of(stack: Stack, layer: int, num_rows: int) -> Any:
    """Return (M, U) room for the derivatives by a layer's outputs."""
    return units_of(stack, stack.errors, layer, num_rows)[:, :num_rows].T


@kernel
def forward(stack: Stack, weights: Any, rows: Any) -> Any:
    """Return (M, U) outputs of the last layer for (M, D) rows."""
    num_rows, inputs = rows.shape
    width = rounded_up(num_rows)
    seen = stack.inputs[: inputs * width].reshape(inputs, width)
    for i in range(num_rows):
        for j in range(inputs):
            seen[j, i] = rows[i, j]
    return forward_from(stack, weights, Matrix(stack.inputs, 0, width, 1), num_rows)


@kernel
def forward_from(stack: Stack, weights: Any, below: Matrix, num_rows: int) -> Any:
    """Return (M, U) outputs of the last layer for what lies unit by unit, (D, W)."""
    width = rounded_up(num_rows)
    for layer in range(stack.layers.shape[0]):
        inputs, units, matrix, bias, activation, first = stack.layers[layer]
        found = Matrix(stack.outputs, first, width, 1)
        multiply(Matrix(weights, matrix, inputs, 1), below, found, (units, width, inputs))
        outputs = units_of(stack, stack.outputs, layer, num_rows)
        _activate(outputs, weights[bias : bias + units], activation)
        below = found
    return output_of(stack, stack.layers.shape[0] - 1, num_rows)


@kernel
def top_of(stack: Stack, num_rows: int) -> Matrix:
    """Return (U, W) the outputs of the last layer, for a stack above."""
    first = stack.layers[stack.layers.shape[0] - 1, 5]
    return Matrix(stack.outputs, first, rounded_up(num_rows), 1)


@kernel
def backward(stack: Stack, weights: Any, num_rows: int, gradient: Any) -> None:
    """Write the gradient of all weights into its places.

    `errors` of the last layer are filled, and the last call of `forward` was for the same rows.

    dW = dz^T x,  db = sum dz,  dx = dz W,  with dz = f'(z) dy
    """
    backward_from(
        stack, weights, Matrix(stack.inputs, 0, rounded_up(num_rows), 1), num_rows, gradient
    )


@kernel
def backward_from(stack: Stack, weights: Any, below: Matrix, num_rows: int, gradient: Any) -> None:
    """Write the gradient of all weights; the first layer saw what lies unit by unit, (D, W)."""
    for layer in range(stack.layers.shape[0] - 1, -1, -1):
        bias, units = stack.layers[layer, 3], stack.layers[layer, 1]
        errors = units_of(stack, stack.errors, layer, num_rows)
        outputs = units_of(stack, stack.outputs, layer, num_rows)
        _derive(errors, outputs, stack.layers[layer, 4])
        for j in range(units):
            total, row = np.float32(0), errors[j, :num_rows]
            for i in range(num_rows):
                total += row[i]
            gradient[bias + j] = total
        if layer:
            seen = Matrix(stack.outputs, stack.layers[layer - 1, 5], below.row, 1)
            _blame_weights(stack, layer, seen, num_rows, gradient)
            _pass_down(stack, weights, layer, num_rows)
        else:
            _blame_weights(stack, layer, below, num_rows, gradient)


@kernel
def _blame_weights(stack: Stack, layer: int, below: Matrix, num_rows: int, gradient: Any) -> None:
    """Write dW = dz^T x of a layer."""
    inputs, units, matrix, _, _, first = stack.layers[layer]
    width = rounded_up(inputs)
    turned = Matrix(stack.turned, 0, width, 1)
    transpose(below, turned, (inputs, num_rows))
    errors = Matrix(stack.errors, first, below.row, 1)
    sizes = (units, width, num_rows)
    if width == inputs:
        multiply(errors, turned, Matrix(gradient, matrix, inputs, 1), sizes)
        return
    multiply(errors, turned, Matrix(stack.spare, 0, width, 1), sizes)
    for j in range(units):
        gradient[matrix + j * inputs : matrix + (j + 1) * inputs] = stack.spare[
            j * width : j * width + inputs
        ]


@kernel
def _pass_down(stack: Stack, weights: Any, layer: int, num_rows: int) -> None:
    """Write dx = dz W of a layer into the errors of the one below."""
    inputs, units, matrix, _, _, first = stack.layers[layer]
    width = rounded_up(num_rows)
    found = Matrix(stack.errors, stack.layers[layer - 1, 5], width, 1)
    turned = Matrix(weights, matrix, 1, inputs)
    multiply(turned, Matrix(stack.errors, first, width, 1), found, (inputs, width, units))


@kernel
def backward_to_inputs(stack: Stack, weights: Any, num_rows: int) -> Any:
    """Return (M, D) derivatives by the rows that went in, in their place; no gradient of weights."""
    width = rounded_up(num_rows)
    for layer in range(stack.layers.shape[0] - 1, -1, -1):
        errors = units_of(stack, stack.errors, layer, num_rows)
        outputs = units_of(stack, stack.outputs, layer, num_rows)
        _derive(errors, outputs, stack.layers[layer, 4])
        if layer:
            _pass_down(stack, weights, layer, num_rows)
    inputs, units, matrix, _, _, first = stack.layers[0]
    found, turned = Matrix(stack.inputs, 0, width, 1), Matrix(weights, matrix, 1, inputs)
    multiply(turned, Matrix(stack.errors, first, width, 1), found, (inputs, width, units))
    return stack.inputs[: inputs * width].reshape(inputs, width)[:, :num_rows].T


@kernel
def add_products(stack: Stack, weights: Any, found: Any) -> None:
    """Add to (D, W) the derivatives by what a single small layer without activation saw."""
    inputs, units, matrix, _, _, first = stack.layers[0]
    width = found.shape[1]
    for j in range(inputs):
        row = found[j]
        for k in range(units):
            weight = weights[matrix + k * inputs + j]
            errors = stack.errors[first + k * width : first + (k + 1) * width]
            for i in range(width):
                row[i] += errors[i] * weight


@kernel
def share_of(count: int, share: int) -> tuple[int, int]:
    """Return first and last of `count` things that belong to a share of two."""
    middle = count // 2
    return (middle, count) if share else (0, middle)
