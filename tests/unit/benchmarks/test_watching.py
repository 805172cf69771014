"""What a viewer costs: speeds in windows of one run."""

import pytest

from benchmarks.speed.watching import Window, _speed_in  # pyright: ignore[reportPrivateUsage]

KNOWN = [(100.0, 0), (101.0, 1000), (102.0, 2000), (104.0, 2000), (105.0, 4000)]


@pytest.mark.parametrize(
    ("begun", "ended", "speed"),
    [(100.0, 102.0, 1000.0), (100.5, 101.5, 1000.0), (102.0, 104.0, 0.0), (103.0, 105.0, 1000.0)],
)
def test_speed_lies_between_reports(begun: float, ended: float, speed: float) -> None:
    """Progress within a rollout is taken as even."""
    assert _speed_in(Window(begun, ended, is_watched=True), KNOWN) == pytest.approx(speed)
