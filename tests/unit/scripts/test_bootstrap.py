"""The set-up works once per content and names what is wrong in one line."""

import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import bootstrap
import bootstrap_sandbox
import bootstrap_steps as steps
import pytest

REQUIRE_PYTHON = Path("scripts/require_python.py").resolve()


def _step(
    tmp_path: Path, action: Callable[[Path], None], key: str = "a", needs: int = 0
) -> steps.Step:
    return steps.Step("thing", "the thing", key, (tmp_path / "result",), action, needs)


def test_a_step_runs_once_per_content(tmp_path: Path) -> None:
    """The same content is not built twice; other content or a lost result is."""
    calls: list[Path] = []

    def action(log: Path) -> None:
        calls.append(log)
        (tmp_path / "result").touch()

    for key in ("a", "a", "b"):
        _step(tmp_path, action, key).run(tmp_path)
    (tmp_path / "result").unlink()
    _step(tmp_path, action, "b").run(tmp_path)

    assert len(calls) == 3


def test_a_failed_step_is_tried_again(tmp_path: Path) -> None:
    """A step that failed leaves no stamp, not even an older one."""
    (tmp_path / "result").touch()
    _step(tmp_path, lambda _log: None).run(tmp_path)

    def fail(_log: Path) -> None:
        raise steps.SetupError("no")

    with pytest.raises(steps.SetupError):
        _step(tmp_path, fail, "b").run(tmp_path)

    assert not _step(tmp_path, fail).is_current(tmp_path)


def test_a_full_disk_is_named_before_the_work(tmp_path: Path) -> None:
    """The line says how much is needed and what to do."""
    with pytest.raises(steps.SetupError, match=r"needs about .* GB of disk.*Free some space"):
        _step(tmp_path, lambda _log: None, needs=10**18).run(tmp_path)


def test_a_failing_command_is_explained_with_its_log(tmp_path: Path) -> None:
    """The first line that starts with error is shown, and where the whole log lies."""
    log = tmp_path / "pip.log"
    code = "print('noise'); print('ERROR: No matching distribution found for torch'); raise SystemExit(3)"
    with pytest.raises(steps.SetupError) as caught:
        steps.run_logged([sys.executable, "-c", code], log, tmp_path, "pip failed")
    assert str(caught.value).startswith(
        "pip failed: ERROR: No matching distribution found for torch"
    )
    assert str(log) in str(caught.value)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("OSError: [Errno 28] No space left on device", "no disk space left"),
        ("npm error code ENOSPC", "no disk space left"),
        ("npm error code ENOTFOUND", "registry cannot be reached"),
        ("NewConnectionError('<pip>')", "registry cannot be reached"),
    ],
)
def test_common_failures_get_their_own_line(tmp_path: Path, said: str, expected: str) -> None:
    """A full disk and a missing network are told apart from everything else."""
    log = tmp_path / "log"
    log.write_text(f"one\n{said}\n")
    assert expected in steps.explain_failure("it failed", log)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.ENOSPC, "gymlab: no disk space left"), (errno.EACCES, "stopped at thing.log: Perm")],
)
def test_a_disk_that_becomes_full_in_the_middle_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: int,
    expected: str,
) -> None:
    """What the system refuses while a step works is no traceback."""

    def refuse(_root: Path) -> steps.Step:
        raise OSError(number, os.strerror(number), "thing.log")

    monkeypatch.setattr(bootstrap, "TARGETS", (bootstrap.Target("python", refuse),))
    assert bootstrap.main(["--only", "python"]) == 1
    said = capsys.readouterr().err
    assert expected in said
    assert said.count("\n") == 1


def test_torch_can_be_chosen_or_skipped() -> None:
    """`GYMLAB_TORCH` is a requirement with pip options, `skip`, or nothing."""
    assert steps.torch_arguments(None) == [steps.TORCH_REQUIREMENT]
    assert steps.torch_arguments("skip") is None
    assert steps.torch_arguments("torch==2.13.0 --index-url https://x/y") == [
        "torch==2.13.0",
        "--index-url",
        "https://x/y",
    ]


def test_another_torch_is_not_held_to_the_pinned_one(tmp_path: Path) -> None:
    """Only the torch line leaves the constraints."""
    kept = steps.write_constraints(Path.cwd(), tmp_path, "torch>=2.10").read_text()
    pinned = steps.write_constraints(Path.cwd(), tmp_path, None).read_text()
    assert not re.search(r"^torch==", kept, re.MULTILINE)
    assert re.search(r"^torch==2\.13\.0$", pinned, re.MULTILINE)
    assert "gymnasium==1.4.0" in kept


@pytest.mark.parametrize(
    ("version", "expected"), [("v18.19.0", "is v18.19.0"), ("v9.1", "is v9.1")]
)
def test_an_old_node_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, expected: str
) -> None:
    """The line says which Node was found."""
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(steps.SetupError, match=expected):
        steps.require_node()


def test_a_missing_node_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line says where to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(steps.SetupError, match=r"node was not found.*nodejs\.org"):
        steps.require_node()


def test_what_is_missing_is_said_before_anything_is_installed(tmp_path: Path) -> None:
    """Nobody waits for torch to learn that Node is missing; a step that is done needs nothing."""
    calls: list[str] = []

    def step(name: str, require: Callable[[], None]) -> steps.Step:
        result = tmp_path / f"{name}.result"

        def action(_log: Path) -> None:
            calls.append(name)
            result.touch()

        return steps.Step(name, name, "a", (result,), action, require=require)

    def missing() -> None:
        raise steps.SetupError("node was not found")

    def found() -> None:
        return

    with pytest.raises(steps.SetupError, match="node was not found"):
        bootstrap.run_all([step("python", found), step("web", missing)], tmp_path)
    assert calls == []
    bootstrap.run_all([step("python", found), step("web", found)], tmp_path)
    bootstrap.run_all([step("python", missing), step("web", missing)], tmp_path)
    assert calls == ["python", "web"]


def test_an_old_python_gets_one_line() -> None:
    """The check runs on any Python; told it is old, it says so in one line and fails."""
    source = REQUIRE_PYTHON.read_text()
    assert 'f"' not in source
    code = f"import sys; sys.version_info = (3, 8, 1); exec({source!r})"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=30
    )
    assert answer.returncode == 1
    assert answer.stderr.startswith("gymlab: Python 3.11 or newer is needed")
    assert answer.stderr.count("\n") == 1


def test_a_new_enough_python_becomes_the_script(tmp_path: Path) -> None:
    """With its arguments and its exit code."""
    script = tmp_path / "script.py"
    script.write_text("import sys; print(__name__, *sys.argv[1:]); sys.exit(7)")
    command = [sys.executable, str(REQUIRE_PYTHON), str(script), "--for-tests"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (answer.returncode, answer.stdout) == (7, "__main__ --for-tests\n")


def test_the_built_page_replaces_the_old_one_whole(tmp_path: Path) -> None:
    """Files of the earlier build do not stay; a build without a page is refused."""
    source, target = tmp_path / "dist", tmp_path / "static"
    source.mkdir()
    target.mkdir()
    (target / "old.js").touch()
    with pytest.raises(steps.SetupError, match=r"index\.html"):
        steps.replace_folder(source, target)
    (source / "index.html").write_text("new")
    steps.replace_folder(source, target)
    assert [path.name for path in target.iterdir()] == ["index.html"]


def test_a_missing_bubblewrap_is_one_line_and_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line says what to run, and what works without it; a second call is silent."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    for _ in range(2):
        bootstrap_sandbox.install_sandbox(tmp_path).run(tmp_path)
    said = capsys.readouterr().out
    assert said.count("bubblewrap is missing") == 1
    assert "training works without it" in said


def test_an_installed_bubblewrap_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is installed a second time."""
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    bootstrap_sandbox.install_sandbox(tmp_path).run(tmp_path)
    assert "missing" not in capsys.readouterr().out
