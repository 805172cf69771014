"""Which shims are connected, and the idle ones kept ready."""

import asyncio
import logging
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from gymlab.protocol.shim import Assign, Exit, ToShim
from gymlab.server.orchestration.shim_link import ShimConnection
from gymlab.supervisor.launching import launch_shim
from gymlab.supervisor.sandbox.accelerators import asks_for_cuda

LOGGER = logging.getLogger(__name__)
IDLE_START_PATIENCE_S = 60.0
RETRY_AFTER_S = 30.0


@dataclass(slots=True)
class Launch:
    """A shim that was started and has not connected yet."""

    process: subprocess.Popen[bytes]
    started_at: float = field(default_factory=time.monotonic)


class Shims:
    """Connections by run, idle ones, and processes under way. Lives on the event loop."""

    def __init__(self, home: Path, *, num_warm: int) -> None:
        """Keep `num_warm` idle shims, once asked to."""
        self._home = home
        self._num_warm = num_warm
        self._by_run: dict[str, list[ShimConnection]] = {}
        self._idle: list[ShimConnection] = []
        self._idle_launches: list[Launch] = []
        self._run_launches: dict[str, Launch] = {}
        self._children: list[subprocess.Popen[bytes]] = []
        self._retry_at = 0.0
        self._is_closing = False

    # ---- connections ----------------------------------------------------------------------

    def add(self, connection: ShimConnection) -> None:
        """Note a shim that introduced itself."""
        if connection.run_id is not None:
            self._by_run.setdefault(connection.run_id, []).append(connection)
            return
        self._idle.append(connection)
        pid = connection.identity.pid
        self._idle_launches = [
            launch for launch in self._idle_launches if launch.process.pid != pid
        ]
        if self._is_closing:
            connection.send(Exit())

    def remove(self, connection: ShimConnection) -> None:
        """Forget a shim that is gone."""
        if connection in self._idle:
            self._idle.remove(connection)
        if connection.run_id is not None:
            others = self._by_run.get(connection.run_id, [])
            if connection in others:
                others.remove(connection)
            if not others:
                self._by_run.pop(connection.run_id, None)

    def of_run(self, run_id: str) -> ShimConnection | None:
        """Return the connection of a run's shim: of several, the one that records."""
        connections = self._by_run.get(run_id, [])
        recording = [item for item in connections if item.state is not None]
        return (recording or connections or [None])[-1]

    def send(self, run_id: str, message: ToShim) -> bool:
        """Send a command to a run's shim; tell whether it is connected."""
        connection = self.of_run(run_id)
        return connection is not None and connection.send(message)

    @property
    def num_runs(self) -> int:
        """Runs that have a process."""
        return len(self._by_run.keys() | self._run_launches.keys())

    # ---- handing out ----------------------------------------------------------------------

    async def assign(self, assignment: Assign) -> None:
        """Give a run to an idle shim, or start one for it.

        Idle workers were started without a GPU, which only a run that asks for one is shown.
        """
        self._idle.sort(key=lambda connection: connection.is_ready, reverse=True)
        while self._idle and not asks_for_cuda(assignment.spec):
            connection = self._idle.pop(0)
            if connection.send(assignment):
                connection.run_id = assignment.run_id
                self._by_run.setdefault(assignment.run_id, []).append(connection)
                return
        process = await asyncio.to_thread(launch_shim, home=self._home, assignment=assignment)
        self._children.append(process)
        self._run_launches[assignment.run_id] = Launch(process)

    def is_launching(self, run_id: str) -> bool:
        """Tell whether a process that was started for the run still lives."""
        launch = self._run_launches.get(run_id)
        if launch is None:
            return False
        if launch.process.poll() is None:
            return True
        del self._run_launches[run_id]
        return False

    # ---- the warm pool ---------------------------------------------------------------------

    async def refill(self) -> None:
        """Start idle shims until there are as many as wanted."""
        now = time.monotonic()
        self._idle_launches = [
            launch for launch in self._idle_launches if self._still_hoped_for(launch, now)
        ]
        missing = self._num_warm - len(self._idle) - len(self._idle_launches)
        if self._is_closing or now < self._retry_at:
            return
        for _ in range(missing):
            process = await asyncio.to_thread(launch_shim, home=self._home)
            self._children.append(process)
            self._idle_launches.append(Launch(process))

    def _still_hoped_for(self, launch: Launch, now: float) -> bool:
        if launch.process.poll() is not None:
            LOGGER.warning("an idle shim ended with %s", launch.process.returncode)
            self._retry_at = now + RETRY_AFTER_S
            return False
        return now - launch.started_at < IDLE_START_PATIENCE_S

    def reap(self) -> None:
        """Collect the exit status of shims of ours that have ended."""
        self._children = [process for process in self._children if process.poll() is None]
        for run_id in list(self._run_launches):
            self.is_launching(run_id)

    def close(self) -> None:
        """Send idle shims home."""
        self._is_closing = True
        for connection in self._idle:
            connection.send(Exit())
