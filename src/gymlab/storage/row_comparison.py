"""Comparing the rows of two runs one by one, as far as both have been written."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from gymlab.domain.comparing import comparable_row, first_difference
from gymlab.storage.row_index import Visibility
from gymlab.storage.visible_rows import Position, read_page

PAGE_ROWS = 500


@dataclass(frozen=True, slots=True)
class RowSource:
    """Where the rows of a run are now."""

    path: Path
    """Its `metrics.jsonl`."""
    visibility: Visibility
    """Which rows count."""
    end: int
    """Offset up to which they are indexed."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first thing that is not equal."""

    timestep: int
    metric: str
    """Name of the field or metric; `rows` where one run has a row that the other has not."""
    original: Any
    reproduction: Any


class _Reader:
    """Reads the comparable rows of one run in order."""

    def __init__(self) -> None:
        self._waiting: deque[dict[str, Any]] = deque()
        self._position: Position = (0, 0)
        self._offset = 0

    def peek(self, source: RowSource) -> dict[str, Any] | None:
        """Return the next row; None when no further one was written."""
        while not self._waiting:
            page = read_page(
                source.path,
                source.visibility,
                after=self._position,
                offset=self._offset,
                end=source.end,
                limit=PAGE_ROWS,
            )
            if page.offset == self._offset:
                return None
            self._position, self._offset = page.position, page.offset
            rows = (comparable_row(_decoded(line)) for line in page.lines)
            self._waiting.extend(row for row in rows if row is not None)
        return self._waiting[0]

    def pop(self) -> None:
        """Go past the row that was returned last."""
        self._waiting.popleft()


class RowComparison:
    """Goes on where it stopped, as rows are added; begins anew when rows were superseded."""

    def __init__(self) -> None:
        """Begin with nothing compared."""
        self._attempts: tuple[int, int] = (0, 0)
        self._begin()

    def _begin(self) -> None:
        self._readers = (_Reader(), _Reader())
        self.num_equal = 0
        """Rows that were equal."""
        self.timestep = 0
        """Timestep of the last equal row."""
        self.difference: Difference | None = None
        self.has_more = (True, True)
        """Whether the original and the reproduction have rows that were not compared yet."""

    def advance(self, original: RowSource, reproduction: RowSource, *, limit: int) -> None:
        """Compare up to `limit` further rows, to the first difference."""
        attempts = (original.visibility.last_attempt, reproduction.visibility.last_attempt)
        if attempts != self._attempts:
            self._attempts = attempts
            self._begin()
        mine, theirs = self._readers
        for _ in range(limit):
            if self.difference is not None:
                return
            left, right = mine.peek(original), theirs.peek(reproduction)
            self.has_more = (left is not None, right is not None)
            if left is None or right is None:
                return
            self._compare(left, right)
            mine.pop()
            theirs.pop()

    def note_missing_rows(self, original: RowSource, reproduction: RowSource) -> None:
        """Say which row one of two finished runs has and the other has not."""
        left = self._readers[0].peek(original)
        right = self._readers[1].peek(reproduction)
        row = left or right
        if row is not None and (left is None or right is None):
            self.difference = Difference(
                int(row["timestep"]), "rows", _name_of(left), _name_of(right)
            )

    def _compare(self, left: Mapping[str, Any], right: Mapping[str, Any]) -> None:
        found = first_difference(left, right)
        if found is None:
            self.num_equal += 1
            self.timestep = int(left["timestep"])
        else:
            self.difference = Difference(int(left["timestep"]), *found)


def _decoded(line: bytes) -> dict[str, Any]:
    return msgspec.json.decode(line, type=dict[str, Any])


def _name_of(row: Mapping[str, Any] | None) -> str | None:
    return f"{row.get('kind')} row at timestep {row.get('timestep')}" if row is not None else None
