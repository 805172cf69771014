"""Reading rows that count straight from `metrics.jsonl`."""

from dataclasses import dataclass
from pathlib import Path

from gymlab.storage.line_scanner import metric_line, read_lines
from gymlab.storage.row_index import Visibility

Position = tuple[int, int]
"""Attempt and seq: how far somebody has read."""
PAGE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class RowPage:
    """Rows in order, as they stand in the file."""

    lines: list[bytes]
    position: Position
    """How far these rows reach."""
    offset: int
    """Where reading goes on."""


def read_page(
    path: Path, visibility: Visibility, *, after: Position, offset: int, end: int, limit: int
) -> RowPage:
    """Read the next rows that count.

    Args:
        path: The run's `metrics.jsonl`.
        visibility: Which rows count.
        after: Position that was reached; its attempt must be the newest one up to `offset`.
        offset: Where to read on.
        end: Offset that is not passed.
        limit: Stop after so many rows.
    """
    lines: list[bytes] = []
    attempt, seq = after
    while offset < end and len(lines) < limit:
        found = read_lines(path, offset, min(PAGE_BYTES, end - offset))
        if found.end == offset:
            break
        next_offset = found.end
        for start, raw in found.lines:
            if start >= end or len(lines) >= limit:
                next_offset = start
                break
            line = metric_line(raw)
            if line is None or line.seq is None or line.seq <= seq:
                continue
            bound = visibility.last_visible_seq(line.attempt)
            if bound is not None and line.seq > bound:
                jump = visibility.next_start(line.attempt)
                if jump is not None and jump.offset > start:
                    next_offset = jump.offset
                    break
                continue
            lines.append(raw)
            attempt, seq = max(attempt, line.attempt), line.seq
        offset = next_offset
    return RowPage(lines, (attempt, seq), offset)
