"""The queue of measurements: one at a time, beside the runs that leave it a core."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from gymlab.domain.costs import Calibration, Cost
from gymlab.domain.ids import new_run_id
from gymlab.errors import CalibrationNotFoundError, UnavailableError
from gymlab.protocol.worker import Failed
from gymlab.server.estimating.book import CalibrationBook
from gymlab.server.estimating.evidence import was_disturbed
from gymlab.server.estimating.workloads import Workload
from gymlab.supervisor.calibration import CalibrationPlan, CalibrationRun
from gymlab.supervisor.this_machine import machine_key

LOOK_EVERY_S = 0.5
MAX_WAITING = 8
MAX_REMEMBERED = 50
MAX_RESTARTS = 5
"""Measurements that give way so often are given up."""
LOGGER = logging.getLogger(__name__)
Measure = Callable[[CalibrationPlan, Callable[[str, float], None]], Awaitable[Cost | Failed]]


class JobStatus(StrEnum):
    """Where a measurement is."""

    WAITING = "waiting"
    STARTING = "starting"
    SETUP = "setup"
    MEASURING = "measuring"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER = frozenset({JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class Crowd:
    """The runs that want this machine's cores."""

    num_busy: int
    num_queued: int
    max_runs: int

    @property
    def leaves_room(self) -> bool:
        """Whether a measurement can have a core."""
        return self.num_queued == 0 and self.num_busy < self.max_runs


@dataclass(slots=True, eq=False)
class Job:
    """One measurement that was asked for."""

    workload: Workload
    key: str
    id: str = field(default_factory=new_run_id)
    created_at: float = field(default_factory=time.time)
    status: JobStatus = JobStatus.WAITING
    progress: float = 0.0
    detail: str = "It begins in a moment."
    hint: str | None = None
    result: Calibration | None = None
    num_beside: int = 0
    """Runs that trained at the same time."""
    num_restarts: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.status in OVER


async def measure_in_worker(
    plan: CalibrationPlan, on_progress: Callable[[str, float], None]
) -> Cost | Failed:
    """Have a sandboxed worker train for a moment."""
    return await CalibrationRun(plan, on_progress=on_progress).run()


class CalibrationDesk:
    """Takes orders for measurements and carries them out. Lives on the event loop."""

    def __init__(
        self,
        book: CalibrationBook,
        *,
        crowd: Callable[[], Crowd],
        with_every_runner: bool,
        measure: Measure = measure_in_worker,
    ) -> None:
        """Do nothing yet.

        Args:
            book: Where results are kept.
            crowd: Looks at the runs; called on a thread.
            with_every_runner: Whether workers of runs import all backends.
            measure: Carries out one measurement.
        """
        self._book = book
        self._crowd = crowd
        self._with_every_runner = with_every_runner
        self._measure = measure
        self._jobs: dict[str, Job] = {}
        self._task: asyncio.Task[None] | None = None
        self._measuring: asyncio.Task[Cost | Failed] | None = None

    def order(self, workload: Workload) -> Job:
        """Have a workload measured; one that waits or is under way already is not doubled.

        Raises:
            UnavailableError: Too many wait.
        """
        key = workload.key
        open_jobs = [job for job in self._jobs.values() if not job.is_over]
        for job in open_jobs:
            if job.key == key:
                return job
        if len(open_jobs) >= MAX_WAITING:
            raise UnavailableError(
                f"{MAX_WAITING} measurements are waiting.", hint="Try again in a minute."
            )
        job = Job(workload, key)
        self._jobs[job.id] = job
        self._forget_old()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name="calibrations")
        return job

    def get(self, job_id: str) -> Job:
        """Return a measurement.

        Raises:
            CalibrationNotFoundError: There is none of that id, or it was long ago.
        """
        job = self._jobs.get(job_id)
        if job is None:
            raise CalibrationNotFoundError(job_id)
        return job

    def under_way(self, key: str) -> Job | None:
        """Return the measurement of a workload that is not over yet."""
        jobs = self._jobs.values()
        return next((job for job in jobs if job.key == key and not job.is_over), None)

    def position(self, job: Job) -> int | None:
        """Return its place among those that wait, from 1."""
        waiting = [item for item in self._jobs.values() if item.status is JobStatus.WAITING]
        return waiting.index(job) + 1 if job in waiting else None

    def cancel(self, job_id: str) -> Job:
        """Give a measurement up; one that is over stays as it is.

        Raises:
            CalibrationNotFoundError: There is none of that id.
        """
        job = self.get(job_id)
        if job.is_over:
            return job
        was_running = job.status is not JobStatus.WAITING
        job.status, job.detail = JobStatus.CANCELLED, "It was cancelled."
        if was_running and self._measuring is not None:
            self._measuring.cancel()
        return job

    async def close(self) -> None:
        """End the worker that measures."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    # ---- inside -------------------------------------------------------------------------------

    def _forget_old(self) -> None:
        over = [job.id for job in self._jobs.values() if job.is_over]
        for job_id in over[: max(0, len(self._jobs) - MAX_REMEMBERED)]:
            del self._jobs[job_id]

    def _next(self) -> Job | None:
        jobs = self._jobs.values()
        return next((job for job in jobs if job.status is JobStatus.WAITING), None)

    async def _work(self) -> None:
        while (job := self._next()) is not None:
            crowd = await asyncio.to_thread(self._crowd)
            if job.is_over:
                continue
            if not crowd.leaves_room:
                job.detail = _why_it_waits(crowd)
                await asyncio.sleep(LOOK_EVERY_S)
                continue
            await self._carry_out(job, crowd)

    async def _carry_out(self, job: Job, crowd: Crowd) -> None:
        job.status, job.progress, job.num_beside = JobStatus.STARTING, 0.0, crowd.num_busy
        job.detail = "A worker is getting ready."
        plan = job.workload.plan(with_every_runner=self._with_every_runner)
        self._measuring = asyncio.create_task(
            _measured(self._measure, plan, lambda phase, share: _note(job, phase, share)),
            name=f"calibration-{job.id}",
        )
        try:
            gave_way = await self._watch(self._measuring, job, crowd)
        finally:
            if not self._measuring.done():
                self._measuring.cancel()
            await asyncio.wait([self._measuring])
        if job.is_over:
            return
        if gave_way:
            self._wait_again(job)
        else:
            self._conclude(job, self._measuring)

    async def _watch(self, task: "asyncio.Task[Cost | Failed]", job: Job, before: Crowd) -> bool:
        """Wait for the end; tell whether a run wanted the core."""
        while not task.done() and not job.is_over:
            await asyncio.wait([task], timeout=LOOK_EVERY_S)
            now = await asyncio.to_thread(self._crowd)
            if not task.done() and (now.num_queued > 0 or now.num_busy > before.num_busy):
                return True
        return False

    def _wait_again(self, job: Job) -> None:
        job.num_restarts += 1
        if job.num_restarts >= MAX_RESTARTS:
            job.status, job.detail = JobStatus.FAILED, "Runs kept beginning while it measured."
            job.hint = "Measure again when fewer runs begin."
        else:
            job.status, job.detail = JobStatus.WAITING, "It gave way to a run that began."

    def _conclude(self, job: Job, task: "asyncio.Task[Cost | Failed]") -> None:
        found = Failed("cancelled", "It was cancelled.", None, None, "")
        if not task.cancelled():
            found = task.result()
        if isinstance(found, Failed):
            job.status, job.detail, job.hint = JobStatus.FAILED, _what_failed(found), found.hint
            return
        job.result = _calibration_of(job, found)
        is_stored = self._book.keep(job.result)
        job.status, job.progress = JobStatus.DONE, 1.0
        job.detail = _what_was_found(job, found)
        if not is_stored:
            job.hint = "The disk took nothing: it is forgotten when the server ends."


async def _measured(
    measure: Measure, plan: CalibrationPlan, on_progress: Callable[[str, float], None]
) -> Cost | Failed:
    try:
        return await measure(plan, on_progress)
    except OSError as error:
        LOGGER.exception("a calibration could not be started")
        return Failed("could_not_start", f"No worker could be started: {error}.", None, None, "")


def _note(job: Job, phase: str, share: float) -> None:
    if job.is_over:
        return
    job.status = JobStatus(phase)
    job.progress = {"starting": 0.05, "setup": 0.3}.get(phase, 0.4 + 0.6 * share)
    job.detail = {
        "starting": "A worker is getting ready.",
        "setup": "Environments and networks are being made.",
    }.get(phase, "Training for a few seconds; nothing of it is kept.")


def _what_failed(failed: Failed) -> str:
    """Return its words, with the line of the author's code where they leave it out."""
    line = failed.line or ""
    is_told = not line.startswith("<") or line in failed.detail
    return failed.detail[:1000] if is_told else f"{failed.detail[:1000]} ({line[:300]})"


def _calibration_of(job: Job, cost: Cost) -> Calibration:
    spec = job.workload.spec
    name = job.workload.algorithm.memory.num_envs_field or "num_envs"
    num_envs = spec.hyperparameters.get(name, 1)
    return Calibration(
        workload=job.key,
        machine=machine_key(),
        versions=job.workload.runner.versions,
        env_id=spec.env_id,
        runner=spec.runner,
        algorithm=spec.algorithm,
        num_envs=num_envs if isinstance(num_envs, int) else 1,
        measured_at=time.time(),
        buffer_bytes=job.workload.measured_buffers(cost.timesteps_done),
        cost=cost,
    )


def _what_was_found(job: Job, cost: Cost) -> str:
    text = f"{1 / cost.s_per_timestep:,.0f} timesteps a second"
    if job.num_beside:
        runs = "one run" if job.num_beside == 1 else f"{job.num_beside} runs"
        text += f", beside {runs} in training"
    if was_disturbed(cost):
        text += "; other programs kept the machine busy meanwhile, so it may be faster"
    return f"{text}."


def _why_it_waits(crowd: Crowd) -> str:
    if crowd.num_queued:
        queued = "One run is" if crowd.num_queued == 1 else f"{crowd.num_queued} runs are"
        return f"{queued} waiting to train: measuring comes after."
    return (
        f"{crowd.num_busy} of {crowd.max_runs} places are taken by runs: "
        "it begins when one of them has ended."
    )
