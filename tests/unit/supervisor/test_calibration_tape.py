"""The cost of a timestep from the marks of a short training."""

import math

import pytest

from gymlab.protocol.framing import ProtocolError
from gymlab.supervisor.calibration_tape import ENOUGH_S, LONGEST_S, Tape

ROLLOUT, UPDATES = 1000, 40


def on_policy(*, s_per_rollout: float, s_per_update: float, num_cycles: int) -> Tape:
    """Return the tape of a learner that stands still after every rollout."""
    tape = Tape(learns_from_rollouts=True)
    time_s, timestep = 0.0, 0
    for cycle in range(1, num_cycles + 1):
        for _ in range(10):
            time_s, timestep = time_s + s_per_rollout / 10, timestep + ROLLOUT // 10
            tape.beat(time_s, timestep, (cycle - 1) * UPDATES)
        time_s += s_per_update
        tape.beat(time_s, timestep, (cycle - 1) * UPDATES)
        tape.cycle(time_s, timestep, cycle * UPDATES)
    return tape


def test_updates_count_in_the_cost_of_a_timestep() -> None:
    """Whole cycles are compared, however long the learner stands still."""
    tape = on_policy(s_per_rollout=0.2, s_per_update=0.6, num_cycles=6)
    assert tape.s_per_timestep() == pytest.approx(0.8 / ROLLOUT)
    assert tape.saw_updates
    assert tape.is_enough
    assert tape.spread() == pytest.approx(0.0, abs=1e-9)


def test_a_rollout_that_never_ends_is_no_whole_measurement() -> None:
    """Stepping alone is known, and that updates are missing is said."""
    tape = Tape(learns_from_rollouts=True)
    for beat in range(1, 102):
        tape.beat(beat * LONGEST_S / 100, beat * 2, 0)
    assert tape.is_enough
    assert not tape.saw_updates
    assert tape.s_per_timestep() == pytest.approx(LONGEST_S / 200, rel=0.01)


def test_a_report_in_the_middle_of_a_rollout_ends_no_cycle() -> None:
    """A learner that is silent for long says its speed without having learnt."""
    tape = on_policy(s_per_rollout=0.2, s_per_update=0.6, num_cycles=4)
    tape.cycle(4.0, 4500, 4 * UPDATES)
    assert [mark.timestep for mark in tape.cycles] == [1000, 2000, 3000, 4000]


def test_gathering_and_learning_have_costs_of_their_own() -> None:
    """A learner with a memory begins to learn after some timesteps."""
    tape = Tape(learns_from_rollouts=False, learning_starts=1000)
    time_s, timestep = 0.0, 0
    for _ in range(10):
        time_s, timestep = time_s + 0.1, timestep + 99
        tape.beat(time_s, timestep, 0)
    for _ in range(60):
        time_s, timestep = time_s + 0.1, timestep + 10
        tape.beat(time_s, timestep, timestep)
    assert tape.gathering == pytest.approx(0.1 / 99)
    assert tape.s_per_timestep() == pytest.approx(0.01)
    assert tape.is_enough
    assert tape.saw_updates


def test_progress_grows_to_one() -> None:
    """By what is there of the time that is enough."""
    tape = Tape(learns_from_rollouts=False)
    seen: list[float] = []
    for beat in range(1, 60):
        tape.beat(beat * 0.1, beat * 50, beat)
        seen.append(tape.progress)
        if tape.is_enough:
            break
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)
    assert tape.time_s >= ENOUGH_S


@pytest.mark.parametrize(
    ("time_s", "timestep"), [(math.nan, 20), (math.inf, 20), (-1.0, 20), (0.5, 20), (2.0, 5)]
)
def test_a_worker_that_turns_time_back_is_caught(time_s: float, timestep: int) -> None:
    """Its numbers are hostile input."""
    tape = Tape(learns_from_rollouts=False)
    tape.beat(1.0, 10, 0)
    with pytest.raises(ProtocolError):
        tape.beat(time_s, timestep, 0)


def test_nothing_is_known_of_a_training_that_did_nothing() -> None:
    """No division by zero."""
    tape = Tape(learns_from_rollouts=True)
    assert tape.s_per_timestep() is None
    assert tape.measured == (0, 0.0)
    assert tape.progress == 0.0
    tape.beat(3.0, 0, 0)
    assert tape.s_per_timestep() is None
