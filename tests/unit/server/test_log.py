"""A tail is a tail, and the whole log is all that the run's folder has of it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gymlab.protocol.shim import RunState
from gymlab.server.log.service import MAX_TAIL, TAIL_BYTES, WHOLE, read_tail
from gymlab.server.orchestration.log_files import LogFiles
from gymlab.supervisor.log_pump import LOG_FILE, ROTATED_FILE
from tests.unit.server.stored_runs import new_database, store_run

RUN = "aaaaaaaaaaaa"
LINE = b"x" * 63 + b"\n"


@pytest.fixture(name="lab")
def fixture_lab(tmp_path: Path) -> Any:
    """Return what reads the log of a stored run: three megabytes, and a part rotated away."""
    earlier = b"first\n" + LINE * 100
    later = LINE * (3 * 1024 * 1024 // 64) + b"half " + "é".encode()
    (tmp_path / ROTATED_FILE).write_bytes(earlier)
    (tmp_path / LOG_FILE).write_bytes(later)
    state = RunState(status="completed", attempt=1, log_bytes=len(earlier) + len(later))
    database = new_database(tmp_path)
    store_run(database, RUN, fields={"state": state})
    files = LogFiles(tmp_path)
    ingest = SimpleNamespace(log_files=lambda _run_id: files)
    return cast("Any", SimpleNamespace(database=database, ingest=ingest))


def test_the_whole_log_begins_with_its_first_line(lab: Any) -> None:
    """The rotated part included."""
    text, _ = read_tail(lab, RUN, WHOLE)
    assert text.startswith("first\nxxx")
    assert text.endswith("\nhalf é")
    assert len(text.splitlines()) == 1 + 100 + 3 * 1024 * 1024 // 64 + 1


def test_a_tail_reads_no_more_than_two_megabytes(lab: Any) -> None:
    """And begins with a whole line."""
    text, position = read_tail(lab, RUN, MAX_TAIL)
    assert TAIL_BYTES - 100 < len(text.encode()) <= TAIL_BYTES
    assert text.startswith("x" * 63 + "\n")
    assert position == read_tail(lab, RUN, 2)[1] == read_tail(lab, RUN, WHOLE)[1]
    assert read_tail(lab, RUN, 2)[0] == LINE.decode() + "half é"
