"""Following the files of runs: index what was appended, mirror states, hand rows on."""

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from gymlab.domain.runs import FINISHED_STATUSES, RunStatus
from gymlab.protocol.shim import RunState
from gymlab.server.orchestration.announcing import Announcer
from gymlab.server.orchestration.clock import now
from gymlab.server.orchestration.hub import Hub, message
from gymlab.server.orchestration.log_files import LogFiles
from gymlab.server.orchestration.mirroring import mirrored_changes
from gymlab.storage.database import Database, Writer
from gymlab.storage.run_indexer import FLUSH_EVERY_S, Advance, RewindNote, RowBatch, RunIndexer
from gymlab.storage.runs import StoredRun, get_run, update_run
from gymlab.storage.visible_rows import Position

TICK_S = 0.25
"""At most four batches a second and run."""
POLL_S = 2.0
RETRY_S = 0.5
MAX_BATCH_BYTES = 256 * 1024
LOG_BYTES = 256 * 1024
LOGGER = logging.getLogger(__name__)


def metrics_topic(run_id: str) -> str:
    """Return the key of a run's rows."""
    return f"{run_id}:m"


def log_topic(run_id: str) -> str:
    """Return the key of a run's log."""
    return f"{run_id}:l"


@dataclass(slots=True)
class Watched:
    """A run whose files are followed."""

    state: RunState | None = None
    """What its shim said last and the database does not know yet."""
    is_dirty: bool = True
    is_urgent: bool = True
    due_at: float = 0.0
    flush_at: float = math.inf
    """When rows that wait in memory must be stored."""
    log_bytes: int = 0
    last_status: str | None = None
    live: tuple[Position, int] | None = None
    """How far rows were read: position and offset."""
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once everything that was on disk is indexed."""


@dataclass(slots=True)
class Outcome:
    """What one look at a run led to."""

    run_id: str
    found: Advance
    live: tuple[Position, int]
    status: RunStatus
    is_flushed: bool


class Ingest:
    """The loop that follows all runs. Lives on the event loop, writes in a thread."""

    def __init__(
        self,
        database: Database,
        hub: Hub,
        announcer: Announcer,
        *,
        runs_dir: Path,
        on_indexed: Callable[[str, RunStatus], None],
    ) -> None:
        """Prepare to follow runs.

        Args:
            database: Where to index.
            hub: Whom to hand rows on to.
            announcer: Whom to hand events on to.
            runs_dir: Folder with one folder per run.
            on_indexed: Called on the event loop with a run's status after it was stored.
        """
        self._database = database
        self._hub = hub
        self._announcer = announcer
        self._runs_dir = runs_dir
        self._on_indexed = on_indexed
        self._watched: dict[str, Watched] = {}
        self._indexers: dict[str, RunIndexer] = {}
        self._logs: dict[str, LogFiles] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    # ---- what others ask --------------------------------------------------------------------

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._loop(), name="ingest")

    async def close(self) -> None:
        """Index what is there, then end."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._indexers:
            await asyncio.to_thread(self._flush_all)

    def poke(self, run_id: str, state: RunState | None = None) -> None:
        """Look at a run's files soon; at once when its status changed."""
        watched = self._watched.setdefault(run_id, Watched())
        watched.is_dirty = True
        watched.settled.clear()
        if state is not None:
            watched.state = state
            watched.log_bytes = state.log_bytes
            if state.status != watched.last_status:
                watched.last_status = state.status
                watched.is_urgent = True
        self._wake.set()

    def forget(self, run_id: str) -> None:
        """Do not follow a run any more."""
        self._watched.pop(run_id, None)
        self._indexers.pop(run_id, None)
        self._logs.pop(run_id, None)

    def live_end(self, run_id: str) -> tuple[Position, int] | None:
        """Return how far rows were read: position and offset; None when not followed."""
        watched = self._watched.get(run_id)
        return watched.live if watched is not None else None

    def log_files(self, run_id: str) -> LogFiles:
        """Return the log of a run."""
        return self._logs.setdefault(run_id, LogFiles(self._runs_dir / run_id))

    async def settle(self, run_id: str, timeout_s: float) -> None:
        """Wait until everything that is on disk now is indexed, if the run is followed."""
        if run_id not in self._watched:
            return
        self.poke(run_id)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._watched[run_id].settled.wait(), timeout_s)

    # ---- the loop -----------------------------------------------------------------------------

    async def _loop(self) -> None:
        while True:
            delay = self._delay()
            if delay > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), delay)
            self._wake.clear()
            due = self._due()
            if due and not await self._tick(due) and len(due) > 1:
                # One run's damaged files must not keep the others from being followed.
                for run_id in due:
                    await self._tick([run_id])

    def _delay(self) -> float:
        present = time.monotonic()
        soonest = present + POLL_S
        for watched in self._watched.values():
            if watched.is_urgent:
                return 0
            soonest = min(soonest, watched.flush_at)
            if watched.is_dirty:
                soonest = min(soonest, watched.due_at)
        return max(0.0, soonest - present)

    def _due(self) -> list[str]:
        present = time.monotonic()
        due: list[str] = []
        for run_id, watched in self._watched.items():
            is_polled = present - watched.due_at >= POLL_S or present >= watched.flush_at
            if watched.is_urgent or is_polled or (watched.is_dirty and present >= watched.due_at):
                due.append(run_id)
        return due

    async def _tick(self, due: list[str]) -> bool:
        present = time.monotonic()
        jobs: dict[str, tuple[RunState | None, bool]] = {}
        for run_id in due:
            watched = self._watched.get(run_id)
            if watched is None:
                continue
            jobs[run_id] = (watched.state, watched.is_urgent)
            watched.is_dirty = watched.is_urgent = False
            watched.due_at = present + TICK_S
            watched.state = None
        try:
            await asyncio.to_thread(self._process, jobs)
        except (SQLAlchemyError, OSError, ValueError, OverflowError):
            LOGGER.exception("cannot index %s", ", ".join(due))
            self._begin_again(jobs)
            return False
        return True

    def _begin_again(self, jobs: dict[str, tuple[RunState | None, bool]]) -> None:
        for run_id, (state, _) in jobs.items():
            self._indexers.pop(run_id, None)
            watched = self._watched.get(run_id)
            if watched is not None:
                watched.state = watched.state or state
                watched.is_dirty = True
                watched.due_at = time.monotonic() + RETRY_S
                watched.flush_at = math.inf

    # ---- in a thread --------------------------------------------------------------------------

    def _process(self, jobs: dict[str, tuple[RunState | None, bool]]) -> None:
        with self._database.writing() as writer:
            outcomes: list[Outcome] = []
            gone: list[str] = []
            for run_id, (state, must_flush) in jobs.items():
                run = get_run(writer.connection, run_id)
                if run is None:
                    gone.append(run_id)
                    continue
                outcomes.append(self._follow(writer, run, state, must_flush=must_flush))
            loop = self._announcer.loop
            writer.after_commit(
                lambda: loop.call_soon_threadsafe(self._publish_all, outcomes, gone)
            )

    def _follow(
        self, writer: Writer, run: StoredRun, state: RunState | None, *, must_flush: bool
    ) -> Outcome:
        folder = self._runs_dir / run.id
        indexer = self._indexers.get(run.id)
        if indexer is None:
            indexer = self._indexers[run.id] = RunIndexer(run, folder, now)
        status = run.status
        changes = mirrored_changes(run, state, folder) if state is not None else None
        if changes is not None:
            update_run(writer, run.id, **changes)
            status = changes["status"]
        must_flush = must_flush or status in FINISHED_STATUSES
        found = indexer.advance(writer, must_flush=must_flush)
        return Outcome(
            run.id, found, (indexer.position, indexer.offset), status, indexer.is_flushed
        )

    def _flush_all(self) -> None:
        with self._database.writing() as writer:
            for indexer in self._indexers.values():
                indexer.flush(writer)

    # ---- back on the event loop ---------------------------------------------------------------

    def _publish_all(self, outcomes: list[Outcome], gone: list[str]) -> None:
        for run_id in gone:
            self.forget(run_id)
        for outcome in outcomes:
            self._publish(outcome)

    def _publish(self, outcome: Outcome) -> None:
        run_id = outcome.run_id
        watched = self._watched.get(run_id)
        if watched is None:
            return
        watched.live = outcome.live
        watched.flush_at = math.inf if outcome.is_flushed else time.monotonic() + FLUSH_EVERY_S
        self._publish_rows(outcome)
        self._announcer.publish_events(outcome.found.events)
        self._publish_log(run_id, watched.log_bytes)
        if outcome.found.has_more:
            watched.is_dirty, watched.due_at = True, 0.0
            self._wake.set()
        elif not watched.is_dirty:
            watched.settled.set()
            if outcome.status in FINISHED_STATUSES and watched.state is None:
                self.forget(run_id)
        self._on_indexed(run_id, outcome.status)

    def _publish_rows(self, outcome: Outcome) -> None:
        topic = metrics_topic(outcome.run_id)
        if not self._hub.has_readers(topic):
            return
        for item in outcome.found.items:
            match item:
                case RowBatch():
                    size = sum(map(len, item.lines))
                    body = rows_message(outcome.run_id, item.lines)
                    fits = size <= MAX_BATCH_BYTES
                    self._hub.publish_between(
                        topic, item.before, item.after, body if fits else None
                    )
                case RewindNote():
                    body = rewind_message(outcome.run_id, item.rewind_to_seq, item.attempt)
                    after = (item.attempt, item.rewind_to_seq)
                    self._hub.publish_between(topic, item.before, after, body)

    def _publish_log(self, run_id: str, written_bytes: int) -> None:
        topic = log_topic(run_id)
        if not self._hub.has_readers(topic):
            return
        extent = self.log_files(run_id).extent(written_bytes)
        self._hub.publish_between(topic, None, extent.end, None)


def rows_message(run_id: str, lines: list[bytes]) -> bytes:
    """Return the message with rows as they stand in the file."""
    data = b'{"run_id":"' + run_id.encode() + b'","rows":[' + b",".join(lines) + b"]}"
    return message("metrics", data)


def rewind_message(run_id: str, rewind_to_seq: int, attempt: int) -> bytes:
    """Return the message that takes rows back."""
    data = {"run_id": run_id, "rewind_to_seq": rewind_to_seq, "attempt": attempt}
    return message("rewind", msgspec.json.encode(data))
