"""Two files of rows are compared as they grow, and anew when rows were superseded."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gymlab.storage.row_comparison import RowComparison, RowSource
from gymlab.storage.row_index import AttemptStart, Visibility


def write(path: Path, returns: Sequence[float], *, attempt: int = 1, first: int = 1) -> int:
    """Append episode rows; return the size of the file."""
    with path.open("ab") as file:
        for number, value in enumerate(returns, start=first):
            row: dict[str, Any] = {
                "seq": number, "attempt": attempt, "kind": "episode", "timestep": 10 * number,
                "episode_return": value,
            }  # fmt: skip
            file.write(json.dumps(row).encode() + b"\n")
    return path.stat().st_size


def source(path: Path, end: int, *starts: AttemptStart) -> RowSource:
    """Return where a run's rows are."""
    return RowSource(path, Visibility(starts), end)


def test_files_are_compared_as_they_grow(tmp_path: Path) -> None:
    """Every call goes on where the last one stopped, also in the middle of a file."""
    mine, theirs = tmp_path / "a", tmp_path / "b"
    end = write(mine, [1.0, 2.0, 3.0, 4.0])
    part = write(theirs, [1.0, 2.0])
    whole = write(theirs, [3.0, 5.0], first=3)
    comparison = RowComparison()
    comparison.advance(source(mine, end), source(theirs, part), limit=100)
    assert (comparison.num_equal, comparison.has_more) == (2, (True, False))
    comparison.advance(source(mine, end), source(theirs, whole), limit=1)
    assert comparison.num_equal == 3
    comparison.advance(source(mine, end), source(theirs, whole), limit=100)

    found = comparison.difference
    assert found is not None
    assert (found.timestep, found.metric) == (40, "episode_return")
    assert (found.original, found.reproduction) == (4.0, 5.0)
    assert comparison.num_equal == 3


def test_superseded_rows_are_compared_no_more(tmp_path: Path) -> None:
    """After a resume of either run it begins anew with the rows that count."""
    mine, theirs = tmp_path / "a", tmp_path / "b"
    end = write(mine, [1.0, 2.0, 3.0])
    crashed = write(theirs, [1.0, 9.0])
    comparison = RowComparison()
    comparison.advance(source(mine, end), source(theirs, crashed), limit=100)
    assert comparison.difference is not None
    with theirs.open("ab") as file:
        file.write(b'{"rewind_to_seq": 1, "attempt": 2}\n')
    start = AttemptStart(2, 1, theirs.stat().st_size, 2)
    resumed = write(theirs, [2.0, 3.0], attempt=2, first=2)
    comparison.advance(source(mine, end), source(theirs, resumed, start), limit=100)

    assert comparison.difference is None
    assert (comparison.num_equal, comparison.has_more) == (3, (False, False))


def test_missing_rows_are_a_difference_at_the_end(tmp_path: Path) -> None:
    """The run that has more is named by its row."""
    mine, theirs = tmp_path / "a", tmp_path / "b"
    sources = (source(mine, write(mine, [1.0, 2.0])), source(theirs, write(theirs, [1.0])))
    comparison = RowComparison()
    comparison.advance(*sources, limit=100)
    comparison.note_missing_rows(*sources)

    found = comparison.difference
    assert found is not None
    assert (found.metric, found.reproduction) == ("rows", None)
    assert "20" in found.original
