"""Performance profiles."""

import numpy as np
import pytest

from gymlab.evaluation.profiles import performance_profile, thresholds, wilson


def test_a_profile_is_the_share_of_runs_above_each_threshold() -> None:
    """Strictly above, as in the paper."""
    found = performance_profile([np.array([1.0, 2, 3, 4])], np.array([0.0, 1, 2.5, 4]))
    np.testing.assert_allclose(found.share, [1, 0.75, 0.5, 0])
    assert (found.low <= found.share).all()
    assert (found.high >= found.share).all()


def test_tasks_count_equally() -> None:
    """A task with many runs does not drown another."""
    found = performance_profile([np.ones(1), np.zeros(9)], np.array([0.5]))
    assert found.share[0] == pytest.approx(0.5)


def test_all_runs_on_one_side_are_no_certainty() -> None:
    """Five of five: at least 56 %."""
    low, high = wilson(np.array([1.0]), 5)
    assert low[0] == pytest.approx(0.5655, abs=1e-4)
    assert high[0] == pytest.approx(1)


@pytest.mark.parametrize("scores", [[3.0], [0.0, 0.0], [-5.0, 5.0]])
def test_thresholds_surround_every_score(scores: list[float]) -> None:
    """Also where all are the same."""
    found = thresholds(np.array(scores))
    assert found[0] < min(scores)
    assert found[-1] > max(scores)
    assert (np.diff(found) > 0).all()
