"""Reading from the store what a stream missed: the same messages, made anew."""

from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from gymlab.server.lab import Lab
from gymlab.server.orchestration.announcing import RenderRun
from gymlab.server.orchestration.hub import message
from gymlab.server.orchestration.ingest import rewind_message, rows_message
from gymlab.server.run_lookup import existing_run
from gymlab.server.streams.cursors import AnyPosition, impossible_position
from gymlab.storage.events import EventQuery, last_event_id, list_events
from gymlab.storage.row_index import Visibility, offset_before, read_visibility
from gymlab.storage.run_indexer import METRICS_FILE
from gymlab.storage.runs import current_revision, queue_positions, runs_changed_since
from gymlab.storage.visible_rows import Position, read_page

PAGE_ROWS = 500
PAGE_RUNS = 50
PAGE_EVENTS = 200
PAGE_LOG_BYTES = 64 * 1024


@dataclass(slots=True)
class CaughtUp:
    """Messages from the store with the position behind each."""

    messages: list[tuple[AnyPosition, bytes]] = field(
        default_factory=list[tuple[AnyPosition, bytes]]
    )
    position: AnyPosition = 0
    is_complete: bool = True


class Source(Protocol):
    """One topic in the store. Methods run in a thread."""

    def end(self) -> AnyPosition:
        """Return the present last position."""
        ...

    def check(self, position: AnyPosition) -> None:
        """Refuse a position that was never reached.

        Raises:
            InvalidCursorError: It lies beyond the end.
        """
        ...

    def after(self, position: AnyPosition) -> CaughtUp:
        """Return what follows a position, or the first part of it."""
        ...


class RunsSource:
    """Changes of runs, by revision."""

    def __init__(self, lab: Lab, render: RenderRun) -> None:
        """Read from this laboratory."""
        self._lab = lab
        self._render = render

    def end(self) -> int:
        """Return the last revision."""
        with self._lab.database.reading() as connection:
            return current_revision(connection)

    def check(self, position: AnyPosition) -> None:
        """Refuse revisions that do not exist yet."""
        if not isinstance(position, int) or position > self.end():
            raise impossible_position()

    def after(self, position: AnyPosition) -> CaughtUp:
        """Return runs as they are now, if they changed since."""
        assert isinstance(position, int)  # noqa: S101
        with self._lab.database.reading() as connection:
            found = runs_changed_since(connection, position, PAGE_RUNS)
            places = queue_positions(connection)
        messages: list[tuple[AnyPosition, bytes]] = [
            (run.revision, message("run", self._render(run, places.get(run.id)))) for run in found
        ]
        last = found[-1].revision if found else position
        return CaughtUp(messages, last, len(found) < PAGE_RUNS)


class EventsSource:
    """The event log of a run, by event id."""

    def __init__(self, lab: Lab, run_id: str) -> None:
        """Read the log of this run."""
        self._lab = lab
        self._run_id = run_id

    def end(self) -> int:
        """Return the id of the last event."""
        with self._lab.database.reading() as connection:
            return last_event_id(connection, self._run_id)

    def check(self, position: AnyPosition) -> None:
        """Refuse ids that do not exist yet."""
        if not isinstance(position, int) or position > self.end():
            raise impossible_position()

    def after(self, position: AnyPosition) -> CaughtUp:
        """Return later events."""
        assert isinstance(position, int)  # noqa: S101
        with self._lab.database.reading() as connection:
            query = EventQuery(after=position, limit=PAGE_EVENTS)
            found, has_more = list_events(connection, self._run_id, query)
        messages: list[tuple[AnyPosition, bytes]] = [
            (event.id, message("event", msgspec.json.encode(event))) for event in found
        ]
        return CaughtUp(messages, found[-1].id if found else position, not has_more)


class LogSource:
    """What a worker printed, by byte."""

    def __init__(self, lab: Lab, run_id: str) -> None:
        """Read the log of this run."""
        self._lab = lab
        self._run_id = run_id

    def end(self) -> int:
        """Return how much was printed."""
        with self._lab.database.reading() as connection:
            run = existing_run(connection, self._run_id)
        written = run.state.log_bytes if run.state is not None else 0
        return self._lab.ingest.log_files(self._run_id).extent(written).end

    def check(self, position: AnyPosition) -> None:
        """Refuse bytes that do not exist yet."""
        if not isinstance(position, int) or position > self.end():
            raise impossible_position()

    def after(self, position: AnyPosition) -> CaughtUp:
        """Return what was printed since."""
        assert isinstance(position, int)  # noqa: S101
        files = self._lab.ingest.log_files(self._run_id)
        extent = files.extent(self.end())
        start, content = files.read(extent, position, PAGE_LOG_BYTES)
        if not content:
            return CaughtUp([], max(position, start))
        end = start + len(content)
        data = {
            "run_id": self._run_id,
            "offset": start,
            "text": content.decode(errors="replace"),
        }
        body = message("log", msgspec.json.encode(data))
        return CaughtUp([(end, body)], end, end >= extent.end - 3)


class MetricsSource:
    """The rows of a run, by attempt and seq."""

    def __init__(self, lab: Lab, run_id: str) -> None:
        """Read the rows of this run."""
        self._lab = lab
        self._run_id = run_id
        self._path = lab.settings.runs_dir / run_id / METRICS_FILE

    def end(self) -> Position:
        """Return how far rows were read."""
        return self._live()[0]

    def _live(self) -> tuple[Position, int]:
        followed = self._lab.ingest.live_end(self._run_id)
        with self._lab.database.reading() as connection:
            run = existing_run(connection, self._run_id)
        stored = ((run.metrics_attempt, run.metrics_seq), run.metrics_offset)
        return max(followed, stored) if followed is not None else stored

    def _visibility(self) -> Visibility:
        with self._lab.database.reading() as connection:
            return read_visibility(connection, self._run_id)

    def check(self, position: AnyPosition) -> None:
        """Refuse rows that were never written."""
        assert isinstance(position, tuple)  # noqa: S101
        attempt, seq = position
        end = self.end()
        if attempt < end[0]:
            last = self._visibility().last_written_seq(attempt)
            is_possible = seq == 0 if attempt == 0 else last is None or seq <= last
        else:
            is_possible = position <= end
        if not is_possible:
            raise impossible_position()

    def after(self, position: AnyPosition) -> CaughtUp:
        """Return the rewind that happened since, if any, and later rows."""
        assert isinstance(position, tuple)  # noqa: S101
        _, end_offset = self._live()
        visibility = self._visibility()
        found = CaughtUp(position=position)
        starts = [
            s for s in visibility.starts if s.attempt > position[0] and s.offset <= end_offset
        ]
        if starts:
            kept = min(position[1], *(start.rewind_to_seq for start in starts))
            rewound: Position = (starts[-1].attempt, kept)
            if position[1] > 0:
                body = rewind_message(self._run_id, kept, starts[-1].attempt)
                found.messages.append((rewound, body))
            position = found.position = rewound
        with self._lab.database.reading() as connection:
            offset = offset_before(connection, self._run_id, position[1] + 1)
        page = read_page(
            self._path, visibility, after=position, offset=offset, end=end_offset, limit=PAGE_ROWS
        )
        if page.lines:
            found.messages.append((page.position, rows_message(self._run_id, page.lines)))
            found.position = page.position
        found.is_complete = len(page.lines) < PAGE_ROWS
        return found
