"""What is said of the returns of an evaluation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymlab.evaluation.returns import chosen_episodes, interval_of_mean, standard_deviation
from gymlab.evaluation.summarising import statistics_of
from gymlab.protocol.parts import EpisodeOutcome

RETURNS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


def outcome(
    episode: int, episode_return: float | None, reason: str = "terminated"
) -> EpisodeOutcome:
    """Return an episode of ten timesteps."""
    is_end = reason != "truncated"
    return EpisodeOutcome(episode, episode, episode_return, 10, is_end, not is_end, reason)


@given(RETURNS)
def test_the_interval_lies_within_the_returns(values: list[float]) -> None:
    """And around the mean; a single episode has none."""
    returns = np.array(values)
    interval = interval_of_mean(returns)
    if len(values) == 1:
        assert interval is None
        assert standard_deviation(returns) is None
        return
    assert interval is not None
    low, high = interval
    slack = 1e-6 * (1 + np.abs(returns).max())
    assert returns.min() - slack <= low <= returns.mean() + slack
    assert returns.mean() - slack <= high <= returns.max() + slack


def test_the_interval_is_always_the_same() -> None:
    """Nobody gets luckier numbers by asking again."""
    returns = np.array([3.0, 8.0, 1.0, 9.0, 4.0])
    assert interval_of_mean(returns) == interval_of_mean(returns.copy())


@pytest.mark.parametrize("size", [5, 12])
def test_the_interval_covers_the_true_mean_as_often_as_it_says(size: int) -> None:
    """Of normal returns, in 95 of 100 evaluations; a plain percentile interval misses more."""
    generator = np.random.default_rng(1)
    num_tries = 400
    hits = 0
    for _ in range(num_tries):
        interval = interval_of_mean(generator.normal(100.0, 15.0, size))
        assert interval is not None
        hits += interval[0] <= 100.0 <= interval[1]
    assert 0.93 <= hits / num_tries <= 0.97


def test_chosen_episodes() -> None:
    """First, best, worst and the lower median; of equals the earlier one."""
    assert chosen_episodes([4.0, 9.0, 1.0, 9.0, 1.0, 5.0]) == {
        "first": 0,
        "best": 1,
        "worst": 2,
        "median": 0,
    }
    assert chosen_episodes([7.0]) == dict.fromkeys(("first", "best", "worst", "median"), 0)
    assert chosen_episodes([None, 2.0, 1.0]) == {"first": 0, "best": 1, "worst": 2, "median": 2}
    assert chosen_episodes([None]) == {"first": 0}
    assert chosen_episodes([]) == {}


def test_numbers_of_an_evaluation() -> None:
    """Against values computed by hand."""
    rows = [outcome(i + 1, float(value)) for i, value in enumerate([8, 1, 2, 3, 4, 5, 6, 7])]
    found = statistics_of(rows)
    assert found.return_mean == 4.5
    assert found.return_iqm == 4.5
    assert found.return_median == 4.5
    assert found.return_std == pytest.approx(6.0**0.5)
    assert (found.return_min, found.return_max) == (1.0, 8.0)
    assert found.length_mean == 10.0
    assert (found.terminated_fraction, found.truncated_fraction) == (1.0, 0.0)


def test_returns_that_are_no_numbers_are_counted_and_left_out() -> None:
    """Lengths and ends are of every episode."""
    rows = [outcome(1, None, "trap"), outcome(2, 3.0, "goal"), outcome(3, 5.0, "truncated")]
    found = statistics_of(rows)
    assert (found.return_mean, found.nonfinite_returns) == (4.0, 1)
    assert found.terminations == {"trap": 1, "goal": 1, "truncated": 1}
    assert found.truncated_fraction == pytest.approx(1 / 3)

    nothing = statistics_of([outcome(1, None)])
    assert nothing.return_mean is nothing.return_iqm is nothing.return_ci95 is None
