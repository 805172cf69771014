"""Compiled moments are those that NumPy computes."""

import math

import numpy as np
import pytest

from gymlab.agents.normalising import RunningMoments
from gymlab.runners.turbo.scaling import CompiledMoments


@pytest.mark.parametrize("shape", [(), (1,), (6,), (40,)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_moments_are_those_of_numpy(shape: tuple[int, ...], dtype: type[np.generic]) -> None:
    """Batches of one row and of many, far from zero."""
    generator = np.random.default_rng(0)
    expected, found = RunningMoments(shape), CompiledMoments(shape)
    for num_rows in (1, 16, 3, 200):
        batch = generator.normal(50.0, 3.0, (num_rows, *shape)).astype(dtype)
        expected.add(batch)
        found.add(batch)
    np.testing.assert_allclose(found.mean, expected.mean, rtol=1e-12)
    np.testing.assert_allclose(found.var, expected.var, rtol=1e-10)
    assert found.count == pytest.approx(expected.count)
    assert found.mean.shape == shape


def test_scaled_rows_are_those_of_numpy_and_clipped() -> None:
    """Rows that lie apart in memory as well."""
    generator = np.random.default_rng(1)
    expected, found = RunningMoments((3,)), CompiledMoments((3,))
    batch = generator.normal(2.0, 5.0, (64, 3)).astype(np.float32)
    for moments in (expected, found):
        moments.add(batch)
    rows = generator.normal(0.0, 40.0, (3, 10)).astype(np.float32).T
    wanted = expected.scaled(rows, 4.0)
    scaled = found.scaled(rows, 4.0)
    np.testing.assert_allclose(scaled, wanted, rtol=1e-6)
    assert scaled.dtype == np.float32
    assert np.abs(scaled).max() == 4.0


def test_what_is_no_number_stays_none() -> None:
    """Or nobody would see that an environment broke."""
    moments = CompiledMoments((2,))
    moments.add(np.array([[1.0, math.nan]], np.float32))
    assert math.isnan(moments.mean[1])
    scaled = moments.scaled(np.array([[1.0, 1.0], [math.nan, 1.0]], np.float32), 10.0)
    assert np.isnan(scaled[:, 1]).all()
    assert math.isnan(scaled[1, 0])
    assert not math.isnan(scaled[0, 0])
