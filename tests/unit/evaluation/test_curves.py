"""Curves at common places."""

import numpy as np
import pytest

from gymlab.evaluation.aggregates import interquartile_mean, mean
from gymlab.evaluation.curves import at_grid, at_places, band, trailing_means

GRID = np.array([0.0, 10, 20, 30, 40])


def test_trailing_means_use_the_last_values_up_to_a_place() -> None:
    """Before the first value and behind the last one nothing is said."""
    places, values = np.array([5.0, 12, 18, 33]), np.array([1.0, 2, 3, 10])
    found = trailing_means(places, values, GRID, window=2)
    np.testing.assert_allclose(found, [np.nan, 1, 2.5, 2.5, np.nan])


def test_values_between_places_are_averaged_and_gaps_bridged() -> None:
    """No spike disappears into nothing and no line is broken."""
    found = at_grid(np.array([9.0, 11, 30]), np.array([1.0, 3, 8]), GRID)
    np.testing.assert_allclose(found, [np.nan, 2, 5, 8, np.nan])


def test_missing_values_count_as_absent() -> None:
    """A NaN among the values takes no part in a mean."""
    found = at_grid(np.array([9.0, 11]), np.array([np.nan, 3]), GRID)
    np.testing.assert_allclose(found, [np.nan, 3, np.nan, np.nan, np.nan])
    assert np.isnan(at_grid(np.array([1.0]), np.array([np.nan]), GRID)).all()


def test_exact_places_keep_exact_values() -> None:
    """Several values of one place become their mean."""
    found = at_places(np.array([10.0, 10, 30]), np.array([1.0, 2, 4]), GRID)
    np.testing.assert_allclose(found, [np.nan, 1.5, 2.75, 4, np.nan])


def test_a_band_is_drawn_where_all_runs_are() -> None:
    """A summary over fewer runs would jump there."""
    curves = np.array([[1.0, 2, np.nan], [3, 4, 5], [5, 6, 7]])
    found = band(curves, mean)
    np.testing.assert_allclose(found.value, [3, 4, np.nan])
    assert (found.low[:2] < found.value[:2]).all()
    assert (found.high[:2] > found.value[:2]).all()
    assert np.isnan(found.low[2])


def test_one_run_has_a_line_and_no_band() -> None:
    """Nothing is known of others."""
    found = band(np.array([[1.0, 2]]), interquartile_mean)
    np.testing.assert_allclose(found.value, [1, 2])
    assert np.isnan(found.low).all()


def test_curves_that_never_meet_give_an_empty_band() -> None:
    """No place, no summary."""
    found = band(np.array([[1.0, np.nan], [np.nan, 2]]), mean)
    assert np.isnan(found.value).all()


@pytest.mark.parametrize("length", [0, 1])
def test_short_grids_do_no_harm(length: int) -> None:
    """An axis may have one place or none."""
    grid = np.arange(float(length))
    assert len(at_grid(np.empty(0), np.empty(0), grid)) == length
