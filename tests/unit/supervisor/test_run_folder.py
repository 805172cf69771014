"""The run's folder survives torn writes and belongs to one attempt."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gymlab.protocol.shim import RunState
from gymlab.supervisor.run_folder import ClaimError, JsonLines, RunFolder, last_line, read_state


@settings(max_examples=50, deadline=None)
@given(cut=st.integers(0, 400))
def test_a_torn_tail_is_cut_at_the_last_complete_line(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    """Wherever a crash tears the file, what is appended next begins on its own line."""
    path = tmp_path_factory.mktemp("torn") / "metrics.jsonl"
    lines = JsonLines(path)
    lines.append([{"seq": n, "text": "x" * n} for n in range(1, 12)])
    lines.close()
    content = path.read_bytes()
    path.write_bytes(content[: min(cut, len(content))])

    again = JsonLines(path)
    again.append([{"seq": 99}])
    again.close()

    rows = [json.loads(line) for line in path.read_bytes().splitlines()]
    whole = content[: min(cut, len(content))].count(b"\n")
    assert [row["seq"] for row in rows] == [*range(1, whole + 1), 99]


def test_an_attempt_is_claimed_once(tmp_path: Path) -> None:
    """Neither beside a living shim nor after a dead one does the same attempt start again."""
    folder = RunFolder(tmp_path / "run", attempt=1)
    with pytest.raises(ClaimError):
        RunFolder(tmp_path / "run", attempt=2)
    folder.close()
    with pytest.raises(ClaimError):
        RunFolder(tmp_path / "run", attempt=1)
    RunFolder(tmp_path / "run", attempt=2).close()


def test_state_is_replaced_whole_and_garbage_reads_as_none(tmp_path: Path) -> None:
    """A reader sees the old or the new state, and never an exception."""
    folder = RunFolder(tmp_path, attempt=1)
    folder.write_state(RunState(status="running", attempt=1, seq=7), durable=True)
    state = read_state(tmp_path)
    assert state is not None
    assert state.seq == 7
    folder.close()
    (tmp_path / "state.json").write_bytes(b'{"status": "runn')
    assert read_state(tmp_path) is None


@pytest.mark.parametrize(
    "path",
    [
        "../x.mp4",
        "recordings/../../x.mp4",
        "/etc/passwd",
        "recordings/a/b.mp4",
        "checkpoints/5",
        "recordings/.hidden",
        "recordings/a\x00.mp4",
        "recordings/" + "a" * 200,
        "state.json",
    ],
)
def test_an_artifact_stays_in_its_folder(tmp_path: Path, path: str) -> None:
    """A worker names files, but only inside the folders meant for them."""
    folder = RunFolder(tmp_path / "run", attempt=1)
    with pytest.raises(ValueError, match="not allowed"):
        folder.write_artifact(path, -1, 0)
    folder.close()


def test_the_last_line_is_found_behind_garbage(tmp_path: Path) -> None:
    """A torn line after the last whole one does not hide it."""
    path = tmp_path / "events.jsonl"
    assert last_line(path) is None
    path.write_bytes(b'{"seq": 1}\n{"seq": 2}\n{"se')
    assert last_line(path) == {"seq": 2}
