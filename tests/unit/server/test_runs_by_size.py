"""Runs by what they take on the disk."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gymlab.errors import InvalidCursorError
from gymlab.server.disk_use import SizeBook
from gymlab.server.runs.by_size import list_by_size
from gymlab.storage.runs import RunFilter, encode_cursor
from tests.unit.server.stored_runs import make_folder, new_database, store_run

SIZES = {"00000000000a": 10, "00000000000b": 5000, "00000000000c": 0, "00000000000d": 10}


@pytest.fixture(name="lab")
def fixture_lab(tmp_path: Path) -> Any:
    """As much of a laboratory as a list needs."""
    database = new_database(tmp_path)
    for run_id, size in SIZES.items():
        store_run(database, run_id)
        folder = make_folder(tmp_path / "runs", run_id)
        (folder / "log.txt").write_bytes(b"x" * size)
    yield SimpleNamespace(database=database, sizes=SizeBook(tmp_path / "runs"))
    database.close()


def pages(lab: Any, sort: str, limit: int) -> list[str]:
    """Return the ids of every page."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        page, position = list_by_size(lab, RunFilter(), sort=sort, limit=limit, cursor=cursor)
        assert position == "runs=4"
        assert len(page.items) <= limit
        found += [run.id for run in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 200])
def test_every_run_comes_once_in_order(lab: Any, limit: int) -> None:
    """However the list is cut into pages, with equal sizes by id."""
    upwards = ["00000000000c", "00000000000a", "00000000000d", "00000000000b"]
    assert pages(lab, "disk_bytes", limit) == upwards
    assert pages(lab, "-disk_bytes", limit) == upwards[::-1]


def test_filters_hold(lab: Any) -> None:
    """Only what was asked for is measured and listed."""
    page, _ = list_by_size(
        lab, RunFilter(words="00000000000b"), sort="-disk_bytes", limit=10, cursor=None
    )
    assert [run.id for run in page.items] == ["00000000000b"]


def test_a_cursor_of_another_order_is_refused(lab: Any) -> None:
    """It says where a list by name goes on."""
    cursor = encode_cursor("name", "00000000000a")
    with pytest.raises(InvalidCursorError):
        list_by_size(lab, RunFilter(), sort="disk_bytes", limit=1, cursor=cursor)
