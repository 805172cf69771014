"""A shim without a worker: writes a run of a million learner rows in seconds; see `stand_in`.

Rows are numbered, formatted and announced by the same parts as a real shim's, one row
per timestep of the run's budget, so the server indexes them on its ordinary path.
"""

import argparse
import asyncio
import math
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from gymlab.protocol.parts import LearnerRow
from gymlab.protocol.shim import Assign, Goodbye, Progress, RunState, ShimHello
from gymlab.protocol.version import PROTOCOL_VERSION
from gymlab.supervisor.process_identity import own_identity
from gymlab.supervisor.rows import RowNumberer
from gymlab.supervisor.run_folder import RunFolder
from gymlab.supervisor.server_link import ServerLink

ROWS_PER_WRITE = 2_000
SERIES = (
    "loss/policy",
    "loss/value",
    "policy/entropy",
    "value/explained_variance",
    "optim/learning_rate",
)


class GeneratingShim:
    """Writes one run and leaves."""

    def __init__(self, home: Path, assignment: Assign) -> None:
        """Claim the run's folder."""
        self._folder = RunFolder(Path(assignment.run_dir), attempt=assignment.attempt)
        self._assignment = assignment
        self._state = RunState(
            status="running",
            attempt=assignment.attempt,
            shim=own_identity(),
            started_at=time.time(),
        )
        self._connected = asyncio.Event()
        self._link = ServerLink(
            home, hello=self._hello, on_command=lambda _: None, on_lost=lambda: None
        )

    async def run(self) -> None:
        """Write every row, then say goodbye."""
        self._folder.write_spec(self._assignment.spec)
        linking = asyncio.create_task(self._link.run())
        await self._connected.wait()
        numberer = RowNumberer(attempt=self._assignment.attempt, seq=0, main_loss=None)
        total = int(self._assignment.spec["total_timesteps"])
        for first in range(0, total, ROWS_PER_WRITE):
            rows = _rows(first, min(first + ROWS_PER_WRITE, total))
            self._folder.metrics.append([numberer.learner(row) for row in rows])
            self._note(numberer)
            self._link.send(Progress(state=self._state))
            await asyncio.sleep(0)
        self._note(numberer, status="completed", finished_at=time.time())
        self._folder.write_state(self._state, durable=True)
        self._link.send(Goodbye(state=self._state))
        await self._link.flush(10.0)
        linking.cancel()
        self._folder.close()

    def _note(self, numberer: RowNumberer, **changes: object) -> None:
        self._state = msgspec.structs.replace(
            self._state,
            seq=numberer.seq,
            timestep=numberer.seq,
            metrics_bytes=self._folder.metrics.size_bytes,
            metrics=dict(numberer.latest),
            updated_at=time.time(),
            **changes,
        )

    def _hello(self) -> ShimHello:
        self._connected.set()
        return ShimHello(
            protocol_version=PROTOCOL_VERSION,
            identity=own_identity(),
            run_id=self._assignment.run_id,
            state=self._state,
        )


def _rows(first: int, end: int) -> Iterator[LearnerRow]:
    now = time.time()
    for timestep in range(first + 1, end + 1):
        wave = math.sin(timestep / 997.0)
        values = (wave, 1.0 + wave * wave, 0.69 - wave / 10, wave / 2, 1.0 / (1.0 + timestep))
        yield LearnerRow(
            timestep=timestep,
            timestamp=now,
            wall_time_s=timestep / 1000,
            gradient_steps=timestep,
            metrics=dict(zip(SERIES, values, strict=True)),
        )


def main() -> None:
    """Take the run that stands on stdin."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--assignment-on-stdin", action="store_true", required=True)
    parsed = parser.parse_args()
    assignment = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Assign)
    asyncio.run(_run(parsed.home, assignment))


async def _run(home: Path, assignment: Assign) -> None:
    await GeneratingShim(home, assignment).run()


if __name__ == "__main__":
    main()
