"""The totals at the end of the checks are the truth."""

import tempfile
from pathlib import Path

import pytest
import run_checks

REPORT = """<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10"/></testsuites>"""


def test_skipped_tests_are_not_green(tmp_path: Path) -> None:
    """A skipped test counts as failed, as nothing was proved."""
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    assert run_checks.count(report) == (4, 6)


def test_a_stage_that_dies_without_a_report_fails(tmp_path: Path) -> None:
    """A non-zero exit is a failure whatever was counted."""
    stage = run_checks.Stage("dies", ("sh", "-c", "exit 3"), run_checks.ALL, is_pytest=True)
    outcome = run_checks.run_tests(stage, tmp_path / "none.xml")
    assert (outcome.passed, outcome.failed) == (0, 1)


def test_tools_run_side_by_side_and_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    """Each waits for the other here; the output of each stands below its name, in one piece."""
    meet = """
import os, sys, time
mine, other, code = sys.argv[1:]
print("begins", mine, flush=True)
open(mine, "x").close()
while not os.path.exists(other):
    time.sleep(0.01)
print("ends", mine, file=sys.stderr, flush=True)
sys.exit(int(code))
"""
    with tempfile.TemporaryDirectory() as folder:
        one, two = f"{folder}/one", f"{folder}/two"
        command = (run_checks.PYTHON, "-c", meet)
        outcomes = run_checks.run_tools([
            run_checks.Stage("good", (*command, one, two, "0"), run_checks.ALL),
            run_checks.Stage("bad", (*command, two, one, "1"), run_checks.ALL),
        ])
    assert [(one.stage.name, one.passed, one.failed) for one in outcomes] == [
        ("good", 1, 0),
        ("bad", 0, 1),
    ]
    said = capsys.readouterr().out
    assert f"== good\nbegins {one}\nends {one}\n" in said
    assert f"== bad\nbegins {two}\nends {two}\n" in said


def test_the_last_line_is_the_totals(capsys: pytest.CaptureFixture[str]) -> None:
    """Passed and failed are summed over the stages; any failure is the exit code."""
    stage = run_checks.Stage("x", ("true",), run_checks.ALL)
    outcomes = [run_checks.Outcome(stage, 5, 0, 1.0), run_checks.Outcome(stage, 2, 1, 1.0)]
    assert run_checks.summarise(outcomes) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "7 passed, 1 failed"


STEADINESS = """
from pathlib import Path

def test_steady():
    pass

def test_once_too_slow():
    mark = Path(__file__).with_name("seen")
    was_seen = mark.exists()
    mark.touch()
    assert was_seen

def test_broken():
    assert {broken}
"""


def _stage_of(folder: Path, *, broken: bool, waits_for_processes: bool) -> run_checks.Stage:
    (folder / "test_steadiness.py").write_text(STEADINESS.format(broken=not broken))
    command = (run_checks.PYTHON, "-m", "pytest", "-q", "-p", "no:xdist", "--rootdir", str(folder))
    return run_checks.Stage(
        "steadiness",
        (*command, str(folder)),
        run_checks.ALL,
        is_pytest=True,
        waits_for_processes=waits_for_processes,
    )


@pytest.mark.parametrize(
    ("broken", "waits_for_processes", "counted", "num_unsteady"),
    [(False, True, (3, 0), 1), (True, True, (2, 1), 1), (False, False, (2, 1), 0)],
)
def test_a_lost_race_is_run_again_and_named(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    *,
    broken: bool,
    waits_for_processes: bool,
    counted: tuple[int, int],
    num_unsteady: int,
) -> None:
    """Only where processes are waited for; what fails twice has failed."""
    stage = _stage_of(tmp_path, broken=broken, waits_for_processes=waits_for_processes)
    outcome = run_checks.run_tests(stage, tmp_path / "report.xml")
    assert (outcome.passed, outcome.failed) == counted
    assert len(outcome.unsteady) == num_unsteady
    assert run_checks.summarise([outcome]) == int(broken or not waits_for_processes)
    assert ("test_once_too_slow" in capsys.readouterr().out) == bool(num_unsteady)


def test_settings_of_the_caller_do_not_reach_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own port or data folder changes no result."""
    monkeypatch.setenv("GYMLAB_HOME", "/elsewhere")
    assert "GYMLAB_HOME" not in run_checks.own_environment()
    assert "PATH" in run_checks.own_environment()
