"""Finding out what became of runs whose shim is not connected."""

import asyncio
import contextlib
import fcntl
import logging
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.runs import FINISHED_STATUSES, LIVE_STATUSES, RunStatus
from gymlab.protocol.shim import ProcessIdentity, RunState
from gymlab.server.orchestration.announcing import Announcer
from gymlab.server.orchestration.assignments import attempt_was_begun
from gymlab.server.orchestration.clock import now
from gymlab.server.orchestration.ingest import Ingest
from gymlab.server.orchestration.mirroring import count_checkpoints
from gymlab.server.orchestration.shims import Shims
from gymlab.storage.database import Database, Writer
from gymlab.storage.events import NewEvent
from gymlab.storage.runs import StoredRun, get_run, update_run
from gymlab.supervisor.process_identity import is_alive
from gymlab.supervisor.run_folder import LOCK_FILE, read_state

LOOK_EVERY_S = 0.1
HELLO_PATIENCE_S = 3.0
"""A shim that claimed its attempt has this long to leave a state behind."""
MAX_STARTS = 3
SETTLE_S = 5.0
LOGGER = logging.getLogger(__name__)


class Fates:
    """Watches over runs that should have a process but are not connected."""

    def __init__(
        self,
        database: Database,
        *,
        shims: Shims,
        ingest: Ingest,
        announcer: Announcer,
        runs_dir: Path,
        on_free: Callable[[], None],
    ) -> None:
        """Watch with these; `on_free` is called when a run gave up its place."""
        self._database = database
        self._shims = shims
        self._ingest = ingest
        self._announcer = announcer
        self._runs_dir = runs_dir
        self._on_free = on_free
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._starts: dict[tuple[str, int], int] = {}
        """Run and attempt -> starts that were lost."""

    def watch(self, run_id: str, identity: ProcessIdentity | None = None) -> None:
        """Find out what becomes of a run, until its shim is connected or the run concluded."""
        present = self._tasks.get(run_id)
        if present is None or present.done():
            task = asyncio.create_task(self._watch(run_id, identity), name=f"fate-{run_id}")
            self._tasks[run_id] = task
            task.add_done_callback(lambda done: self._forget(run_id, done))

    def _forget(self, run_id: str, done: asyncio.Task[None]) -> None:
        if self._tasks.get(run_id) is done:
            del self._tasks[run_id]

    async def close(self) -> None:
        """Stop watching; runs go on."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, run_id: str, identity: ProcessIdentity | None) -> None:
        since = time.monotonic()
        try:
            while True:
                if self._shims.of_run(run_id) is not None:
                    return
                if await asyncio.to_thread(self._seems_alive, run_id, identity, since):
                    await asyncio.sleep(LOOK_EVERY_S)
                    continue
                await self._conclude(run_id)
                return
        except (OSError, SQLAlchemyError):
            LOGGER.exception("cannot find out what became of run %s", run_id)

    def _seems_alive(self, run_id: str, identity: ProcessIdentity | None, since: float) -> bool:
        with self._database.reading() as connection:
            run = get_run(connection, run_id)
        if run is None or run.status not in LIVE_STATUSES:
            return False
        if self._shims.is_launching(run_id) or (identity is not None and is_alive(identity)):
            return True
        folder = self._runs_dir / run_id
        state = read_state(folder)
        if state is not None and state.attempt == run.attempt:
            return state.shim is not None and is_alive(state.shim)
        if not attempt_was_begun(folder, run.attempt):
            return False
        return time.monotonic() - since < HELLO_PATIENCE_S or _is_locked(folder)

    async def _conclude(self, run_id: str) -> None:
        with contextlib.suppress(TimeoutError):
            await self._ingest.settle(run_id, SETTLE_S)
        outcome = await asyncio.to_thread(self._conclude_in_thread, run_id)
        if outcome is not None:
            LOGGER.warning("run %s: %s", run_id, outcome)
        self._ingest.poke(run_id)
        self._on_free()

    def _conclude_in_thread(self, run_id: str) -> str | None:
        folder = self._runs_dir / run_id
        with self._database.writing(durable=True) as writer:
            run = get_run(writer.connection, run_id)
            if run is None or run.status not in LIVE_STATUSES:
                return None
            state = read_state(folder)
            if state is not None and state.attempt == run.attempt:
                return self._conclude_begun(writer, run, state)
            if not attempt_was_begun(folder, run.attempt):
                return self._conclude_unbegun(writer, run)
            return self._end(writer, run, None, "The process that should train it ended at once.")

    def _conclude_begun(self, writer: Writer, run: StoredRun, state: RunState) -> str | None:
        if state.status in {status.value for status in FINISHED_STATUSES}:
            self._announcer.loop.call_soon_threadsafe(self._ingest.poke, run.id, state)
            return None
        if state.worker is not None and is_alive(state.worker):
            # Its shim is gone: nobody records it or could stop it.
            with contextlib.suppress(ProcessLookupError):
                os.kill(state.worker.pid, signal.SIGKILL)
        return self._end(writer, run, state, "The process that recorded it ended unexpectedly.")

    def _conclude_unbegun(self, writer: Writer, run: StoredRun) -> str:
        if run.status is RunStatus.STOPPING:
            update_run(
                writer, run.id, status=RunStatus.STOPPED, queue_order=None, finished_at=time.time()
            )
            return "stopped before it began"
        key = (run.id, run.attempt)
        self._starts[key] = self._starts.get(key, 0) + 1
        if self._starts[key] >= MAX_STARTS:
            return self._end(writer, run, None, "It could not be started; see logs/shims.log.")
        update_run(writer, run.id, status=RunStatus.QUEUED)
        return "queued again: its start was lost"

    def _end(self, writer: Writer, run: StoredRun, state: RunState | None, reason: str) -> str:
        """Store that a run ended without having said so."""
        num_checkpoints = count_checkpoints(self._runs_dir / run.id)
        is_resumable = num_checkpoints > 0
        if run.status is RunStatus.STOPPING:
            status, event, level = RunStatus.STOPPED, EventType.STOPPED, EventLevel.WARNING
        elif is_resumable:
            status, event, level = RunStatus.INTERRUPTED, EventType.INTERRUPTED, EventLevel.ERROR
        else:
            status, event, level = RunStatus.FAILED, EventType.ERROR, EventLevel.ERROR
        hint = "It can be resumed from its last checkpoint." if is_resumable else None
        base = state or RunState(status=status.value, attempt=run.attempt)
        ended = msgspec.structs.replace(
            base,
            status=status.value,
            status_reason=reason,
            phase=None,
            finished_at=time.time(),
            failure={"code": "shim_died", "detail": reason, "hint": hint},
        )
        update_run(
            writer,
            run.id,
            status=status,
            status_reason=reason,
            state=ended,
            timestep=ended.timestep,
            duration_s=ended.duration_s,
            finished_at=ended.finished_at,
            num_checkpoints=num_checkpoints,
            queue_order=None,
        )
        data = {"timestep": ended.timestep}
        self._announcer.event(
            writer, NewEvent(run.id, now(), event.value, level.value, reason, data)
        )
        return f"{status.value}: {reason}"


def _is_locked(folder: Path) -> bool:
    """Tell whether a living shim holds the claim on a folder."""
    try:
        with (folder / LOCK_FILE).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
