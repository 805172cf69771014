"""What may be said of two configurations."""

import math

import numpy as np
import pytest

from gymlab.evaluation.verdicts import (
    MAX_USEFUL_SEEDS,
    MIN_SEEDS,
    Outcome,
    compare,
    judge,
    seeds_for_difference,
    seeds_for_improvement,
)

LOW = np.array([1.0, 2, 3, 4, 5])
HIGH = LOW + 10


def test_a_clear_lead_of_enough_seeds_is_named() -> None:
    """Whichever side has it."""
    [verdict] = judge([compare(HIGH, LOW)])
    assert verdict.outcome is Outcome.BETTER
    assert verdict.is_first_better
    assert verdict.more_seeds is None
    [mirrored] = judge([compare(LOW, HIGH)])
    assert mirrored.outcome is Outcome.BETTER
    assert not mirrored.is_first_better


@pytest.mark.parametrize("count", [1, 2, 4])
def test_fewer_seeds_never_make_a_winner(count: int) -> None:
    """However far apart they are."""
    [verdict] = judge([compare(HIGH[:count], LOW[:count])])
    assert verdict.outcome is Outcome.NOT_ENOUGH_SEEDS
    assert verdict.more_seeds is not None
    assert verdict.more_seeds >= MIN_SEEDS - count


def test_one_seed_a_side_claims_no_interval() -> None:
    """Neither of the difference nor of the probability."""
    [verdict] = judge([compare(np.array([5.0]), np.array([1.0]))])
    assert verdict.interval is None
    assert verdict.iqm_interval is None
    assert verdict.improvement_interval is None
    assert verdict.more_seeds == MIN_SEEDS - 1
    assert verdict.is_at_least


def test_equal_scores_show_no_difference() -> None:
    """More seeds would not help."""
    [verdict] = judge([compare(np.full(5, 500.0), np.full(5, 500.0))])
    assert verdict.outcome is Outcome.NO_DIFFERENCE
    assert verdict.more_seeds is None


def test_a_spread_of_zero_on_both_sides_still_decides() -> None:
    """Every run of one side beats every run of the other by the same amount."""
    [verdict] = judge([compare(np.full(5, 2.0), np.full(5, 1.0))])
    assert verdict.outcome is Outcome.BETTER
    assert verdict.p_value == 0


def test_a_small_lead_asks_for_more_seeds() -> None:
    """About as many as the power formula names, less those that are there."""
    rng = np.random.default_rng(1)
    y = rng.normal(size=8)
    y = (y - y.mean()) / y.std(ddof=1)
    [verdict] = judge([compare(y + 0.9, y)])
    assert verdict.outcome is Outcome.NOT_ENOUGH_SEEDS
    assert verdict.more_seeds is not None
    assert 8 < verdict.more_seeds + 8 <= MAX_USEFUL_SEEDS
    assert not verdict.is_at_least


def test_a_tiny_lead_is_no_difference() -> None:
    """It is not worth the seeds that would show it."""
    rng = np.random.default_rng(1)
    y = rng.normal(size=8)
    [verdict] = judge([compare(y + 0.05, y)])
    assert verdict.outcome is Outcome.NO_DIFFERENCE


def test_means_alone_do_not_decide() -> None:
    """One lucky run lifts the mean; the runs themselves are not better."""
    first = np.array([0.0, 0, 0, 0, 0, 0, 0, 50])
    second = np.array([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    [verdict] = judge([compare(first, second)])
    assert verdict.outcome is not Outcome.BETTER


def test_several_pairs_are_tested_more_strictly() -> None:
    """The strongest pair at the level of all, the next one at that of the rest."""
    close = compare(LOW + 3, LOW)
    [alone] = judge([close])
    assert alone.outcome is Outcome.BETTER
    together = judge([close] * 10)
    assert all(verdict.outcome is not Outcome.BETTER for verdict in together)
    assert together[0].p_value == pytest.approx(10 * alone.p_value)
    strong, weak = judge([compare(HIGH + 50, LOW), close])
    assert strong.interval is not None
    assert strong.interval.level == pytest.approx(0.975)
    assert weak.interval is not None
    assert weak.interval.level == pytest.approx(0.95)
    assert weak.outcome is Outcome.BETTER


def test_swapping_the_sides_changes_no_number() -> None:
    """A verdict does not depend on who is named first."""
    forth, back = compare(LOW + 2, LOW), compare(LOW, LOW + 2)
    assert forth.difference.p_value == pytest.approx(back.difference.p_value)
    assert forth.seeds_needed == back.seeds_needed
    assert forth.improvement == pytest.approx(1 - back.improvement)


def test_no_lead_needs_infinitely_many_seeds() -> None:
    """Neither formula divides by zero."""
    assert seeds_for_difference(0.0, 1.0, 1.0) == math.inf
    assert seeds_for_difference(0.0, 0.0, 0.0) == math.inf
    assert seeds_for_improvement(0.5) == math.inf
