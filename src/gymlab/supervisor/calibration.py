"""A short training that nobody keeps: a worker trains as for any run, and its cost is measured.

Everything that it says of itself is counted and thrown away; nothing reaches the disk.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psutil
from pydantic import ValidationError

from gymlab.domain.costs import Cost
from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.learning import LearnerPicture
from gymlab.protocol.worker import (
    Artifact,
    BlobRequest,
    Checkpoint,
    Episodes,
    Failed,
    Finished,
    FromWorker,
    Heartbeat,
    Learner,
    Policy,
    Ready,
    Started,
    StartRun,
)
from gymlab.supervisor.blobs import BlobTable, answer
from gymlab.supervisor.calibration_files import Scales
from gymlab.supervisor.calibration_tape import Tape
from gymlab.supervisor.channels import wait_for
from gymlab.supervisor.deaths import (
    Death,
    name_exit,
    out_of_memory_kills,
    over_memory_limit,
    runs_user_code,
)
from gymlab.supervisor.rows import RowNumberer
from gymlab.supervisor.sandbox.accelerators import accelerator_of
from gymlab.supervisor.sandbox.limits import default_memory_limit
from gymlab.supervisor.watchdog import CHECK_EVERY_S
from gymlab.supervisor.worker_process import WorkerProcess

IMPORTS_PATIENCE_S = 90.0
SETUP_PATIENCE_S = 120.0
"""A first compilation may take long."""
SILENCE_PATIENCE_S = 30.0
"""Training that neither ends nor goes on for so long is given up."""
LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CalibrationPlan:
    """What is to be measured."""

    spec: Mapping[str, Any]
    """`RunSpec` as JSON, made small."""
    learns_from_rollouts: bool
    learning_starts: int
    """Timesteps before the first update, in this specification."""
    runner: str | None
    """The only runner that the worker imports; None imports all, as idle workers do."""
    main_loss: str | None = None
    """House name of the metric in every row."""


@dataclass(slots=True)
class Moments:
    """When what happened, by the monotonic clock."""

    begun: float = field(default_factory=time.monotonic)
    ready: float | None = None
    started: float | None = None
    heard: float = field(default_factory=time.monotonic)


class CalibrationRun:
    """One measurement; `run` may be awaited once."""

    def __init__(
        self,
        plan: CalibrationPlan,
        *,
        on_progress: Callable[[str, float], None] = lambda _phase, _share: None,
    ) -> None:
        """Prepare; nothing is started yet.

        Args:
            plan: What to measure.
            on_progress: Told the phase (`starting`, `setup` or `measuring`) and how much of it is done.
        """
        self._plan = plan
        self._on_progress = on_progress
        self._tape = Tape(plan.learns_from_rollouts, plan.learning_starts)
        self._scales = Scales(RowNumberer(attempt=1, seq=0, main_loss=plan.main_loss))
        self._blobs = BlobTable()
        self._moments = Moments()
        self._over = asyncio.Event()
        self._worker: WorkerProcess | None = None
        self._failure: Failed | None = None
        self._has_finished = False
        self._peak_bytes = 0
        self._memory_kills = out_of_memory_kills()

    async def run(self) -> Cost | Failed:
        """Measure, and leave nothing behind; a cancelled call ends the worker as well."""
        self._on_progress("starting", 0.0)
        self._worker = await asyncio.to_thread(
            WorkerProcess,
            "calibration",
            runner=self._plan.runner,
            accelerator=accelerator_of(self._plan.spec),
        )
        try:
            return await self._watch(self._worker)
        finally:
            self._worker.close()
            self._blobs.close()

    async def _watch(self, worker: WorkerProcess) -> Cost | Failed:
        limit = default_memory_limit()
        watchdog = worker.watchdog(
            memory_limit_bytes=limit,
            timestep=self._timestep,
            has_user_code=runs_user_code(self._plan.spec),
            lent_bytes=lambda: self._blobs.allocated_bytes,
        )
        worker.attach(self)
        before = _BusyCores(worker)
        while not self._over.is_set() and not self._tape.is_enough:
            if (death := watchdog.check()) is not None:
                self._fail(death)
            elif (late := self._overdue()) is not None:
                self._fail(late)
            await wait_for(self._over, CHECK_EVERY_S)
        self._peak_bytes = watchdog.peak_bytes
        return self._failure or self._cost(before.others())

    # ---- what the worker does -----------------------------------------------------------------

    def worker_said(self, message: FromWorker) -> None:
        """Count one message and forget it."""
        self._moments.heard = time.monotonic() if self._moves(message) else self._moments.heard
        match message:
            case Ready():
                self._begin()
            case Started():
                self._moments.started = time.monotonic()
            case Heartbeat():
                self._tape.beat(message.wall_time_s, message.timestep, message.gradient_steps)
                self._tell()
            case Learner(row=row):
                self._tape.cycle(row.wall_time_s, row.timestep, row.gradient_steps)
                self._scales.learner(row)
            case Episodes(rows=rows):
                self._scales.episodes(rows)
            case BlobRequest() if self._worker is not None:
                self._worker.send(*answer(self._blobs, message))
            case _:
                self._worker_said_rarely(message)

    def _worker_said_rarely(self, message: FromWorker) -> None:
        match message:
            case Checkpoint(members=members):
                self._scales.checkpoint(message)
                self._blobs.discard(members)
            case LearnerPicture():
                self._scales.picture(message)
            case Policy(members=members):
                self._blobs.discard(members)
            case Artifact(member=member):
                self._blobs.discard([member])
            case Finished():
                self._has_finished = True
                self._tape.beat(message.wall_time_s, message.timestep, self._tape.num_updates)
                self._over.set()
            case Failed():
                self._failure = message
                self._over.set()
            case _:
                pass

    def worker_printed(self, chunk: bytes) -> None:
        """Forget what it printed."""

    def worker_misbehaved(self, error: ProtocolError) -> None:
        """End a worker that does not speak the protocol."""
        LOGGER.warning("a calibration's worker broke the protocol: %s", error)
        self._fail(Death("protocol", f"The worker sent what is no message: {error}"))

    def worker_ended(self, returncode: int) -> None:
        """Name an end that came too soon."""
        worker = self._worker
        if self._failure is None and not self._has_finished and worker is not None:
            self._fail(self._named(worker, returncode))
        self._over.set()

    def _named(self, worker: WorkerProcess, returncode: int) -> Death:
        is_own = runs_user_code(self._plan.spec)
        timestep = max(self._timestep(), worker.marker.timestep())
        if worker.was_ended_for_memory():
            return over_memory_limit(default_memory_limit(), timestep, has_user_code=is_own)
        return name_exit(
            returncode,
            timestep=timestep,
            kernel_memory_kill=out_of_memory_kills() > self._memory_kills,
            has_user_code=is_own,
            moment=worker.marker.moment(),
            printed=worker.last_printed,
        )

    # ---- inside -------------------------------------------------------------------------------

    def _begin(self) -> None:
        if self._worker is None or self._moments.ready is not None:
            return
        self._moments.ready = self._moments.heard = time.monotonic()
        self._worker.limit_memory(default_memory_limit())
        self._worker.send(StartRun(spec=dict(self._plan.spec), attempt=1))
        self._on_progress("setup", 0.0)

    def _tell(self) -> None:
        if self._moments.started is not None:
            self._on_progress("measuring", self._tape.progress)

    def _moves(self, message: FromWorker) -> bool:
        """Tell whether a message shows that training goes on: a heartbeat alone does not."""
        if not isinstance(message, Heartbeat):
            return True
        return message.timestep > self._timestep()

    def _timestep(self) -> int:
        return self._tape.beats[-1].timestep if self._tape.beats else 0

    def _overdue(self) -> Death | None:
        now, moments = time.monotonic(), self._moments
        if moments.ready is None:
            since, patience, what = moments.begun, IMPORTS_PATIENCE_S, "get ready"
        elif moments.started is None:
            since, patience, what = moments.ready, SETUP_PATIENCE_S, "begin to train"
        else:
            since, patience, what = moments.heard, SILENCE_PATIENCE_S, "take a timestep"
        if now - since <= patience:
            return None
        hint = "The environment, the reward or the network may be too slow to measure."
        return Death("too_slow", f"It did not {what} within {patience:g} s.", hint)

    def _fail(self, death: Death) -> None:
        if self._failure is None:
            self._failure = Failed(death.code, death.detail, death.hint, death.line, "")
        if self._worker is not None:
            self._worker.kill()
        self._over.set()

    def _cost(self, others_cores: float) -> Cost | Failed:
        tape, moments = self._tape, self._moments
        per_timestep = tape.s_per_timestep()
        if per_timestep is None or moments.ready is None or moments.started is None:
            detail = f"Training ended after {self._timestep():,} timesteps: too few to measure."
            return Failed("too_short", detail, None, None, "")
        measured_timesteps, measured_s = tape.measured
        try:
            return Cost(
                imports_s=moments.ready - moments.begun,
                setup_s=moments.started - moments.ready,
                s_per_timestep=per_timestep,
                gathering_s_per_timestep=tape.gathering,
                spread=tape.spread(),
                measured_timesteps=measured_timesteps,
                measured_s=measured_s,
                saw_updates=tape.saw_updates,
                peak_bytes=self._peak_bytes,
                timesteps_done=self._timestep(),
                files=self._scales.total(self._timestep()),
                others_cores=others_cores,
            )
        except ValidationError:
            return Failed("misbehaved", "The measurement makes no sense.", None, None, "")


class _BusyCores:
    """Cores that everything but the worker kept busy."""

    def __init__(self, worker: WorkerProcess) -> None:
        self._worker = worker
        self._begun = time.monotonic()
        self._all_s = _busy_s()

    def others(self) -> float:
        span_s = max(time.monotonic() - self._begun, 1e-3)
        try:
            own = psutil.Process(self._worker.pid).cpu_times()
            own_s = own.user + own.system
        except psutil.Error:
            own_s = span_s
        return max(0.0, (_busy_s() - self._all_s - own_s) / span_s)


def _busy_s() -> float:
    times = psutil.cpu_times()
    # Programs that yield are counted as well: they take turns with the one that is measured.
    return times.user + times.system + float(getattr(times, "nice", 0.0))
