"""Two threads are used where they are quicker than one."""
# pyright: reportPrivateUsage=false

from itertools import pairwise

from gymlab.runners.turbo.kernels.team import _MOST_ALONE, _Pace


def _calls(pace: _Pace, count: int, *, together: float, alone: float) -> list[bool]:
    """Take calls that last so long; return which were for two threads."""
    found: list[bool] = []
    for _ in range(count):
        found.append(pace.is_together)
        pace.see(together if found[-1] else alone, together=found[-1])
    return found


def test_one_call_is_timed_alone_then_two_threads_go_on() -> None:
    """The one call is what the others are compared with."""
    assert _calls(_Pace(), 6, together=1.0, alone=1.8) == [True, False, True, True, True, True]


def test_where_two_are_slower_one_goes_on_and_two_are_tried_ever_less_often() -> None:
    """Trying costs more than it can bring where others train on the same cores."""
    pace = _Pace()
    _calls(pace, 2, together=1.0, alone=1.8)
    found = _calls(pace, 2_000, together=9.0, alone=1.8)
    assert found[:5] == [True, True, True, True, False]
    tried = [idx for idx, two in enumerate(found) if two][3:]
    gaps = [after - before for before, after in pairwise(tried)]
    assert gaps[:4] == [17, 33, 65, 129]
    assert set(gaps[4:]) == {_MOST_ALONE + 1}


def test_two_threads_come_back_when_the_other_training_has_ended() -> None:
    """The next try is quicker, and is believed."""
    pace = _Pace()
    _calls(pace, 2, together=1.0, alone=1.8)
    _calls(pace, 100, together=9.0, alone=1.8)
    found = _calls(pace, 200, together=1.0, alone=1.8)
    assert all(found[found.index(True) :])
    assert pace.patience == 16


def test_a_call_that_is_held_up_once_changes_nothing() -> None:
    """Any call may be: by a garbage collection, or by another process for a moment."""
    pace = _Pace()
    _calls(pace, 2, together=1.0, alone=1.8)
    for _ in range(20):
        assert all(_calls(pace, 3, together=9.0, alone=1.8))
        assert all(_calls(pace, 1, together=1.0, alone=1.8))
