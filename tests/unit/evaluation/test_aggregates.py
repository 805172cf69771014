"""Means, interquartile means and the numbers behind their intervals, by hand."""

import numpy as np
import pytest

from gymlab.evaluation.aggregates import estimate, interquartile_mean, mean, resample


def test_the_iqm_is_the_mean_of_the_middle_half() -> None:
    """Of eight scores two are left out at each end."""
    scores = np.array([100.0, 1, 2, 3, 4, 5, 6, -50])
    assert interquartile_mean(scores) == pytest.approx((2 + 3 + 4 + 5) / 4)


def test_few_scores_lose_what_rounding_down_leaves() -> None:
    """As `scipy.stats.trim_mean` does: one of five at each end, none of three."""
    assert interquartile_mean(np.array([0.0, 1, 2, 3, 100])) == pytest.approx(2)
    assert interquartile_mean(np.array([0.0, 1, 5])) == pytest.approx(2)


def test_one_run_has_no_interval() -> None:
    """Nothing tells how much runs differ."""
    found = estimate([np.array([3.0])], mean)
    assert found.value == 3
    assert found.interval() is None
    assert found.percentile is None


def test_the_same_scores_give_the_same_interval() -> None:
    """The generator is fixed."""
    scores = np.array([1.0, 5, 2, 8, 3])
    first, second = estimate([scores], interquartile_mean), estimate([scores], interquartile_mean)
    assert first == second


def test_equal_scores_leave_no_doubt_and_break_nothing() -> None:
    """A spread of zero is an interval of length zero."""
    interval = estimate([np.full(5, 500.0)], mean).interval()
    assert interval is not None
    assert (interval.low, interval.high) == (500, 500)


def test_runs_are_drawn_inside_their_own_task() -> None:
    """A stratified resample keeps the number of runs of every task."""
    drawn = resample([np.zeros(3), np.ones(5)], 50)
    assert drawn.shape == (50, 8)
    assert set(drawn.sum(axis=1)) == {5.0}


def test_a_task_with_one_run_leaves_the_error_unknown() -> None:
    """Resampling it would pretend that it never varies."""
    assert estimate([np.arange(5.0), np.array([1.0])], mean).standard_error is None
