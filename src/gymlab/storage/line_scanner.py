"""Reading what a shim appended to a file of JSON lines, without trusting it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

MAX_LINE_BYTES = 64 * 1024
READ_BYTES = 1024 * 1024


class MetricLine(msgspec.Struct):
    """The fields of a row that the index wants; a rewind marker has `rewind_to_seq`."""

    attempt: int
    seq: int | None = None
    rewind_to_seq: int | None = None
    kind: str = ""
    timestep: int = 0
    episode_return: float | None = None
    episode_length: int | None = None
    shaped_return: float | None = None
    terms: dict[str, float | None] = {}
    termination: str | None = None
    termination_count: int | None = None
    metrics: dict[str, float | None] = {}


class EventLine(msgspec.Struct):
    """An entry of `events.jsonl`."""

    seq: int
    timestamp: str
    event_type: str
    level: str
    message: str
    data: dict[str, object] = {}


@dataclass(slots=True)
class RawLines:
    """Complete lines, where each begins, and where the rest begins."""

    lines: list[tuple[int, bytes]] = field(default_factory=list[tuple[int, bytes]])
    end: int = 0
    num_refused: int = 0
    """Lines over the limit, skipped."""
    has_more: bool = False
    """Whether the file went on when it was read."""


_METRIC_DECODER = msgspec.json.Decoder(MetricLine)
_EVENT_DECODER = msgspec.json.Decoder(EventLine)


def read_lines(path: Path, offset: int, limit: int = READ_BYTES) -> RawLines:
    """Read complete lines from an offset on; a torn last line waits.

    Args:
        path: The file; a missing one is empty.
        offset: Where a line begins.
        limit: Bytes to read at most; at least one line's limit.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            content = file.read(max(limit, MAX_LINE_BYTES + 1))
            has_more = bool(file.read(1))
    except OSError:
        return RawLines(end=offset)
    end = content.rfind(b"\n") + 1
    if end == 0 and len(content) > MAX_LINE_BYTES:
        return _skip_oversized(path, offset)
    found = RawLines(end=offset + end, has_more=has_more and end > 0)
    start = 0
    while start < end:
        stop = content.index(b"\n", start)
        if stop - start > MAX_LINE_BYTES:
            found.num_refused += 1
        elif stop > start:
            found.lines.append((offset + start, content[start:stop]))
        start = stop + 1
    return found


def file_size(path: Path) -> int:
    """Return a file's size; a missing one is empty."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def end_of_lines(path: Path) -> int:
    """Return where the last complete line of a file ends; a missing one is empty."""
    position = end = 0
    if not path.exists():
        return 0
    with path.open("rb") as file:
        while content := file.read(READ_BYTES):
            newline = content.rfind(b"\n")
            if newline >= 0:
                end = position + newline + 1
            position += len(content)
    return end


def _skip_oversized(path: Path, offset: int) -> RawLines:
    """Find the end of a line that is longer than any correct one."""
    position = offset
    with path.open("rb") as file:
        file.seek(offset)
        while content := file.read(READ_BYTES):
            newline = content.find(b"\n")
            if newline >= 0:
                end = position + newline + 1
                return RawLines(end=end, num_refused=1, has_more=True)
            position += len(content)
    return RawLines(end=offset)


def metric_line(raw: bytes) -> MetricLine | None:
    """Return a row or marker; None for what is neither."""
    try:
        line = _METRIC_DECODER.decode(raw)
        if not raw.isascii():
            raw.decode()
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    # A damaged key leaves good JSON that says of nothing what it is.
    is_named = line.kind != ""
    is_row = line.seq is not None and line.seq > 0 and line.rewind_to_seq is None and is_named
    is_marker = line.seq is None and line.rewind_to_seq is not None and line.rewind_to_seq >= 0
    return line if (is_row or is_marker) and line.attempt > 0 else None


def event_line(raw: bytes) -> EventLine | None:
    """Return an event; None for what is none."""
    try:
        return _EVENT_DECODER.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def read_all_lines(path: Path, offset: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield the complete lines between two offsets."""
    while offset < end:
        found = read_lines(path, offset, min(READ_BYTES, end - offset))
        yield from ((start, raw) for start, raw in found.lines if start < end)
        if found.end == offset:
            return
        offset = found.end
