"""Which evidence counts, and how sure it makes an estimate."""

import pytest

from gymlab.domain.costs import Basis, Confidence
from gymlab.server.estimating.estimate import basis_text, confidence_of
from gymlab.server.estimating.evidence import Evidence, pace_of, same_versions
from tests.unit.server.estimating.workload_examples import (
    OFF_POLICY,
    calibration,
    finished,
    workload,
)


def test_runs_of_the_same_settings_are_the_best_evidence() -> None:
    """Their median counts; they are surer when they agree."""
    one = workload(total_timesteps=100_000)
    runs = [finished(one, 50_000, duration_s) for duration_s in (25.0, 25.5, 26.0)]
    pace = pace_of(one, Evidence(runs=runs, calibration=calibration(one)))
    assert pace is not None
    assert pace.basis is Basis.RUNS
    assert pace.duration_s == pytest.approx(51.0)
    assert pace.num_runs == 3
    assert confidence_of(pace) is Confidence.HIGH
    low, high = pace.range_s
    assert low < 51.0 < high


def test_runs_that_disagree_are_less_sure() -> None:
    """A machine that was busy at times."""
    one = workload(total_timesteps=10_000)
    steady = pace_of(one, Evidence(runs=[finished(one, 10_000, t) for t in (10.0, 10.1)]))
    shaky = pace_of(one, Evidence(runs=[finished(one, 10_000, t) for t in (10.0, 20.0)]))
    assert steady is not None
    assert shaky is not None
    assert shaky.doubt > 3 * steady.doubt


def test_one_run_alone_makes_nobody_sure() -> None:
    """Nobody knows what else the machine did; a second one that agrees tells."""
    one = workload(total_timesteps=10_000)
    alone = pace_of(one, Evidence(runs=[finished(one, 10_000, 60.0)]))
    both = pace_of(one, Evidence(runs=[finished(one, 10_000, t) for t in (60.0, 61.0)]))
    assert confidence_of(alone) is Confidence.MEDIUM
    assert confidence_of(both) is Confidence.HIGH


def test_runs_of_a_few_seconds_make_nobody_sure() -> None:
    """However well they agree: much of their time was their beginning."""
    one = workload(total_timesteps=10_000)
    alone = pace_of(one, Evidence(runs=[finished(one, 10_000, 2.5)]))
    agreeing = pace_of(one, Evidence(runs=[finished(one, 10_000, 2.5)] * 5))
    assert confidence_of(alone) is Confidence.LOW
    assert confidence_of(agreeing) is Confidence.MEDIUM


def test_a_short_run_does_not_speak_for_a_long_one() -> None:
    """Episodes grow and learning begins: then the measurement counts."""
    one = workload(total_timesteps=1_000_000)
    evidence = Evidence(runs=[finished(one, 20_000, 5.0)], calibration=calibration(one))
    pace = pace_of(one, evidence)
    assert pace is not None
    assert pace.basis is Basis.CALIBRATION
    assert pace.duration_s == pytest.approx(1000.0)


def test_what_comes_before_learning_has_a_cost_of_its_own() -> None:
    """Ten thousand random timesteps are cheap."""
    one = workload(memory=OFF_POLICY, learning_starts=10_000, total_timesteps=20_000)
    found = calibration(one, s_per_timestep=0.01, gathering_s_per_timestep=0.0001)
    pace = pace_of(one, Evidence(calibration=found))
    assert pace is not None
    assert pace.duration_s == pytest.approx(1.0 + 100.0)
    short = workload(memory=OFF_POLICY, learning_starts=10_000, total_timesteps=500)
    pace = pace_of(short, Evidence(calibration=found))
    assert pace is not None
    assert pace.duration_s == pytest.approx(0.05)


def test_a_measurement_without_updates_is_unsure() -> None:
    """Its range is wide, and it says so."""
    one = workload()
    pace = pace_of(one, Evidence(calibration=calibration(one, saw_updates=False)))
    assert confidence_of(pace) is Confidence.LOW


def test_a_busy_machine_makes_a_measurement_less_sure() -> None:
    """And the sentence says why."""
    one = workload()
    calm = pace_of(one, Evidence(calibration=calibration(one, others_cores=0.1)))
    busy = pace_of(one, Evidence(calibration=calibration(one, others_cores=500.0)))
    assert calm is not None
    assert busy is not None
    assert busy.doubt > calm.doubt
    assert "kept it busy" in basis_text(busy, now=0.0)


def test_other_settings_are_better_than_a_guess() -> None:
    """And a guess is better than nothing."""
    one, other = workload(), workload(batch_size=1)
    evidence = Evidence(similar_calibration=calibration(other), guessed_speed=50.0)
    pace = pace_of(one, evidence)
    assert pace is not None
    assert pace.basis is Basis.SIMILAR
    assert pace.duration_s == pytest.approx(100.0)
    pace = pace_of(one, Evidence(similar_runs=[finished(other, 1000, 10.0)], guessed_speed=50.0))
    assert pace is not None
    assert pace.duration_s == pytest.approx(1000.0)
    pace = pace_of(one, Evidence(guessed_speed=50.0))
    assert pace is not None
    assert pace.basis is Basis.GUESS
    assert confidence_of(pace) is Confidence.LOW
    assert pace_of(one, Evidence()) is None
    assert confidence_of(None) is Confidence.LOW


def test_people_are_told_what_it_stands_on() -> None:
    """With the age of the measurement."""
    one = workload()
    pace = pace_of(one, Evidence(calibration=calibration(one, measured_at=1000.0)))
    assert basis_text(pace, now=1042.0) == "Measured 42 s ago on this machine."
    assert basis_text(pace, now=1000.0 + 7200) == "Measured 2 hours ago on this machine."
    assert basis_text(pace, now=0.0) == "Measured 0 s ago on this machine."
    pace = pace_of(one, Evidence(runs=[finished(one, 100_000, 50.0)]))
    assert "an earlier run" in basis_text(pace, now=0.0)
    assert "nothing was measured" in basis_text(pace_of(one, Evidence(guessed_speed=1.0)), now=0.0)
    assert "Nothing is known" in basis_text(None, now=0.0)


def test_another_version_of_a_library_is_another_cost() -> None:
    """A library that only one of them names is none."""
    assert same_versions({"torch": "1", "x": "1"}, {"torch": "1", "y": "2"})
    assert not same_versions({"torch": "1"}, {"torch": "2"})
