"""A server's end of the shim protocol, for tests that drive real shims and workers."""

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec

from gymlab.domain.ids import new_run_id
from gymlab.domain.runs import RunSpec
from gymlab.protocol.framing import encode, shim_reader
from gymlab.protocol.shim import (
    Assign,
    FromShim,
    Goodbye,
    Progress,
    RunState,
    ShimHello,
    ToShim,
    WorkerReady,
)
from gymlab.supervisor.launching import launch_shim
from gymlab.supervisor.process_identity import own_identity

PATIENCE_S = 45.0
"""Longest wait for anything; a test that runs into it has failed."""
POLL_S = 0.01
WARM_PATIENCE_S = 600.0
ALGORITHM = {"id": "random", "title": "Random actions", "main_loss": "loss/policy"}
MessageT = TypeVar("MessageT", bound=FromShim)


def assignment(
    home: Path,
    *,
    run_id: str | None = None,
    attempt: int = 1,
    limits: dict[str, Any] | None = None,
    total_timesteps: int = 400,
    checkpoint_every: int | None = None,
    seed: int = 7,
    env_id: str = "CartPole-v1",
    **hyperparameters: Any,
) -> Assign:
    """Return an assignment of a run with the fake runner."""
    run_id = run_id or new_run_id()
    spec = RunSpec(
        run_id=run_id,
        env_id=env_id,
        runner="fake",
        algorithm="random",
        hyperparameters=hyperparameters,
        total_timesteps=total_timesteps,
        seed=seed,
        checkpoint_every_timesteps=checkpoint_every,
    )
    return Assign(
        run_id=run_id,
        run_dir=str(home / "runs" / run_id),
        spec=spec.model_dump(mode="json"),
        attempt=attempt,
        algorithm=ALGORITHM,
        limits=limits or {},
    )


def next_attempt(before: Assign) -> Assign:
    """Return the assignment that resumes the same run."""
    return msgspec.structs.replace(before, attempt=before.attempt + 1)


class Connection:
    """One connection of one shim, with everything it said."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        """Begin with nothing said."""
        self._writer = writer
        self.messages: list[FromShim] = []
        self.run_ids: set[str] = set()
        self.is_closed = False

    @property
    def hello(self) -> ShimHello:
        """The first message."""
        first = self.messages[0]
        assert isinstance(first, ShimHello)
        return first

    @property
    def state(self) -> RunState | None:
        """The newest state."""
        for message in reversed(self.messages):
            if isinstance(message, Progress | Goodbye | ShimHello):
                return message.state
        return None

    def of(self, kind: type[MessageT]) -> list[MessageT]:
        """Return the messages of one kind."""
        return [message for message in self.messages if isinstance(message, kind)]

    def take(self, messages: Iterable[FromShim]) -> None:
        """Remember what was said."""
        for message in messages:
            self.messages.append(message)
            if isinstance(message, ShimHello) and message.run_id is not None:
                self.run_ids.add(message.run_id)

    def send(self, message: ToShim) -> None:
        """Send a command."""
        if isinstance(message, Assign):
            self.run_ids.add(message.run_id)
        self._writer.write(encode(message))

    def send_bytes(self, content: bytes) -> None:
        """Send anything at all."""
        self._writer.write(content)

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


class ShimServer:
    """Listens like the server, answers nothing by itself, and remembers."""

    def __init__(self, home: Path, *, num_warm: int = 0, only_runner: str | None = None) -> None:
        """Prepare; `async with` listens.

        Args:
            home: Data folder.
            num_warm: Shims that wait with a warm worker, for `assign`.
            only_runner: The only backend that those workers import.
        """
        self.home = home
        self._num_warm = num_warm
        self._only_runner = only_runner
        self.connections: list[Connection] = []
        self.shims: list[subprocess.Popen[bytes]] = []
        self._server: asyncio.Server | None = None
        self._num_idle = 0

    async def __aenter__(self) -> Self:
        """Listen."""
        await self.appear()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Vanish, and end every shim that is left."""
        self.vanish()
        for shim in self.shims:
            if shim.poll() is None:
                shim.kill()
            shim.wait(PATIENCE_S)

    async def appear(self) -> None:
        """Listen and say so in `server.json`."""
        path = self.home / f"server-{time.monotonic_ns()}.sock"
        self._server = await asyncio.start_unix_server(self._serve, path)
        identity = own_identity()
        document = {
            "pid": identity.pid,
            "start_time": identity.start_time,
            "boot_id": identity.boot_id,
            "socket": str(path),
        }
        temporary = self.home / ".server.json"
        temporary.write_text(json.dumps(document))
        temporary.replace(self.home / "server.json")

    def vanish(self) -> None:
        """Stop listening and drop every connection, as a killed server does."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in self.connections:
            connection.close()

    def launch(self, assigned: Assign | None = None) -> subprocess.Popen[bytes]:
        """Start a shim."""
        shim = launch_shim(home=self.home, assignment=assigned, only_runner=self._only_runner)
        self.shims.append(shim)
        return shim

    async def assign(self, assigned: Assign) -> subprocess.Popen[bytes]:
        """Give a run to a shim whose worker waits ready, and start the next one meanwhile.

        What takes seconds, starting a worker, so happens while the run before trains. Without
        warm shims one is started for the run.
        """
        if self._num_warm == 0:
            return self.launch(assigned)
        while self._num_idle < self._num_warm:
            self.launch()
            self._num_idle += 1
        await self.until(lambda: self._idle() is not None, WARM_PATIENCE_S)
        connection = self._idle()
        assert connection is not None
        connection.send(assigned)
        self.launch()
        pid = connection.hello.identity.pid
        return next(shim for shim in self.shims if shim.pid == pid)

    def _idle(self) -> Connection | None:
        """Return the connection of a shim that waits for a run with a ready worker."""
        waiting = [c for c in self.connections if c.messages and not c.run_ids and not c.is_closed]
        ready = [c for c in waiting if c.of(WorkerReady) or c.hello.versions]
        return (ready or [None])[0]

    def of_run(self, run_id: str) -> list[Connection]:
        """Return the connections of a run's shims, oldest first."""
        return [c for c in self.connections if run_id in c.run_ids]

    def state_of(self, run_id: str) -> RunState | None:
        """Return the newest state that was heard of a run."""
        states = [c.state for c in self.of_run(run_id) if c.state is not None]
        return states[-1] if states else None

    def is_at(self, run_id: str, *statuses: str) -> bool:
        """Tell whether a run's newest state is one of these."""
        state = self.state_of(run_id)
        return state is not None and state.status in statuses

    async def until(self, condition: Callable[[], bool], timeout_s: float = PATIENCE_S) -> None:
        """Wait for something; fails when it does not come."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain: {self._story()}"
            await asyncio.sleep(POLL_S)

    async def finished(self, assigned: Assign, status: str) -> RunState:
        """Wait for the end of a run's attempt; return its last state."""
        run_id, attempt = assigned.run_id, assigned.attempt

        def is_over() -> bool:
            state = self.state_of(run_id)
            ended = any(
                goodbye.state.attempt == attempt
                for connection in self.of_run(run_id)
                for goodbye in connection.of(Goodbye)
            )
            return ended and state is not None and state.attempt == attempt

        await self.until(is_over)
        state = self.state_of(run_id)
        assert state is not None
        assert state.status == status, f"{state.status}: {state.status_reason} {self._story()}"
        return state

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(writer)
        self.connections.append(connection)
        messages = shim_reader()
        try:
            while chunk := await reader.read(256 * 1024):
                connection.take(messages.feed(chunk))
        except (ConnectionError, asyncio.CancelledError):
            return  # hung up, or the test is over
        finally:
            connection.is_closed = True
            writer.close()

    def _story(self) -> str:
        log = self.home / "logs" / "shims.log"
        states = [
            (c.state.status, c.state.status_reason, c.state.timestep)
            for c in self.connections
            if c.messages and c.state is not None
        ]
        return f"{states} {log.read_text()[-3000:] if log.exists() else ''}"


def rows_of(home: Path, run_id: str) -> list[dict[str, Any]]:
    """Return every line of a run's metrics file, markers included."""
    return lines_of(home / "runs" / run_id / "metrics.jsonl")


def events_of(home: Path, run_id: str) -> list[dict[str, Any]]:
    """Return a run's events, oldest first."""
    return lines_of(home / "runs" / run_id / "events.jsonl")


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON-lines file."""
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def visible_rows(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows that count after every rewind."""
    rows: list[dict[str, Any]] = []
    for line in lines:
        if "rewind_to_seq" in line:
            rows = [row for row in rows if row["seq"] <= line["rewind_to_seq"]]
        else:
            rows.append(line)
    return rows


def assert_gapless(rows: list[dict[str, Any]]) -> None:
    """Check that rows count 1, 2, 3 and so on, and that no episode is there twice or missing."""
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    episodes = [row["episode"] for row in rows if row["kind"] == "episode"]
    assert episodes == list(range(1, len(episodes) + 1))


def is_running(pid: int) -> bool:
    """Tell whether a process lives and is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except OSError:
        return False
    return state != b"Z"


def send_signal(pid: int, number: signal.Signals) -> None:
    """Send a signal to one process that the test started."""
    os.kill(pid, number)
