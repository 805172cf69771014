"""Products of small matrices, a tile of the result at a time in vector registers.

Libraries of linear algebra copy both factors into another order first. That pays for large matrices;
the layers of an agent, with some dozens of rows, they multiply at two thirds of the processor's speed.

All matrices lie in flat arrays of float32. R rows and C columns of the result, K terms of each of its
numbers, which are added one after the other: the bits do not depend on the width of the registers.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false

from typing import Any, NamedTuple

import llvmlite.binding
import numpy as np
from llvmlite import ir
from numba import types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic
from numpy.typing import NDArray

from gymlab.runners.turbo.kernels.compiling import kernel

Floats = NDArray[np.float32]

QUANTUM = 4
"""Columns of a result are a multiple of this."""
_SQUARE = 16
"""Rows and columns that are transposed at once."""
_FLOAT, _PLACE, _LANE = ir.FloatType(), ir.IntType(64), ir.IntType(32)
Builder = Any


def up(count: int) -> int:
    """Return the least multiple of `QUANTUM` that is no less."""
    return (count + QUANTUM - 1) // QUANTUM * QUANTUM


rounded_up = kernel(up)
"""The same for kernels."""


def _registers() -> tuple[int, int]:
    """Return the rows of a tile that leave room for the factors, and the numbers in a register."""
    try:
        features = llvmlite.binding.get_host_cpu_features()
    except RuntimeError:  # LLVM does not know the processor; Numba goes on as well
        return 4, QUANTUM
    if features.get("avx512f", False):
        return 8, 16
    return (4, 8) if features.get("avx", False) else (8, QUANTUM)


_ROWS, _LANES = _registers()


def _pointer(builder: Builder, first: Any, *steps: Any) -> Any:
    for step in steps:
        first = builder.gep(first, [step])
    return first


def _load(builder: Builder, place: Any, lanes: int) -> Any:
    found = builder.load(builder.bitcast(place, ir.VectorType(_FLOAT, lanes).as_pointer()))
    found.align = 4
    return found


def _store(builder: Builder, value: Any, place: Any) -> None:
    builder.store(value, builder.bitcast(place, value.type.as_pointer())).align = 4


def _everywhere(builder: Builder, value: Any, lanes: int) -> Any:
    """Return a vector with a number in every lane."""
    nothing = ir.Constant(ir.VectorType(_FLOAT, lanes), ir.Undefined)
    one = builder.insert_element(nothing, value, ir.Constant(_LANE, 0))
    return builder.shuffle_vector(
        one, nothing, ir.Constant(ir.VectorType(_LANE, lanes), [0] * lanes)
    )


def _tile(num_rows: int, num_vectors: int, lanes: int) -> Any:
    """Return the function that computes a tile of `num_rows` rows and `num_vectors` registers."""
    vector = ir.VectorType(_FLOAT, lanes)
    offsets = [ir.Constant(_PLACE, idx * lanes) for idx in range(num_vectors)]

    def generate(target, builder, signature, arguments):  # noqa: ANN001, ANN202 - Numba's form
        def data(idx: int) -> Any:
            return target.make_array(signature.args[idx])(target, builder, arguments[idx]).data

        left_0, left_row, left_term, right_0, right_term, found_0, found_row, terms = (
            builder.extract_value(arguments[3], idx) for idx in range(8)
        )
        left, right = builder.gep(data(0), [left_0]), builder.gep(data(1), [right_0])
        found = builder.gep(data(2), [found_0])
        fused = get_or_insert_function(
            builder.module, ir.FunctionType(vector, [vector] * 3), f"llvm.fma.v{lanes}f32"
        )
        rows = [builder.mul(left_row, ir.Constant(_PLACE, row)) for row in range(num_rows)]
        before, loop = builder.block, builder.append_basic_block("terms")
        behind = builder.append_basic_block("stores")
        builder.branch(loop)
        builder.position_at_end(loop)
        term = builder.phi(_PLACE)
        term.add_incoming(ir.Constant(_PLACE, 0), before)
        sums = [builder.phi(vector) for _ in range(num_rows * num_vectors)]
        place = builder.gep(right, [builder.mul(term, right_term)])
        factors = [_load(builder, builder.gep(place, [step]), lanes) for step in offsets]
        place = builder.gep(left, [builder.mul(term, left_term)])
        added: list[Any] = []
        for row in rows:
            factor = _everywhere(builder, builder.load(builder.gep(place, [row])), lanes)
            for other in factors:
                added.append(builder.call(fused, [factor, other, sums[len(added)]]))
        following = builder.add(term, ir.Constant(_PLACE, 1))
        term.add_incoming(following, loop)
        for total, new in zip(sums, added, strict=True):
            total.add_incoming(ir.Constant(vector, [0.0] * lanes), before)
            total.add_incoming(new, loop)
        builder.cbranch(builder.icmp_signed("<", following, terms), loop, behind)
        builder.position_at_end(behind)
        for idx, new in enumerate(added):
            row, step = divmod(idx, num_vectors)
            down = builder.mul(found_row, ir.Constant(_PLACE, row))
            _store(builder, new, _pointer(builder, found, down, offsets[step]))
        return target.get_dummy_value()

    def form(context, left, right, found, places):  # noqa: ANN001, ANN202
        del context, places
        return types.void(left, right, found, types.UniTuple(types.int64, 8)), generate

    return intrinsic(form)


def _turning() -> Any:
    """Return the function that transposes a square."""

    def generate(target, builder, signature, arguments):  # noqa: ANN001, ANN202 - Numba's form
        seen = target.make_array(signature.args[0])(target, builder, arguments[0]).data
        found = target.make_array(signature.args[1])(target, builder, arguments[1]).data
        seen_0, seen_row, found_0, found_row = (
            builder.extract_value(arguments[2], idx) for idx in range(4)
        )

        def row(first: Any, start: Any, width: Any, idx: int) -> Any:
            down = builder.mul(width, ir.Constant(_PLACE, idx))
            return _pointer(builder, first, start, down)

        rows = [_load(builder, row(seen, seen_0, seen_row, idx), _SQUARE) for idx in range(_SQUARE)]
        half = _SQUARE // 2
        kind = ir.VectorType(_LANE, _SQUARE)
        low, high = (
            ir.Constant(kind, [first + lane // 2 + lane % 2 * _SQUARE for lane in range(_SQUARE)])
            for first in (0, half)
        )
        # Rows i and i + 8 like the two halves of a pack of cards: after four times, all are turned.
        for _ in range(4):
            rows = [
                builder.shuffle_vector(
                    rows[idx // 2], rows[idx // 2 + half], high if idx % 2 else low
                )
                for idx in range(_SQUARE)
            ]
        for idx, value in enumerate(rows):
            _store(builder, value, row(found, found_0, found_row, idx))
        return target.get_dummy_value()

    def form(context, seen, found, places):  # noqa: ANN001, ANN202
        del context, places
        return types.void(seen, found, types.UniTuple(types.int64, 4)), generate

    return intrinsic(form)


class Matrix(NamedTuple):
    """A matrix in a flat array."""

    numbers: Floats
    first: int
    """Place of its first number."""
    row: int
    """Distance of its rows."""
    column: int
    """Distance of its columns."""


def _strip(num_vectors: int, lanes: int) -> Any:
    """Return the function that computes some columns of a product, from the first row to the last."""
    tile, line = _tile(_ROWS, num_vectors, lanes), _tile(1, num_vectors, lanes)

    @kernel
    def strip(left: Matrix, right: Matrix, found: Matrix, sizes: Any) -> None:
        column, rows, terms = sizes
        right_0, row = right.first + column, 0
        while row < rows:
            places = (
                left.first + row * left.row, left.row, left.column, right_0, right.row,
                found.first + row * found.row + column, found.row, terms,
            )  # fmt: skip
            if row + _ROWS <= rows:
                tile(left.numbers, right.numbers, found.numbers, places)
                row += _ROWS
            else:
                line(left.numbers, right.numbers, found.numbers, places)
                row += 1

    return strip


_wide, _whole, _narrow = _strip(2, _LANES), _strip(1, _LANES), _strip(1, QUANTUM)
_turn = _turning()


@kernel
def multiply(left: Matrix, right: Matrix, found: Matrix, sizes: tuple[int, int, int]) -> None:
    """Write the product of two matrices.

    Args:
        left: (R, K), in any order.
        right: (K, C), each row in one piece.
        found: (R, C), each row in one piece.
        sizes: R; C, a multiple of `QUANTUM`; K, at least 1.
    """
    rows, columns, terms = sizes
    column = 0
    while column < columns:
        rest, part = columns - column, (column, rows, terms)
        if rest >= 2 * _LANES:
            _wide(left, right, found, part)
            column += 2 * _LANES
        elif rest >= _LANES:
            _whole(left, right, found, part)
            column += _LANES
        else:
            _narrow(left, right, found, part)
            column += QUANTUM


@kernel
def transpose(seen: Matrix, found: Matrix, sizes: tuple[int, int]) -> None:
    """Write (C, R) the transpose of (R, C); rows of both lie in one piece."""
    rows, columns = sizes
    for row in range(0, rows, _SQUARE):
        for column in range(0, columns, _SQUARE):
            seen_0 = seen.first + row * seen.row + column
            found_0 = found.first + column * found.row + row
            if row + _SQUARE <= rows and column + _SQUARE <= columns:
                _turn(seen.numbers, found.numbers, (seen_0, seen.row, found_0, found.row))
                continue
            for i in range(min(_SQUARE, rows - row)):
                for j in range(min(_SQUARE, columns - column)):
                    found.numbers[found_0 + j * found.row + i] = seen.numbers[
                        seen_0 + i * seen.row + j
                    ]
