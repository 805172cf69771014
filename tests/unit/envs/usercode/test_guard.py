"""Calls of user code end in time and their errors name the user's line."""

import faulthandler
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable

import pytest

from gymlab.domain.code import CodeKind, source_code
from gymlab.envs.usercode import limits
from gymlab.envs.usercode.guard import guarded
from gymlab.envs.usercode.loading import load_source
from gymlab.envs.usercode.marker import MARKER
from gymlab.envs.usercode.watchdog import WATCHDOG, Call, Watchdog
from gymlab.errors import UserCodeError, UserCodeTimeoutError
from gymlab.protocol.usercode import Place, UserCodeMoment, line_of_crash, read_marker


def _function(source: str, place: Place = Place.REWARD) -> Callable[[], object]:
    return guarded(load_source(source_code(source), CodeKind.REWARD).f, place)


@pytest.mark.parametrize("place", list(Place))
def test_an_endless_loop_is_stopped_and_named_within_five_seconds(place: Place) -> None:
    """At every place user code runs; `except Exception` does not hold it back."""
    begun = time.monotonic()
    with pytest.raises(UserCodeTimeoutError) as caught:
        _function(
            "def f():\n    while True:\n        try:\n            x = 1\n"
            "        except Exception:\n            pass\n",
            place,
        )()
    assert time.monotonic() - begun < 5
    assert caught.value.line in {f"<reward>:{number}" for number in (2, 3, 4)}
    assert place.value in caught.value.detail


def test_a_loop_in_the_text_of_an_error_is_stopped() -> None:
    """The text of an exception is user code as well."""
    with pytest.raises(UserCodeTimeoutError) as caught:
        _function(
            "class Bad(Exception):\n    def __str__(self):\n        while True: pass\n"
            "def f():\n    raise Bad\n"
        )()
    assert caught.value.line == "<reward>:3"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return {}['x']", "KeyError: 'x'"),
        ("raise BaseException('odd')", "BaseException: odd"),
        ("import sys; sys.exit()", "ended the program"),
        ("raise GeneratorExit", "GeneratorExit"),
        (
            "class Bad(Exception):\n        def __str__(self): raise OSError\n    raise Bad",
            "cannot be shown",
        ),
        ("raise type('N' * 10**6, (Exception,), {})('t' * 10**6)", "NNN"),
    ],
)
def test_whatever_is_raised_becomes_one_kind_of_error(body: str, said: str) -> None:
    """With a bounded text, the line and Python's account of the user's frames alone."""
    with pytest.raises(UserCodeError) as caught:
        _function(f"def f():\n    {body}\n")()
    assert said in caught.value.detail
    assert len(caught.value.detail) < 1_000
    assert caught.value.line is not None
    assert "guard.py" not in (caught.value.traceback_text or "")


def test_the_marker_says_what_runs_and_since_when() -> None:
    """A shim reads it when the worker is gone."""
    MARKER.at(1234)
    seen: list[UserCodeMoment | None] = []
    guarded(lambda: seen.append(read_marker(MARKER.words.cast("B"))), Place.STEP)()
    assert seen == [UserCodeMoment(Place.STEP, 1234)]
    assert read_marker(MARKER.words.cast("B")) is None


@pytest.mark.parametrize("page", [b"", b"\xff" * 4096, b"\0" * 16, b"\x63" + b"\0" * 15])
def test_a_forged_marker_says_nothing(page: bytes) -> None:
    """The page is written by the worker, so it may hold anything."""
    assert read_marker(page) is None


def test_short_calls_are_left_alone() -> None:
    """Many calls together may take any time; each is counted for itself."""
    watchdog, call = Watchdog(), Call(Place.REWARD)
    for now in range(100):
        call.count += 1
        call.thread = 1  # no thread has this number: an interruption would fail the test
        watchdog.look(call, float(now))
    assert call.stuck_at is None


def _run(source: str, patience_s: float = 4.0) -> subprocess.CompletedProcess[str]:
    script = f"""
from gymlab.envs.usercode import limits
limits.DEAF_S = {patience_s}
from gymlab.domain.code import CodeKind, source_code
from gymlab.envs.usercode.guard import guarded
from gymlab.envs.usercode.loading import load_source
from gymlab.envs.usercode.watchdog import WATCHDOG
from gymlab.protocol.usercode import Place
import faulthandler
faulthandler.enable()
WATCHDOG.serve(lambda error: print("LAST WORD", error.line, flush=True))
module = load_source(source_code({textwrap.dedent(source)!r}), CodeKind.REWARD)
guarded(module.f, Place.REWARD)()
"""
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    "body",
    [
        "try: sum([i for i in range(1000)])\n        except BaseException: pass",
        "import time; time.sleep(1e6)",
    ],
    ids=["catches everything", "sleeps in a library"],
)
def test_what_cannot_be_interrupted_ends_with_its_process_after_a_last_word(body: str) -> None:
    """A run never hangs for ever, and the line is said."""
    done = _run(f"def f():\n    while True:\n        {body}\n")
    assert done.returncode == 71
    assert "LAST WORD <reward>:" in done.stdout


def test_an_operation_that_lets_nothing_else_run_ends_with_its_line_in_the_log() -> None:
    """The fault handler needs no interpreter."""
    done = _run("def f():\n    x = 7\n    return x ** (10 ** 9) % 3 > 0\n")
    assert done.returncode == 1
    assert line_of_crash(done.stderr) == "<reward>:3"


def test_a_crash_of_the_interpreter_leaves_its_line() -> None:
    """SIGSEGV says no last word, but its line is in the log."""
    done = _run("def f():\n    import ctypes\n    ctypes.string_at(0)\n")
    assert done.returncode == -11
    assert line_of_crash(done.stderr) == "<reward>:3"


def test_an_operation_that_lets_nothing_else_run_ends_while_a_source_is_loaded() -> None:
    """A module is given no more time than its functions."""
    done = _run("import math\nx = 7 ** (10 ** 9) % 3\ndef f(): pass\n", patience_s=3.0)
    assert done.returncode == 1
    assert line_of_crash(done.stderr) == "<reward>:2"


def test_a_package_may_take_longer_to_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its libraries are opened without a word to any other thread; what is there takes no time."""
    patience_s: list[float] = []
    monkeypatch.setattr(WATCHDOG, "_has_alarm", True)
    monkeypatch.setattr(
        faulthandler, "dump_traceback_later", lambda seconds, **_: patience_s.append(seconds)
    )
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    load_source(source_code("import math\nfrom os import path\n"), CodeKind.REWARD)
    assert set(patience_s) == {limits.DEAF_S}
    load_source(source_code("from colorsys import rgb_to_hsv\n"), CodeKind.REWARD)
    assert limits.PACKAGE_S in patience_s
    assert patience_s[-1] == limits.DEAF_S


def test_the_fault_handler_rests_while_no_user_code_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that the machine has no time for is not ended for code that is not running."""
    said: list[str] = []
    monkeypatch.setattr(WATCHDOG, "_has_alarm", True)
    monkeypatch.setattr(
        faulthandler, "dump_traceback_later", lambda *_, **__: said.append("stands by")
    )
    monkeypatch.setattr(faulthandler, "cancel_dump_traceback_later", lambda: said.append("rests"))
    run = guarded(lambda: said.append("runs"), Place.REWARD)
    for _ in range(2):
        deadline = time.monotonic() + 60
        while not said or said[-1] != "rests":
            assert time.monotonic() < deadline
            time.sleep(0.01)
        run()
        beside = [word for word in said if word != "rests"]
        assert beside[-2:] == ["stands by", "runs"]
