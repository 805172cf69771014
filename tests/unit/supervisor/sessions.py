"""A run's session with a worker that obeys, for tests of what the session does with its files."""

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from gymlab.domain.runs import RunSpec
from gymlab.protocol.parts import EpisodeRow, LearnerRow, Member
from gymlab.protocol.shim import Assign, FromShim, Progress
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
from gymlab.supervisor.marker_page import MarkerPage
from gymlab.supervisor.process_identity import own_identity
from gymlab.supervisor.recorder import RunRecorder
from gymlab.supervisor.resuming import Beginning
from gymlab.supervisor.run_folder import RunFolder
from gymlab.supervisor.session import RunSession
from gymlab.supervisor.watchdog import Watchdog

PATIENCE_S = 20.0


class ObedientWorker:
    """Does what it is told at once."""

    def __init__(self) -> None:
        """Begin without a session to talk to."""
        self.pid = os.getpid()
        self.marker = MarkerPage()
        self.last_printed = b""
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

    def watchdog(
        self,
        *,
        memory_limit_bytes: int,
        timestep: Callable[[], int],
        has_user_code: bool,
        lent_bytes: Callable[[], int],
    ) -> Watchdog:
        """Return what finds nothing: this process is far below the limit."""
        return Watchdog(
            lambda: self.pid,
            memory_limit_bytes=memory_limit_bytes,
            timestep=timestep,
            has_user_code=has_user_code,
            lent_bytes=lent_bytes,
        )

    def limit_memory(self, limit_bytes: int) -> None:
        """Stay as large as it is: it is the process of the tests."""

    def was_ended_for_memory(self) -> bool:
        """Tell that it was not."""
        return False

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


class CountingLink:
    """A server that only counts."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self.num_reports = 0

    def send_if_room(self, message: FromShim) -> None:
        """Count reports of progress."""
        self.num_reports += isinstance(message, Progress)


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
        self.link = CountingLink()
        self.session = RunSession(
            assignment,
            worker=self.worker,
            link=self.link,
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
