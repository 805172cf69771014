"""Following the files of one run and indexing what was appended."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.metrics import (
    MAX_METRICS_PER_RUN,
    TERM_PREFIX,
    TERMINATION_PREFIX,
    is_valid_metric_name,
)
from gymlab.late import np
from gymlab.storage.database import Writer
from gymlab.storage.events import NewEvent, StoredEvent, insert_event
from gymlab.storage.line_scanner import (
    MetricLine,
    RawLines,
    end_of_lines,
    event_line,
    file_size,
    metric_line,
    read_lines,
)
from gymlab.storage.pyramid import SeriesTail
from gymlab.storage.row_index import (
    INDEX_EVERY_ROWS,
    AttemptStart,
    delete_row_index,
    write_offsets,
    write_start,
)
from gymlab.storage.runs import StoredRun, update_quietly
from gymlab.storage.series import create_series, cut_series, load_tail, series_ids, write_chunks
from gymlab.storage.visible_rows import Position

METRICS_FILE = "metrics.jsonl"
EVENTS_FILE = "events.jsonl"
FLUSH_EVERY_S = 1.0
MIN_ROW_BYTES = 100
"""Shorter than any row that a shim writes."""
READ_METRICS_BYTES = 4 * 1024 * 1024
EPISODE_RETURN = "train/episode_return"
EPISODE_LENGTH = "train/episode_length"
SHAPED_RETURN = "train/shaped_return"
_EVENT_TYPES = frozenset(kind.value for kind in EventType)
_EVENT_LEVELS = frozenset(level.value for level in EventLevel)


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Rows that were appended, and the positions before and after them."""

    before: Position
    after: Position
    lines: list[bytes]


@dataclass(frozen=True, slots=True)
class RewindNote:
    """A resumed attempt begins behind a row."""

    before: Position
    attempt: int
    rewind_to_seq: int


@dataclass(slots=True)
class Advance:
    """What one look at a run's files found."""

    items: list[RowBatch | RewindNote] = field(default_factory=list[RowBatch | RewindNote])
    events: list[StoredEvent] = field(default_factory=list[StoredEvent])
    has_more: bool = False
    """Whether the files went on."""


class RunIndexer:
    """Remembers how far the files of a run were read; writes in the caller's transaction.

    After a transaction that failed it must be thrown away: the database knows where to
    go on, this object does not any more.
    """

    def __init__(self, run: StoredRun, folder: Path, now: Callable[[], str]) -> None:
        """Go on where the database says.

        Args:
            run: The stored run.
            folder: Its folder.
            now: Gives the time for events of its own.
        """
        self.run_id = run.id
        self.offset = run.metrics_offset
        self.position: Position = (run.metrics_attempt, run.metrics_seq)
        self._events_offset = run.events_offset
        self._folder = folder
        self._now = now
        self._tails: dict[str, tuple[int, SeriesTail]] | None = None
        self._buffers: dict[str, list[tuple[float, float, float]]] = {}
        self._offsets: list[tuple[int, int]] = []
        self._end_of_row: int | None = None
        """Where the last row that was taken ends; None before the first one."""
        self._num_garbage = 0
        self._has_warned = False
        self.is_flushed = True
        self._next_flush = 0.0

    def advance(self, writer: Writer, *, must_flush: bool) -> Advance:
        """Read on and index; the offsets are stored in the same transaction.

        Args:
            writer: The transaction.
            must_flush: Store the growing ends now, whatever the time.
        """
        found = Advance()
        self._notice_cut_files(writer)
        self._read_metrics(writer, found)
        self._read_events(writer, found)
        self._warn_of_garbage(writer, found)
        now = time.monotonic()
        if not self.is_flushed and (must_flush or found.has_more or now >= self._next_flush):
            self._next_flush = now + FLUSH_EVERY_S
            self.flush(writer)
        return found

    def flush(self, writer: Writer) -> None:
        """Store everything that waits in memory, and how far the file was read."""
        self._drain(writer)
        for series_id, tail in self._loaded_tails(writer).values():
            write_chunks(writer, series_id, tail.take_changes())
        write_offsets(writer, self.run_id, self._offsets)
        self._offsets = []
        attempt, seq = self.position
        update_quietly(
            writer,
            self.run_id,
            metrics_offset=self.offset,
            metrics_attempt=attempt,
            metrics_seq=seq,
        )
        self.is_flushed = True

    # ---- files that are shorter than they were ------------------------------------------------

    def _notice_cut_files(self, writer: Writer) -> None:
        """Begin anew with a file that a power loss made shorter than what was read of it."""
        if file_size(self._folder / METRICS_FILE) < self.offset:
            for series_id, _ in self._loaded_tails(writer).values():
                cut_series(writer, series_id, 0)
            delete_row_index(writer, self.run_id)
            self._tails = None
            self._buffers.clear()
            self._offsets = []
            self.offset, self.position = 0, (0, 0)
            self._end_of_row = None
            self.is_flushed = False
        if file_size(self._folder / EVENTS_FILE) < self._events_offset:
            # What was read stays: an event that happened is not taken back.
            self._events_offset = end_of_lines(self._folder / EVENTS_FILE)

    # ---- rows -----------------------------------------------------------------------------

    def _read_metrics(self, writer: Writer, found: Advance) -> None:
        raw = read_lines(self._folder / METRICS_FILE, self.offset, READ_METRICS_BYTES)
        before = self.position
        lines: list[bytes] = []
        for start, content in raw.lines:
            line = metric_line(content)
            if line is None:
                self._num_garbage += 1
            elif line.rewind_to_seq is not None:
                self._close_batch(found, before, lines)
                lines = []
                end = start + len(content) + 1
                self._rewind(writer, found, line.attempt, line.rewind_to_seq, end)
                before = self.position
            elif not self._can_follow(line, start):
                self._num_garbage += 1
            elif self._take(line, start):
                self._end_of_row = start + len(content) + 1
                lines.append(content)
        self._close_batch(found, before, lines)
        self._finish_reading(raw, found)

    def _finish_reading(self, raw: RawLines, found: Advance) -> None:
        self._num_garbage += raw.num_refused
        if raw.end != self.offset:
            self.offset = raw.end
            self.is_flushed = False
        found.has_more = found.has_more or raw.has_more

    def _close_batch(self, found: Advance, before: Position, lines: list[bytes]) -> None:
        if lines:
            found.items.append(RowBatch(before, self.position, lines))

    def _can_follow(self, line: MetricLine, offset: int) -> bool:
        """Tell whether a row's number leaves out no more rows than unreadable bytes can hold."""
        end = self._end_of_row
        room = offset if end is None else offset - end
        return (line.seq or 0) <= self.position[1] + 1 + room // MIN_ROW_BYTES

    def _take(self, line: MetricLine, offset: int) -> bool:
        attempt, last = self.position
        seq = line.seq or 0
        if seq <= last or line.attempt < attempt:
            return False
        self.position = (line.attempt, seq)
        if seq % INDEX_EVERY_ROWS == 1:
            self._offsets.append((seq, offset))
        if line.kind == "episode":
            self._point(EPISODE_RETURN, line, line.episode_return)
            self._point(EPISODE_LENGTH, line, line.episode_length)
            if line.shaped_return is not None:
                self._point(SHAPED_RETURN, line, line.shaped_return)
            if line.termination is not None:
                self._point(f"{TERMINATION_PREFIX}{line.termination}", line, line.termination_count)
            for name, value in line.terms.items():
                self._point(f"{TERM_PREFIX}{name}", line, value)
        for name, value in line.metrics.items():
            self._point(name, line, value)
        return True

    def _point(self, name: str, line: MetricLine, value: float | None) -> None:
        buffer = self._buffers.get(name)
        if buffer is None:
            if len(self._buffers) >= MAX_METRICS_PER_RUN or not is_valid_metric_name(name):
                return
            buffer = self._buffers[name] = []
        number = math.nan if value is None else float(value)
        buffer.append((float(line.timestep), number, float(line.seq or 0)))

    def _rewind(
        self, writer: Writer, found: Advance, attempt: int, rewind_to_seq: int, end: int
    ) -> None:
        before = self.position
        if attempt <= before[0]:
            self._num_garbage += 1
            return
        self.flush(writer)
        kept = min(rewind_to_seq, before[1])
        for series_id, _ in self._loaded_tails(writer).values():
            cut_series(writer, series_id, kept)
        self._tails = None
        write_start(writer, self.run_id, AttemptStart(attempt, kept, end, before[1]))
        self.position = (attempt, kept)
        self._end_of_row = end
        self.is_flushed = False
        found.items.append(RewindNote(before, attempt, kept))

    # ---- series ---------------------------------------------------------------------------

    def _loaded_tails(self, writer: Writer) -> dict[str, tuple[int, SeriesTail]]:
        if self._tails is None:
            known = series_ids(writer.connection, self.run_id)
            self._tails = {
                name: (series_id, load_tail(writer.connection, series_id))
                for name, series_id in known.items()
            }
        return self._tails

    def _drain(self, writer: Writer) -> None:
        tails = self._loaded_tails(writer)
        for name, buffer in self._buffers.items():
            if not buffer:
                continue
            if name not in tails:
                tails[name] = (create_series(writer, self.run_id, name), SeriesTail())
            tails[name][1].append(np.array(buffer, dtype=np.float64))
            buffer.clear()

    # ---- events ---------------------------------------------------------------------------

    def _read_events(self, writer: Writer, found: Advance) -> None:
        raw = read_lines(self._folder / EVENTS_FILE, self._events_offset)
        if raw.end == self._events_offset:
            return
        self._num_garbage += raw.num_refused
        for _, content in raw.lines:
            line = event_line(content)
            if (
                line is None
                or line.event_type not in _EVENT_TYPES
                or line.level not in _EVENT_LEVELS
            ):
                self._num_garbage += 1
                continue
            event = NewEvent(
                self.run_id, line.timestamp, line.event_type, line.level, line.message, line.data
            )
            found.events.append(insert_event(writer, event))
        self._events_offset = raw.end
        found.has_more = found.has_more or raw.has_more
        update_quietly(writer, self.run_id, events_offset=raw.end)

    def _warn_of_garbage(self, writer: Writer, found: Advance) -> None:
        if self._num_garbage and not self._has_warned:
            self._has_warned = True
            text = f"{self._num_garbage} unreadable lines in the run's files were skipped"
            event = NewEvent(
                self.run_id,
                self._now(),
                EventType.WARNING.value,
                EventLevel.WARNING.value,
                text,
                {"num_lines": self._num_garbage},
            )
            found.events.append(insert_event(writer, event))
