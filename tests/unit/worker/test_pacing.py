"""Pictures come at the rate asked for, also when training stops and goes."""

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gymlab.worker.pacing import MAX_DEBT, MIN_SPACING, Pace

TIMESTEP_S = 0.0001


def pictures(fps: float, holds: list[tuple[float, float]]) -> list[float]:
    """Return when pictures are taken while training alternates (stepping, holding) seconds."""
    pace = Pace()
    pace.set_rate(fps, 0.0)
    now, taken = 0.0, []
    for stepping_s, holding_s in holds:
        end = now + stepping_s
        while now < end:
            if pace.is_due(now):
                taken.append(now)
                pace.taken(now)
            now += TIMESTEP_S
        now += holding_s
    return taken


def test_short_updates_cost_no_picture() -> None:
    """Of 30 a second, at least 27 come while updates hold stepping 15 of every 35 ms."""
    cycles = 300
    taken = pictures(30, [(0.020, 0.015)] * cycles)
    assert len(taken) >= 27 * cycles * 0.035


def test_a_busy_machine_still_gets_its_pictures() -> None:
    """Updates that take five times as long as rollouts are made up for within each rollout."""
    cycles = 100
    taken = pictures(30, [(0.025, 0.120)] * cycles)
    assert len(taken) >= 27 * cycles * 0.145


def test_a_long_update_is_followed_by_a_limited_burst() -> None:
    """After ten seconds of nothing only a few pictures are made up for, and spread out."""
    taken = pictures(30, [(1.0, 10.0), (1.0, 0.0)])
    after = [moment for moment in taken if moment >= 11.0]
    assert 30 + MAX_DEBT - 1 <= len(after) <= 30 + MAX_DEBT + 1
    assert min(b - a for a, b in pairwise(after)) >= MIN_SPACING / 30 - 1e-9


@given(
    st.floats(1, 60),
    st.lists(st.tuples(st.floats(0, 0.05), st.floats(0, 0.2)), min_size=1, max_size=30),
)
def test_never_more_than_asked_for(fps: float, holds: list[tuple[float, float]]) -> None:
    """Over any pattern the total stays within the rate, and pictures keep their distance."""
    taken = pictures(fps, holds)
    duration = sum(a + b for a, b in holds) + TIMESTEP_S * len(holds)
    assert len(taken) <= duration * fps + 2
    gaps = [b - a for a, b in pairwise(taken)]
    assert all(gap >= MIN_SPACING / fps - 1e-9 for gap in gaps)


def test_nothing_is_due_while_nobody_watches() -> None:
    """Zero stops the schedule, and a new rate begins at once."""
    pace = Pace()
    assert not pace.is_due(math.inf) or not pace.is_active
    assert not pace.is_due(1e9)
    pace.set_rate(10, 5.0)
    assert pace.is_due(5.0)
    pace.set_rate(0, 6.0)
    assert not pace.is_due(1e9)
    pace.set_rate(10, 7.0)
    assert pace.is_due(7.0)


def test_a_higher_rate_takes_effect_at_once() -> None:
    """Going from one picture a minute to ten a second does not wait for the minute."""
    pace = Pace()
    pace.set_rate(1 / 60, 0.0)
    pace.taken(0.0)
    pace.set_rate(10, 1.0)
    assert pace.is_due(1.1)


def test_a_slow_rate_is_never_exceeded() -> None:
    """However long nothing was taken: at full speed a picture comes every 500 ms at most."""
    pace = Pace()
    pace.set_rate(2, 0.0)
    taken = [now / 100 for now in range(1000, 1400) if _took(pace, now / 100)]
    assert len(taken) == 8
    assert all(later - earlier >= 0.5 - 1e-9 for earlier, later in pairwise(taken))


def _took(pace: Pace, now: float) -> bool:
    is_due = pace.is_due(now)
    if is_due:
        pace.taken(now)
    return is_due
