"""The queue: at most so many runs at once, the rest in order."""

import asyncio
import contextlib
import logging
import math
import shutil
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from gymlab.domain.disk_space import ROOM_BYTES
from gymlab.domain.runs import BUSY_STATUSES, LIVE_STATUSES, RunStatus
from gymlab.errors import LabError
from gymlab.server.orchestration.assignments import assignment_of
from gymlab.server.orchestration.shims import Shims
from gymlab.storage.database import Database, Writer
from gymlab.storage.runs import StoredRun, get_run, runs_with_status, update_run
from gymlab.supervisor.this_machine import cpu_count

LOGGER = logging.getLogger(__name__)
REFILL_AFTER_S = 2.0
REFILL_LATER_AFTER_S = 120.0
"""The same where importing would take a core from a run that trains."""
HOUSEKEEPING_EVERY_S = 5.0
RETRY_S = 1.0
AlgorithmOf = Callable[[str, str], Awaitable[dict[str, Any]]]


def touch_queue(writer: Writer) -> None:
    """Announce every queued run, because its place may have changed."""
    for run in runs_with_status(writer.connection, [RunStatus.QUEUED]):
        update_run(writer, run.id)


class Scheduler:
    """Starts queued runs as places become free. Lives on the event loop."""

    def __init__(
        self,
        database: Database,
        shims: Shims,
        *,
        runs_dir: Path,
        max_runs: int,
        algorithm_of: AlgorithmOf,
        on_started: Callable[[str], None],
    ) -> None:
        """Prepare the queue.

        Args:
            database: Where runs are stored.
            shims: Who starts them.
            runs_dir: Folder with one folder per run.
            max_runs: Runs that compute at the same time; paused ones do not count.
            algorithm_of: Runner and algorithm -> `AlgorithmManifest` as JSON.
            on_started: Called with a run that was handed to a shim.
        """
        self._database = database
        self._shims = shims
        self._runs_dir = runs_dir
        self._max_runs = max_runs
        self._algorithm_of = algorithm_of
        self._on_started = on_started
        self._kicked = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._handed_over_at = -math.inf
        self._waits_for_room = False

    def start(self) -> None:
        """Begin."""
        self._tasks = [
            asyncio.create_task(self._loop(), name="scheduler"),
            asyncio.create_task(self._keep_house(), name="warm-pool"),
        ]
        self._kicked.set()

    async def close(self) -> None:
        """Start nothing any more."""
        for task in self._tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def kick(self) -> None:
        """Look whether a run can start."""
        self._kicked.set()

    async def _loop(self) -> None:
        while True:
            await self._kicked.wait()
            self._kicked.clear()
            try:
                while (run := await asyncio.to_thread(self._claim_next)) is not None:
                    await self._start(run)
            except (OSError, SQLAlchemyError, LabError):
                LOGGER.exception("cannot start the next run")
                await asyncio.sleep(RETRY_S)
                self._kicked.set()

    async def _start(self, run: StoredRun) -> None:
        try:
            await self.hand_over(run)
        except (OSError, LabError):
            await asyncio.to_thread(self._give_back, run.id)
            raise

    def _give_back(self, run_id: str) -> None:
        with self._database.writing(durable=True) as writer:
            run = get_run(writer.connection, run_id)
            if run is not None and run.status is RunStatus.STOPPING:
                ended = time.time()
                update_run(
                    writer, run_id, status=RunStatus.STOPPED, queue_order=None, finished_at=ended
                )
            elif run is not None and run.status is RunStatus.STARTING:
                update_run(writer, run_id, status=RunStatus.QUEUED)
                touch_queue(writer)

    def _claim_next(self) -> StoredRun | None:
        """Mark the first queued run as starting, when there is a place and room on the disk."""
        with self._database.reading() as connection:
            if not self._has_place(_queued_and_live(connection)):
                return None
        if shutil.disk_usage(self._runs_dir).free < ROOM_BYTES:
            # It would stand still at once, or not even begin; house-keeping looks again.
            self._waits_for_room = True
            return None
        with self._database.writing(durable=True) as writer:
            found = _queued_and_live(writer.connection)
            if not self._has_place(found):
                return None
            run = next(run for run in found if run.status is RunStatus.QUEUED)
            update_run(writer, run.id, status=RunStatus.STARTING, status_reason=None)
            touch_queue(writer)
            return get_run(writer.connection, run.id)

    def _has_place(self, runs: list[StoredRun]) -> bool:
        is_any_queued = any(run.status is RunStatus.QUEUED for run in runs)
        return is_any_queued and sum(holds_place(run) for run in runs) < self._max_runs

    async def hand_over(self, run: StoredRun) -> None:
        """Give a run that is marked as starting to a shim."""
        algorithm = await self._algorithm_of(run.runner, run.algorithm)
        await self._shims.assign(assignment_of(run, self._runs_dir, algorithm))
        self._handed_over_at = asyncio.get_running_loop().time()
        self._on_started(run.id)

    async def _keep_house(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._shims.reap()
            if self._waits_for_room:
                self._waits_for_room = False
                self.kick()
            after_s = refill_after_s(self._shims.num_runs, cores=cpu_count())
            wait = self._handed_over_at + after_s - loop.time()
            if wait <= 0:
                try:
                    await self._shims.refill()
                except OSError:
                    LOGGER.exception("cannot start an idle worker")
                wait = HOUSEKEEPING_EVERY_S
            await asyncio.sleep(min(wait, 0.5))


def refill_after_s(num_runs: int, *, cores: int) -> float:
    """Return how long after a run's start the next idle worker may be made ready.

    Its imports take a core for seconds: they would compete with the run's first steps, and on a
    machine without a core to spare with all of them.

    Args:
        num_runs: Runs that have a process now.
        cores: Of this machine; the server takes one.
    """
    is_roomy = num_runs == 0 or cores - 1 - num_runs >= 1
    return REFILL_AFTER_S if is_roomy else REFILL_LATER_AFTER_S


def holds_place(run: StoredRun) -> bool:
    """Tell whether a run counts among those that train at once.

    One that somebody paused gives its place to the next in the queue. One that stands still for
    a reason nobody asked for, such as a full disk, goes on by itself: it keeps its place.
    """
    if run.status is RunStatus.PAUSED:
        return run.status_reason is not None
    return run.status in BUSY_STATUSES


def _queued_and_live(connection: Connection) -> list[StoredRun]:
    return runs_with_status(connection, [RunStatus.QUEUED, *LIVE_STATUSES])
