"""Training time excludes pauses; commands reach a waiting thread."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from gymlab.worker.clock import TrainingClock
from gymlab.worker.control import Control

PATIENCE_S = 30.0


class Time:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1000)), max_size=30), st.floats(0, 1e6))
def test_only_running_time_counts(intervals: list[tuple[bool, float]], before_s: float) -> None:
    """The total is the time before and the intervals in which training ran."""
    time = Time()
    clock = TrainingClock(before_s, time)
    expected = before_s
    for is_running, duration_s in intervals:
        if is_running:
            clock.start()
            expected += duration_s
        else:
            clock.stop()
        time.now += duration_s
    assert abs(clock.read() - expected) < 1e-6 * max(1.0, expected)


def test_time_after_the_last_work_does_not_count() -> None:
    """Saving at the end is not training."""
    time = Time()
    clock = TrainingClock(0.0, time)
    clock.start()
    time.now += 5
    clock.touch()
    time.now += 7
    assert clock.read() == 12
    assert clock.finish() == 5
    assert clock.read() == 5


def test_a_run_that_never_started_took_no_time() -> None:
    """A failure in the set-up has the time of earlier attempts."""
    assert TrainingClock(3.0, Time()).finish() == 3.0


def waiting(control: Control) -> tuple[threading.Thread, list[bool]]:
    """Start a thread that waits in a pause until it is over."""
    looks: list[bool] = []

    def wait() -> None:
        while control.wait_while_paused():
            looks.append(True)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread, looks


def test_a_pause_ends_by_going_on_or_by_a_stop() -> None:
    """Both wake the training thread."""
    for end in (Control.unpause, Control.stop):
        control = Control()
        control.pause()
        assert control.needs_attention
        thread, _ = waiting(control)
        end(control)
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
        assert control.needs_attention is control.is_stopped


def test_a_poke_gives_one_look() -> None:
    """A viewer who comes during the pause is served by the waiting thread."""
    control = Control()
    control.pause()
    control.poke()
    thread, looks = waiting(control)
    control.unpause()
    thread.join(PATIENCE_S)
    assert len(looks) <= 1


def test_a_stop_survives_a_later_unpause() -> None:
    """Pressing resume after stop does not bring the run back."""
    control = Control()
    control.stop()
    control.pause()
    control.unpause()
    assert control.is_stopped
    assert control.needs_attention
