"""A run whose folder cannot be written stands still, says so, loses nothing and goes on by itself."""

import asyncio
import errno
import json
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from gymlab.domain.runs import RunSpec
from gymlab.protocol.parts import EpisodeRow, LearnerRow, Member
from gymlab.protocol.shim import Assign, FromShim
from gymlab.protocol.worker import (
    Checkpoint,
    Episodes,
    Finished,
    FromWorker,
    Learner,
    Pause,
    Paused,
    Started,
    Stop,
    ToWorker,
    Unpause,
    Unpaused,
)
from gymlab.supervisor.checkpoint_store import CheckpointStore, is_sound
from gymlab.supervisor.process_identity import own_identity
from gymlab.supervisor.recorder import RunRecorder
from gymlab.supervisor.resuming import Beginning
from gymlab.supervisor.run_folder import RunFolder, read_state
from gymlab.supervisor.session import RunSession
from tests.unit.supervisor.conftest import FailingDisk

PATIENCE_S = 20.0


class ObedientWorker:
    """Does what it is told at once."""

    def __init__(self) -> None:
        """Begin without a session to talk to."""
        self.pid = os.getpid()
        self.said: list[ToWorker] = []
        self.is_listened_to = True
        self.session: RunSession | None = None

    def send(self, message: ToWorker, descriptors: Sequence[int] = ()) -> None:  # noqa: ARG002 - the real one passes them on
        """Obey."""
        self.said.append(message)
        answer: FromWorker | None = None
        if isinstance(message, Pause):
            answer = Paused()
        elif isinstance(message, Unpause):
            answer = Unpaused()
        elif isinstance(message, Stop):
            answer = Finished("stopped", 0, 0, 0.0)
        if answer is not None and self.session is not None:
            asyncio.get_running_loop().call_soon(self.session.worker_said, answer)
        if isinstance(message, Stop):
            self.end()

    def listen(self, *, on: bool) -> None:
        """Note whether anybody reads."""
        self.is_listened_to = on

    def kill(self) -> None:
        """End."""
        self.end()

    def end(self) -> None:
        """Be gone."""
        if self.session is not None:
            asyncio.get_running_loop().call_soon(self.session.worker_ended, 0)


class Deaf:
    """A link without a server."""

    def send_if_room(self, message: FromShim) -> None:
        """Say it to nobody."""


class Lab:
    """A session with a folder, an obedient worker and rows that are numbered by their timestep."""

    def __init__(self, home: Path) -> None:
        """Make the session."""
        spec = RunSpec(
            run_id="0123456789ab",
            env_id="CartPole-v1",
            runner="fake",
            algorithm="random",
            hyperparameters={},
            total_timesteps=1000,
            seed=1,
        )
        self.path = home / "runs" / spec.run_id
        assignment = Assign(
            run_id=spec.run_id,
            run_dir=str(self.path),
            spec=spec.model_dump(mode="json"),
            attempt=1,
            algorithm={"id": "random", "title": "Random", "main_loss": None},
            limits={"waiting_bytes": 10_000},
        )
        self.recorder = RunRecorder(RunFolder(self.path, attempt=1), assignment, rewind_to_seq=0)
        self.worker = ObedientWorker()
        self.session = RunSession(
            assignment,
            worker=self.worker,
            link=Deaf(),
            shim=own_identity(),
            recorder=self.recorder,
            beginning=Beginning(None),
        )
        self.worker.session = self.session
        self.num_rows = 0

    def begin(self) -> None:
        """Start training."""
        self.session.begin()
        self.session.worker_said(Started(0))

    def rows(self, count: int) -> None:
        """Finish episodes, and one update."""
        rows = [_episode(self.num_rows + n + 1) for n in range(count)]
        self.num_rows += count
        self.session.worker_said(Episodes(rows))

    def learner(self) -> None:
        """Report an update."""
        self.num_rows += 1
        row = LearnerRow(self.num_rows, 0.0, 0.0, 1, {"loss/policy": 0.5}, {}, [])
        self.session.worker_said(Learner(row))

    def checkpoint(self, timestep: int) -> None:
        """Save a checkpoint."""
        members = [Member(name="policy.safetensors", size=7, content=b"weights")]
        self.session.worker_said(Checkpoint(timestep, 1, 1, 1.0, None, members))

    def complete(self) -> None:
        """Spend the budget."""
        self.session.worker_said(Finished("completed", 1000, self.num_rows, 1.0))
        self.worker.end()

    def stored(self) -> list[int]:
        """Return the numbers of the rows in the file."""
        lines = (self.path / "metrics.jsonl").read_bytes().splitlines()
        return [json.loads(line)["seq"] for line in lines]

    def events(self) -> list[str]:
        """Return what the event log says."""
        lines = (self.path / "events.jsonl").read_bytes().splitlines()
        assert [json.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1))
        return [json.loads(line)["message"] for line in lines]

    @property
    def status(self) -> str:
        """Where the run is."""
        return self.session.state.status

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, self.session.state
            await asyncio.sleep(0.01)


def _episode(number: int) -> EpisodeRow:
    return EpisodeRow(number, 0.0, 0.0, number, 0, 1.0, 1, True, False)


def play(home: Path, scenario: Callable[[Lab], Awaitable[None]]) -> None:
    """Run a session beside a scenario."""

    async def run() -> None:
        lab = Lab(home)
        serving = asyncio.create_task(lab.session.run())
        lab.begin()
        await scenario(lab)
        await asyncio.wait_for(serving, PATIENCE_S)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("number", "takes_bytes"),
    [(errno.ENOSPC, 0), (errno.EIO, 0), (errno.ENOSPC, 40), (errno.EIO, 1)],
    ids=["full", "failing", "short", "short then failing"],
)
def test_a_run_waits_for_its_disk_and_goes_on(
    tmp_path: Path, disk: FailingDisk, number: int, takes_bytes: int
) -> None:
    """Paused with the reason, every row there in order, and running again without anybody."""

    async def scenario(lab: Lab) -> None:
        lab.rows(3)
        disk.fails_with, disk.takes_bytes = number, takes_bytes
        lab.rows(5)
        lab.learner()
        await lab.until(lambda: lab.status == "paused")
        reason = lab.session.state.status_reason or ""
        assert os.strerror(number) in reason
        assert "by itself" in reason
        lab.rows(2)
        assert lab.stored() == [1, 2, 3]

        disk.heal()
        await lab.until(lambda: lab.status == "running")
        assert lab.session.state.status_reason is None
        assert lab.stored() == list(range(1, 12))
        lab.rows(1)
        lab.complete()

    play(tmp_path, scenario)
    state = read_state(tmp_path / "runs" / "0123456789ab")
    assert state is not None
    assert (state.status, state.seq) == ("completed", 12)


def test_the_event_log_tells_the_story(tmp_path: Path, disk: FailingDisk) -> None:
    """What could not be written while it happened stands there afterwards, in order."""

    async def scenario(lab: Lab) -> None:
        disk.fails_with = errno.ENOSPC
        lab.rows(1)
        await lab.until(lambda: lab.status == "paused")
        disk.heal()
        await lab.until(lambda: lab.status == "running")
        lab.complete()
        await lab.until(lambda: lab.status == "completed")
        told = [text for text in lab.events() if "disk" in text or "folder" in text]
        assert "cannot be written (No space left on device)" in told[0]
        assert told[1] == "Training paused: the disk is full or failing"
        assert "nothing was lost" in told[2]

    play(tmp_path, scenario)


def test_a_checkpoint_waits_as_well_and_the_older_one_stays(
    tmp_path: Path, disk: FailingDisk
) -> None:
    """It is stored when there is room, without being asked for again."""

    async def scenario(lab: Lab) -> None:
        store = CheckpointStore(lab.path)
        lab.rows(1)
        lab.checkpoint(100)
        await lab.until(lambda: len(store.all()) == 1)
        disk.fails_to_sync = True
        lab.rows(1)
        lab.checkpoint(200)
        await lab.until(lambda: lab.status == "paused")
        (old,) = store.all()
        assert old.manifest.timestep == 100
        assert is_sound(old)
        disk.heal()
        await lab.until(lambda: lab.status == "running")
        assert [c.manifest.timestep for c in store.all()] == [100, 200]
        assert all(is_sound(c) for c in store.all())
        assert store.all()[-1].manifest.seq == 2
        lab.complete()

    play(tmp_path, scenario)


def test_a_run_that_somebody_paused_stays_paused(tmp_path: Path, disk: FailingDisk) -> None:
    """Room on the disk is no reason to train on."""

    async def scenario(lab: Lab) -> None:
        disk.fails_with = errno.ENOSPC
        lab.rows(1)
        await lab.until(lambda: lab.status == "paused")
        lab.session.command(Pause())
        disk.heal()
        await lab.until(lambda: lab.session.state.status_reason is None)
        assert not any(isinstance(message, Unpause) for message in lab.worker.said)
        assert lab.status == "paused"
        lab.session.command(Unpause())
        await lab.until(lambda: lab.status == "running")
        lab.complete()

    play(tmp_path, scenario)


def test_nobody_resumes_a_run_on_a_full_disk(tmp_path: Path, disk: FailingDisk) -> None:
    """The wish is kept until there is room."""

    async def scenario(lab: Lab) -> None:
        lab.session.command(Pause())
        await lab.until(lambda: lab.status == "paused")
        disk.fails_with = errno.ENOSPC
        lab.rows(1)
        lab.session.command(Unpause())
        assert not any(isinstance(message, Unpause) for message in lab.worker.said)
        disk.heal()
        await lab.until(lambda: lab.status == "running")
        lab.complete()

    play(tmp_path, scenario)


def test_a_run_that_ends_meanwhile_waits_with_its_results(
    tmp_path: Path, disk: FailingDisk
) -> None:
    """The last rows, the last checkpoint and the end are written when there is room."""

    async def scenario(lab: Lab) -> None:
        disk.fails_with = errno.ENOSPC
        lab.rows(4)
        lab.checkpoint(1000)
        lab.complete()
        await lab.until(lambda: "cannot be written" in (lab.session.state.status_reason or ""))
        await asyncio.sleep(0)
        assert lab.status != "completed"
        disk.heal()
        await lab.until(lambda: lab.status == "completed")
        assert lab.stored() == [1, 2, 3, 4]
        assert [c.manifest.timestep for c in CheckpointStore(lab.path).all()] == [1000]

    play(tmp_path, scenario)


def test_a_stop_ends_the_waiting(tmp_path: Path, disk: FailingDisk) -> None:
    """Somebody who does not want to wait is told what is missing."""

    async def scenario(lab: Lab) -> None:
        lab.rows(1)
        disk.fails_with = errno.ENOSPC
        lab.rows(4)
        lab.checkpoint(500)
        await lab.until(lambda: lab.status == "paused")
        lab.session.command(Stop())
        await lab.until(lambda: lab.status == "stopped")
        assert "could not be written" in (lab.session.state.status_reason or "")
        assert lab.stored() == [1]

    play(tmp_path, scenario)


def test_a_worker_that_floods_a_full_disk_is_not_read(
    tmp_path: Path, disk: FailingDisk
) -> None:
    """Memory stays bounded: what the shim does not read waits in the worker, which then waits too."""

    async def scenario(lab: Lab) -> None:
        disk.fails_with = errno.ENOSPC
        lab.rows(1_000)
        await lab.until(lambda: not lab.worker.is_listened_to)
        disk.heal()
        await lab.until(lambda: lab.worker.is_listened_to and lab.status == "running")
        assert lab.stored() == list(range(1, 1_001))
        lab.complete()

    play(tmp_path, scenario)
