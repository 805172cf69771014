"""Run the checks of gymlab stage by stage and end with one line of totals.

A stage that is not pytest counts as one test. Such stages come first, two at a time, because
most of their tools keep one core busy. Pytest stages count what their JUnit report says, so the
last line is the truth about everything that ran.

Stages that wait for real processes (servers, workers, browsers) can lose a race with the
machine. Where at most three of their tests fail, those are run once more, alone. Whatever
passes then is named as unsteady at the end: it does not fail the whole, and it is not
hidden either.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable


@dataclass(frozen=True)
class Stage:
    """One command with a name; `suites` is set for the modes it belongs to."""

    name: str
    command: tuple[str, ...]
    modes: frozenset[str]
    folder: str = "."
    is_pytest: bool = False
    waits_for_processes: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a stage counted; `unsteady` names what passed only when it ran again."""

    stage: Stage
    passed: int
    failed: int
    seconds: float
    unsteady: tuple[str, ...] = ()


MOST_TESTS_RUN_AGAIN = 3
TOOLS_AT_ONCE = 2

ALL = frozenset({"check", "test", "test-full"})
FULL = frozenset({"test", "test-full"})
SLOW = frozenset({"test-full"})


def _tool(name: str, *arguments: str, modes: frozenset[str] = ALL) -> Stage:
    return Stage(name, (PYTHON, "-m", *arguments), modes)


def _web(script: str, modes: frozenset[str]) -> Stage:
    return Stage(f"web {script}", ("npm", "run", "--silent", script), modes, folder="web")


def _pytest(
    name: str,
    *arguments: str,
    modes: frozenset[str] = FULL,
    workers: int = 2,
    spread_by: str = "worksteal",
    waits_for_processes: bool = False,
) -> Stage:
    # Each process takes neighbouring tests, so that few fixtures are made in both of them.
    spread = ("-n", str(workers), "--dist", spread_by) if workers > 1 else ("-p", "no:xdist")
    command = (PYTHON, "-m", "pytest", "-q", "--no-header", *spread, *arguments)
    return Stage(name, command, modes, is_pytest=True, waits_for_processes=waits_for_processes)


NOT_SLOW = ("-m", "not slow")
EXAMPLES = "tests/docs/test_examples_run.py"
STAGES = (
    _tool("lint", "ruff", "check", "."),
    _tool("format", "ruff", "format", "--check", "."),
    _tool("types", "pyright"),
    Stage("architecture", (str(Path(PYTHON).with_name("lint-imports")),), ALL),
    _web("check", ALL),
    _web("test", ALL),
    _web("size", FULL),
    _pytest("unit", *NOT_SLOW, "tests/unit", modes=ALL),
    _pytest("docs", *NOT_SLOW, "tests/docs", "--ignore", EXAMPLES, modes=ALL),
    _pytest("examples of the docs", EXAMPLES),
    _pytest(
        "conformance of the test runner",
        *NOT_SLOW,
        "tests/conformance",
        "-k",
        "fake",
        modes=frozenset({"check"}),
    ),
    _pytest("integration", *NOT_SLOW, "tests/integration", waits_for_processes=True),
    _pytest("conformance", *NOT_SLOW, "tests/conformance"),
    _pytest("runners", *NOT_SLOW, "src/gymlab/runners"),
    _pytest("science", *NOT_SLOW, "tests/science"),
    _pytest("security", *NOT_SLOW, "tests/security"),
    # A file has one lab for all its tests.
    _pytest("browser", *NOT_SLOW, "web/e2e", spread_by="loadfile", waits_for_processes=True),
    _pytest(
        "slow",
        "-m",
        "slow",
        "--timeout",
        "7200",
        "tests",
        "src/gymlab/runners",
        "web/e2e",
        modes=SLOW,
        workers=1,
    ),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every stage of the mode, also after a failure; 0 when all passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=sorted(ALL))
    parser.add_argument("--stage", action="append", help="only the stages of these names")
    options = parser.parse_args(arguments)
    # A shell lets what it runs in the background ignore Ctrl-C, `nohup` the end of the terminal;
    # tests must be able to do both.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    stages = [stage for stage in STAGES if options.mode in stage.modes]
    if options.stage:
        stages = [stage for stage in stages if stage.name in options.stage]
    with tempfile.TemporaryDirectory(prefix="gymlab-checks-") as reports:
        outcomes = run_tools([stage for stage in stages if not stage.is_pytest])
        for number, stage in enumerate(stages):
            if stage.is_pytest:
                outcomes.append(run_tests(stage, Path(reports) / f"{number}.xml"))
    return summarise(outcomes)


def run_tools(stages: Sequence[Stage]) -> list[Outcome]:
    """Run stages that are no tests, two at a time; show the output of each when it has ended."""
    with ThreadPoolExecutor(TOOLS_AT_ONCE) as pool:
        running = [pool.submit(_run_tool, stage) for stage in stages]
        for done in as_completed(running):
            outcome, output = done.result()
            _announce(outcome.stage.name)
            sys.stdout.write(output)
            sys.stdout.flush()
    return [one.result()[0] for one in running]


def _run_tool(stage: Stage) -> tuple[Outcome, str]:
    started = time.monotonic()
    ended = subprocess.run(
        stage.command,
        cwd=ROOT / stage.folder,
        env=own_environment(),
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    seconds = time.monotonic() - started
    failed = int(ended.returncode != 0)
    return Outcome(stage, 1 - failed, failed, seconds), ended.stdout


def _announce(name: str) -> None:
    sys.stdout.write(f"\n== {name}\n")
    sys.stdout.flush()


def run_tests(stage: Stage, report: Path) -> Outcome:
    """Run a stage of tests with its output shown; count them."""
    _announce(stage.name)
    memory = ("-o", f"cache_dir={report.with_suffix('.cache')}")
    started = time.monotonic()
    code = _run(stage, (*stage.command, *memory, "--junit-xml", str(report)))
    passed, failed = count(report)
    failing = names_of_failing(report)
    unsteady: tuple[str, ...] = ()
    if stage.waits_for_processes and 0 < failed == len(failing) <= MOST_TESTS_RUN_AGAIN:
        _announce(f"{stage.name}: {failed} once more")
        second = report.with_suffix(".again.xml")
        again = ("--last-failed", "--last-failed-no-failures", "none")
        code = _run(stage, (*stage.command, *memory, *again, "--junit-xml", str(second)))
        still_failing = names_of_failing(second)
        if sum(count(second)) == failed:
            unsteady = tuple(name for name in failing if name not in still_failing)
            passed, failed = passed + len(unsteady), failed - len(unsteady)
    if code != 0 and failed == 0:
        failed = 1
    return Outcome(stage, passed, failed, time.monotonic() - started, unsteady)


def _run(stage: Stage, command: Sequence[str]) -> int:
    folder = ROOT / stage.folder
    return subprocess.run(command, cwd=folder, env=own_environment(), check=False).returncode


def own_environment() -> dict[str, str]:
    """Return the environment without settings that would change what is tested."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GYMLAB_", "FORCE_DEVICE", "MAKE", "MFLAGS"))
    }


def count(report: Path) -> tuple[int, int]:
    """Return passed and failed tests of a JUnit report; skipped tests count as failed."""
    if not report.is_file():
        return 0, 0
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314
    total = failed = 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        failed += sum(int(suite.get(key, 0)) for key in ("failures", "errors", "skipped"))
    return total - failed, failed


def names_of_failing(report: Path) -> list[str]:
    """Return the tests of a JUnit report that failed, had an error or were skipped."""
    if not report.is_file():
        return []
    return [
        f"{case.get('classname')}::{case.get('name')}"
        for case in ET.parse(report).getroot().iter("testcase")  # noqa: S314
        if any(case.find(kind) is not None for kind in ("failure", "error", "skipped"))
    ]


def summarise(outcomes: Sequence[Outcome]) -> int:
    """Print a line per stage and the totals."""
    sys.stdout.write("\n")
    for outcome in outcomes:
        mark = "FAILED" if outcome.failed else "ok"
        sys.stdout.write(
            f"{mark:6} {outcome.stage.name:32} {outcome.passed:6} passed {outcome.failed:4} failed "
            f"{outcome.seconds:7.1f} s\n"
        )
    for outcome in outcomes:
        for name in outcome.unsteady:
            sys.stdout.write(f"unsteady (failed once, passed alone): {name}\n")
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    sys.stdout.write(f"{passed} passed, {failed} failed\n")
    return 1 if failed or not outcomes else 0


if __name__ == "__main__":
    sys.exit(main())
