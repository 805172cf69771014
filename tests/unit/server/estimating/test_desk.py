"""Measurements wait for a core, give way, end and fail in words."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gymlab.domain.costs import Cost
from gymlab.errors import CalibrationNotFoundError, UnavailableError
from gymlab.protocol.worker import Failed
from gymlab.server.estimating import desk as desk_module
from gymlab.server.estimating.book import CalibrationBook
from gymlab.server.estimating.desk import MAX_WAITING, CalibrationDesk, Crowd, Job, JobStatus
from gymlab.supervisor.calibration import CalibrationPlan
from tests.unit.server.estimating.workload_examples import cost, workload

Progress = Callable[[str, float], None]
FREE = Crowd(0, 0, 2)


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "LOOK_EVERY_S", 0.005)


class Machine:
    """Runs that come and go, and a measurement that ends when it is told to."""

    def __init__(self, folder: Path, outcome: Cost | Failed | None = None) -> None:
        self.crowd = FREE
        self.outcome = outcome or cost()
        self.may_end = asyncio.Event()
        self.plans: list[CalibrationPlan] = []
        self.num_cancelled = 0
        self.desk = CalibrationDesk(
            CalibrationBook(folder),
            crowd=lambda: self.crowd,
            with_every_runner=False,
            measure=self._measure,
        )

    async def _measure(self, plan: CalibrationPlan, on_progress: Progress) -> Cost | Failed:
        self.plans.append(plan)
        on_progress("setup", 0.0)
        on_progress("measuring", 0.5)
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.num_cancelled += 1
            raise
        return self.outcome


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(5):
        while not is_so():  # noqa: ASYNC110 - what is waited for raises no event
            await asyncio.sleep(0.002)


async def reaches(job: Job, *statuses: JobStatus) -> None:
    """Wait until a job has one of the statuses."""
    await until(lambda: job.status in statuses)


def run(story: Any) -> None:
    """Tell a story on an event loop."""
    asyncio.run(story)


def test_a_measurement_is_made_and_remembered(tmp_path: Path) -> None:
    """Its progress is seen on the way."""

    async def story() -> None:
        machine = Machine(tmp_path)
        job = machine.desk.order(workload())
        await reaches(job, JobStatus.MEASURING)
        assert job.progress == pytest.approx(0.7)
        assert machine.desk.under_way(job.key) is job
        machine.may_end.set()
        await reaches(job, JobStatus.DONE)
        assert job.result is not None
        assert job.result.cost == cost()
        assert job.detail == "1,000 timesteps a second."
        assert machine.desk.get(job.id) is job
        assert machine.desk.under_way(job.key) is None
        assert CalibrationBook(tmp_path).find(job.key) == job.result
        await machine.desk.close()

    run(story())


def test_the_same_settings_are_not_measured_twice_at_once(tmp_path: Path) -> None:
    """Whoever asks second is given the measurement that waits; another one queues behind."""

    async def story() -> None:
        machine = Machine(tmp_path)
        first, other = machine.desk.order(workload()), machine.desk.order(workload(num_envs=2))
        assert machine.desk.order(workload(learning_rate=0.5)) is first
        await reaches(first, JobStatus.MEASURING)
        assert (machine.desk.position(first), machine.desk.position(other)) == (None, 1)
        machine.may_end.set()
        await reaches(other, JobStatus.DONE)
        assert len(machine.plans) == 2
        await machine.desk.close()

    run(story())


@pytest.mark.parametrize(
    ("crowd", "word"), [(Crowd(2, 0, 2), "2 of 2 places"), (Crowd(0, 1, 2), "waiting to train")]
)
def test_it_waits_while_runs_want_the_cores_and_says_so(
    tmp_path: Path, crowd: Crowd, word: str
) -> None:
    """And begins when there is room."""

    async def story() -> None:
        machine = Machine(tmp_path)
        machine.crowd = crowd
        machine.may_end.set()
        job = machine.desk.order(workload())
        await until(lambda: word in job.detail)
        assert job.status is JobStatus.WAITING
        machine.crowd = Crowd(1, 0, 2)
        await reaches(job, JobStatus.DONE)
        assert "beside one run" in job.detail
        await machine.desk.close()

    run(story())


def test_it_gives_way_to_a_run_and_begins_again(tmp_path: Path) -> None:
    """A run never waits for a measurement."""

    async def story() -> None:
        machine = Machine(tmp_path)
        job = machine.desk.order(workload())
        await reaches(job, JobStatus.MEASURING)
        machine.crowd = Crowd(2, 0, 2)
        await reaches(job, JobStatus.WAITING)
        assert machine.num_cancelled == 1
        machine.crowd = FREE
        machine.may_end.set()
        await reaches(job, JobStatus.DONE)
        await machine.desk.close()

    run(story())


def test_runs_without_end_let_it_give_up(tmp_path: Path) -> None:
    """It does not begin for ever."""

    async def story() -> None:
        machine = Machine(tmp_path)
        job = machine.desk.order(workload())
        while job.status is not JobStatus.FAILED:
            machine.crowd = FREE
            await reaches(job, JobStatus.MEASURING)
            machine.crowd = Crowd(2, 0, 2)
            await reaches(job, JobStatus.WAITING, JobStatus.FAILED)
        assert "kept beginning" in job.detail
        await machine.desk.close()

    run(story())


def test_a_failure_is_told_in_its_own_words(tmp_path: Path) -> None:
    """And nothing is remembered of it."""

    async def story() -> None:
        failed = Failed("user_code_timeout", "Your step did not end.", "Look at line 3.", None, "")
        machine = Machine(tmp_path, failed)
        machine.may_end.set()
        job = machine.desk.order(workload())
        await reaches(job, JobStatus.FAILED)
        assert (job.detail, job.hint) == ("Your step did not end.", "Look at line 3.")
        assert job.result is None
        assert CalibrationBook(tmp_path).find(job.key) is None
        await machine.desk.close()

    run(story())


def test_cancelling_ends_the_worker_and_what_waits(tmp_path: Path) -> None:
    """What is over stays as it is."""

    async def story() -> None:
        machine = Machine(tmp_path)
        first, second = machine.desk.order(workload()), machine.desk.order(workload(num_envs=2))
        await reaches(first, JobStatus.MEASURING)
        machine.desk.cancel(second.id)
        machine.desk.cancel(first.id)
        assert {first.status, second.status} == {JobStatus.CANCELLED}
        await until(lambda: machine.num_cancelled > 0)
        third = machine.desk.order(workload())
        machine.may_end.set()
        await reaches(third, JobStatus.DONE)
        assert machine.desk.cancel(third.id).status is JobStatus.DONE
        assert len(machine.plans) == 2
        await machine.desk.close()

    run(story())


def test_the_queue_has_an_end(tmp_path: Path) -> None:
    """And unknown ids are named."""

    async def story() -> None:
        machine = Machine(tmp_path)
        for num_envs in range(1, MAX_WAITING + 1):
            machine.desk.order(workload(num_envs=num_envs))
        with pytest.raises(UnavailableError):
            machine.desk.order(workload(num_envs=200))
        with pytest.raises(CalibrationNotFoundError):
            machine.desk.get("0" * 12)
        await machine.desk.close()

    run(story())


def test_closing_ends_a_measurement(tmp_path: Path) -> None:
    """The server leaves at once."""

    async def story() -> None:
        machine = Machine(tmp_path)
        job = machine.desk.order(workload())
        await reaches(job, JobStatus.MEASURING)
        await machine.desk.close()
        assert machine.num_cancelled == 1

    run(story())
