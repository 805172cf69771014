"""The probability of improvement and its interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymlab.evaluation.improvement import improvement_interval, probability_of_improvement

SCORES = st.lists(st.integers(-5, 5), min_size=1, max_size=6).map(
    lambda values: np.array(values, dtype=np.float64)
)


def test_it_counts_pairs_and_ties_half() -> None:
    """Of six pairs two are won and one is tied."""
    x, y = np.array([1.0, 3, 5]), np.array([2.0, 5])
    assert probability_of_improvement([x], [y]) == pytest.approx((0 + 0 + 1 + 0 + 1 + 0.5) / 6)


@given(SCORES, SCORES)
def test_the_two_sides_add_up(x: np.ndarray, y: np.ndarray) -> None:
    """P(X > Y) and P(Y > X) with half the ties each make one."""
    total = probability_of_improvement([x], [y]) + probability_of_improvement([y], [x])
    assert total == pytest.approx(1)


def test_tasks_count_equally() -> None:
    """However many runs each has."""
    x, y = [np.ones(2), np.zeros(9)], [np.zeros(3), np.ones(2)]
    assert probability_of_improvement(x, y) == pytest.approx(0.5)


def test_five_wins_of_five_prove_no_certainty() -> None:
    """The interval ends at one and begins well below it."""
    interval = improvement_interval(1.0, 5, 5)
    assert interval is not None
    assert interval.high == pytest.approx(1)
    assert 0.5 < interval.low < 0.7


@given(st.floats(0, 1), st.integers(2, 40), st.integers(2, 40))
def test_the_interval_holds_what_was_seen(probability: float, m: int, n: int) -> None:
    """And mirrors when the sides are swapped."""
    interval = improvement_interval(probability, m, n)
    swapped = improvement_interval(1 - probability, n, m)
    assert interval is not None
    assert swapped is not None
    assert 0 <= interval.low <= probability <= interval.high <= 1
    assert interval.low == pytest.approx(1 - swapped.high, abs=1e-9)


def test_one_run_a_side_has_no_interval() -> None:
    """It would be empty talk."""
    assert improvement_interval(1.0, 1, 5) is None
