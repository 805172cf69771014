"""Playing at a multiple of the natural speed."""

import math

import pytest

from gymlab.worker.rhythm import FASTEST, SLOWEST, Rhythm


def shown_at(rhythm: Rhythm, count: int, now: float = 0.0) -> list[float]:
    """Return when so many timesteps are shown by somebody who waits exactly as long as told."""
    times: list[float] = []
    for _ in range(count):
        now += rhythm.remaining_s(now)
        rhythm.beat(now)
        times.append(round(now, 6))
    return times


@pytest.mark.parametrize(("speed", "interval"), [(1.0, 0.1), (0.1, 1.0), (4.0, 0.025), (0.0, 0.0)])
def test_speeds(speed: float, interval: float) -> None:
    """A tenth shows a timestep for ten times as long; 0 never waits."""
    rhythm = Rhythm(10.0)
    rhythm.set_speed(speed)
    assert shown_at(rhythm, 4) == pytest.approx([0.0, interval, 2 * interval, 3 * interval])


def test_a_change_is_felt_at_once() -> None:
    """Nobody waits for the end of a timestep in slow motion."""
    rhythm = Rhythm(10.0)
    rhythm.set_speed(0.01)
    rhythm.beat(0.0)
    assert rhythm.remaining_s(1.0) == pytest.approx(9.0)
    rhythm.set_speed(1.0)
    assert rhythm.remaining_s(1.0) == 0.0


def test_one_late_timestep_does_not_delay_the_others_but_a_rest_is_not_made_up_for() -> None:
    """The beat is kept; after a long time it begins anew."""
    rhythm = Rhythm(10.0)
    rhythm.beat(0.0)
    rhythm.beat(0.15)
    assert rhythm.remaining_s(0.15) == pytest.approx(0.05)
    rhythm.beat(100.0)
    assert rhythm.remaining_s(100.0) == pytest.approx(0.1)


@pytest.mark.parametrize("speed", [math.nan, math.inf, -math.inf, -1.0])
def test_no_speed_at_all_is_full_speed(speed: float) -> None:
    """Nothing divides by it."""
    rhythm = Rhythm(10.0)
    rhythm.set_speed(speed)
    assert rhythm.speed == 0.0
    assert rhythm.remaining_s(0.0) == 0.0


def test_speeds_have_ends() -> None:
    """And full speed shows a picture every half second at most."""
    rhythm = Rhythm(10.0)
    rhythm.set_speed(1e-300)
    assert (rhythm.speed, rhythm.shown_fps(60)) == (SLOWEST, 60)
    rhythm.set_speed(1e300)
    assert rhythm.speed == FASTEST
    rhythm.set_speed(0)
    assert (rhythm.shown_fps(60), rhythm.shown_fps(0)) == (2.0, 0)
