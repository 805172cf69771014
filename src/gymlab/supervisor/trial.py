"""Trying code out: one worker for each trial, kept ready beforehand, ended whatever it does."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.worker import Failed, FromWorker, Ready, StartTrial, Tried
from gymlab.supervisor.oversight import Oversight
from gymlab.supervisor.sandbox.limits import SMALL_WORKER_BYTES
from gymlab.supervisor.worker_process import NO_RUNNER, WorkerProcess

MAX_PRINTED = 20_000
READY_TIMEOUT_S = 60.0
TRIAL_TIMEOUT_S = 30.0
"""User code is stopped much earlier; this ends a worker that says nothing at all."""
IDLE_S = 180.0
MAX_AT_ONCE = 2
INTERFERED = Failed(
    "misbehaved", "Your code interfered with the process that runs it.", None, None, ""
)
LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """How a trial ended."""

    result: bytes | None
    """JSON as the worker sent it: hostile input."""
    failure: Failed | None
    """Why there is none."""
    printed: str
    """What the code printed, capped."""


class TrialWorkers:
    """Runs trials; after one, the next worker is started and waits for a while."""

    def __init__(self, *, keeps_warm: bool) -> None:
        """Start nothing yet.

        Args:
            keeps_warm: Whether an idle worker may wait for the next trial.
        """
        self._keeps_warm = keeps_warm
        self._waiting: _TrialWorker | None = None
        self._places = asyncio.Semaphore(MAX_AT_ONCE)
        self._ending: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def prepare(self) -> None:
        """Start a worker for a trial that is likely to come; returns at once."""
        if not self._keeps_warm:
            return
        self._stay()
        if self._waiting is None and not self._tasks:
            task = asyncio.create_task(self._start_waiting(), name="trial-worker")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def run(self, message: StartTrial) -> TrialOutcome:
        """Run one trial to its end."""
        async with self._places:
            worker, self._waiting = self._waiting, None
            if worker is None or worker.is_over:
                worker = await _TrialWorker.start()
            try:
                outcome = await worker.run(message)
            finally:
                worker.close()
        self.prepare()
        return outcome

    async def close(self) -> None:
        """End the worker that waits."""
        if self._ending is not None:
            self._ending.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._end_waiting()

    async def _start_waiting(self) -> None:
        self._waiting = await _TrialWorker.start()

    def _stay(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        self._ending = asyncio.get_running_loop().call_later(IDLE_S, self._end_waiting)

    def _end_waiting(self) -> None:
        worker, self._waiting = self._waiting, None
        if worker is not None:
            worker.close()


class _TrialWorker:
    """A worker that takes one trial."""

    def __init__(self, process: WorkerProcess) -> None:
        self._process = process
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._outcome: asyncio.Future[bytes | Failed] = asyncio.get_running_loop().create_future()
        self._printed = bytearray()
        self._has_begun = False
        self._oversight = Oversight(
            process,
            memory_limit_bytes=SMALL_WORKER_BYTES,
            timestep=lambda: 0,
            has_user_code=True,
        )

    @classmethod
    async def start(cls) -> "_TrialWorker":
        worker = cls(await asyncio.to_thread(WorkerProcess, "trial", runner=NO_RUNNER))
        worker._process.attach(worker)
        return worker

    @property
    def is_over(self) -> bool:
        return self._outcome.done()

    async def run(self, message: StartTrial) -> TrialOutcome:
        try:
            await asyncio.wait_for(asyncio.shield(self._ready), READY_TIMEOUT_S)
            self._has_begun = True
            self._oversight.limit_memory()
            self._oversight.keep_looking()
            self._process.send(message)
            found = await asyncio.wait_for(asyncio.shield(self._outcome), TRIAL_TIMEOUT_S)
        except TimeoutError:
            hint = "Look for loops that do not end."
            found = Failed("too_slow", "Your code took too long.", hint, None, "")
        printed = self._printed.decode(errors="replace")
        if isinstance(found, Failed):
            return TrialOutcome(None, found, printed)
        return TrialOutcome(found, None, printed)

    def close(self) -> None:
        self._oversight.stop_looking()
        self._process.close()
        for future in (self._ready, self._outcome):
            if not future.done():
                future.cancel()

    # ---- what the worker does -----------------------------------------------------------------

    def worker_said(self, message: FromWorker) -> None:
        match message:
            case Ready():
                _settle(self._ready, None)
            case Tried(result=result):
                _settle(self._outcome, result)
            case Failed():
                _settle(self._outcome, message)
            case _:
                pass

    def worker_printed(self, chunk: bytes) -> None:
        # What it says while it warms up is not the code's.
        if self._has_begun:
            self._printed += chunk[: max(0, MAX_PRINTED - len(self._printed))]

    def worker_ended(self, returncode: int) -> None:
        self._oversight.ended(returncode)
        _settle(self._ready, None)
        if (death := self._oversight.death) is not None:
            failed = Failed(death.code, death.told_after(), death.hint, death.line, "")
            _settle(self._outcome, failed)

    def worker_misbehaved(self, error: ProtocolError) -> None:
        LOGGER.warning("a trial's worker broke the protocol: %s", error)
        _settle(self._outcome, INTERFERED)
        self._oversight.misbehaved(error)


def _settle(future: "asyncio.Future[Any]", value: object) -> None:
    if not future.done():
        future.set_result(value)
