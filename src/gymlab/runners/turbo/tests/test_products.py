"""Products and transposes are NumPy's, whatever the sizes."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import numpy as np
import pytest

from gymlab.runners.turbo.kernels import products
from gymlab.runners.turbo.kernels.descending import Descent, Rates, move_between
from gymlab.runners.turbo.kernels.products import QUANTUM, Matrix, multiply, transpose
from gymlab.runners.turbo.kernels.publishing import publish

GUARD = np.float32(-7)
SIZES = ((1, 4, 1), (8, 32, 16), (9, 36, 5), (256, 60, 3), (7, 128, 256), (3, 12, 33))


def _numbers(*shape: int) -> products.Floats:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("sizes", SIZES)
def test_a_product_is_numpys_and_nothing_else_is_written(
    sizes: tuple[int, int, int], *, is_turned: bool
) -> None:
    """The left factor may lie either way round."""
    rows, columns, terms = sizes
    assert columns % QUANTUM == 0
    left, right = _numbers(rows, terms), _numbers(terms, columns)
    found = np.full(rows * columns + 2 * QUANTUM, GUARD, np.float32)
    multiply(
        Matrix(left.T.ravel() if is_turned else left.ravel(), 0, *((1, rows) if is_turned else (terms, 1))),
        Matrix(right.ravel(), 0, columns, 1), Matrix(found, QUANTUM, columns, 1), sizes,
    )  # fmt: skip
    inner = found[QUANTUM:-QUANTUM].reshape(rows, columns)
    np.testing.assert_allclose(inner, left @ right, atol=1e-4)
    assert (found[:QUANTUM] == GUARD).all()
    assert (found[-QUANTUM:] == GUARD).all()


@pytest.mark.parametrize("shape", [(1, 1), (16, 16), (17, 40), (5, 33), (64, 3)])
def test_a_transpose_is_numpys(shape: tuple[int, int]) -> None:
    """Squares of sixteen, and what is left beside them."""
    rows, columns = shape
    seen, found = _numbers(rows, columns), np.full(rows * columns, GUARD, np.float32)
    transpose(Matrix(seen.ravel(), 0, columns, 1), Matrix(found, 0, rows, 1), shape)
    assert (found.reshape(columns, rows) == seen.T).all()


@pytest.mark.parametrize("first", range(6))
@pytest.mark.parametrize("size", [0, 1, 3, 4, 7, 40])
def test_what_is_published_lies_where_it_should(first: int, size: int) -> None:
    """Wherever a vector begins and ends; its neighbours stay."""
    seen, found = _numbers(1, 50).ravel(), np.full(50, GUARD, np.float32)
    publish(seen[first : first + size], found[first : first + size])
    assert (found[first : first + size] == seen[first : first + size]).all()
    assert (found[:first] == GUARD).all()
    assert (found[first + size :] == GUARD).all()


def test_adam_keeps_what_is_not_a_number_and_drops_what_is_too_small() -> None:
    """A run that diverges must be seen; weights that no row reaches any more must not slow it down."""
    tiny = np.finfo(np.float32).tiny
    first = np.array([tiny, np.nan, 1e-3, tiny], np.float32)
    descent = Descent(
        np.ones(4, np.float32), first, np.array([tiny, 1.0, 1e-6, np.nan], np.float32),
        np.array([5], np.int32), np.zeros((2, 4), np.float32), np.zeros(2),
    )  # fmt: skip
    for places in ((0, 2), (2, 4)):
        rates = Rates(1e-3, 1e-8, 0.0, 1.0)
        move_between(descent, rates, places, np.float32(1), 1 + bool(places[0]))
    assert descent.first[0] == 0.0
    assert descent.second[0] == 0.0
    assert descent.weights[0] == 1.0
    assert np.isnan(descent.weights[1])
    assert descent.first[2] == np.float32(0.9) * np.float32(1e-3)
    assert np.isnan(descent.weights[3])
