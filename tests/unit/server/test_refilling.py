"""When the next idle worker is made ready."""

import pytest

from gymlab.server.orchestration.scheduler import (
    REFILL_AFTER_S,
    REFILL_LATER_AFTER_S,
    refill_after_s,
)


@pytest.mark.parametrize(
    ("num_runs", "cores", "expected"),
    [
        (0, 1, REFILL_AFTER_S),
        (0, 2, REFILL_AFTER_S),
        (1, 1, REFILL_LATER_AFTER_S),
        (1, 2, REFILL_LATER_AFTER_S),
        (1, 3, REFILL_AFTER_S),
        (3, 4, REFILL_LATER_AFTER_S),
        (3, 16, REFILL_AFTER_S),
        (20, 16, REFILL_LATER_AFTER_S),
    ],
)
def test_imports_wait_where_they_would_take_a_core_from_training(
    num_runs: int, cores: int, expected: float
) -> None:
    """One core is the server's; another is needed beside every run."""
    assert refill_after_s(num_runs, cores=cores) == expected
