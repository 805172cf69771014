"""The process that plays checkpoints of a run that has ended, while somebody watches.

`python -m gymlab.supervisor.stage --home H` takes the run that stands on stdin. It only reads the
run's folder, and ends by itself a little after the last viewer left.
"""

import argparse
import asyncio
import logging
import sys
import time
from pathlib import Path

import msgspec

from gymlab.protocol.shim import (
    AssignStage,
    Deploy,
    Deployed,
    Exit,
    FrameNotice,
    FrameRelay,
    ShimHello,
    ToShim,
)
from gymlab.protocol.version import PROTOCOL_VERSION
from gymlab.protocol.worker import Artifact, ToWorker, Watch
from gymlab.supervisor.blobs import BlobTable
from gymlab.supervisor.detached import prepare_detached, run_detached
from gymlab.supervisor.process_identity import own_identity
from gymlab.supervisor.server_link import ServerLink
from gymlab.supervisor.showcase import LINGER_S, Showcase

LOOK_EVERY_S = 0.5
LOGGER = logging.getLogger(__name__)


class Stage:
    """Hosts the showcase of one run."""

    def __init__(self, home: Path, assignment: AssignStage) -> None:
        """Prepare; nothing plays until somebody watches."""
        self._assignment = assignment
        self._identity = own_identity()
        self._idle_since = time.monotonic()
        self._over = asyncio.Event()
        self._is_watched = False
        self._showcase = Showcase(
            Path(assignment.run_dir),
            assignment.spec,
            say=self._say,
            trainer=_no_trainer,
            keep=_keep_nothing,
        )
        self._showcase.deploy(assignment.timestep)
        self._link = ServerLink(
            home, hello=self._hello, on_command=self._command, on_lost=self._server_lost
        )

    async def run(self) -> None:
        """Play until nobody watches any more."""
        linking = asyncio.create_task(self._link.run())
        while not self._over.is_set() and not self._is_forgotten():
            try:
                await asyncio.wait_for(self._over.wait(), LOOK_EVERY_S)
            except TimeoutError:
                continue
        linking.cancel()
        self._showcase.close()

    def _is_forgotten(self) -> bool:
        if not self._showcase.is_idle:
            self._idle_since = time.monotonic()
        return time.monotonic() - self._idle_since > LINGER_S

    def _hello(self) -> ShimHello:
        return ShimHello(
            protocol_version=PROTOCOL_VERSION,
            identity=self._identity,
            run_id=self._assignment.run_id,
            is_stage=True,
        )

    def _command(self, message: ToShim) -> None:
        match message:
            case Watch() if message.source == "showcase":
                self._watch(message)
            case Deploy():
                self._showcase.deploy(message.timestep)
            case Exit():
                self._over.set()
            case _:
                LOGGER.info("ignored %s", type(message).__name__)

    def _server_lost(self) -> None:
        # Viewers are gone with their server; a new one says anew what is watched.
        if self._is_watched:
            self._watch(Watch(source="showcase", fps=0))

    def _watch(self, message: Watch) -> None:
        self._is_watched = message.fps > 0
        self._showcase.watch(message)

    def _say(self, message: FrameRelay | FrameNotice | Deployed) -> None:
        self._link.send_if_room(message)


def _no_trainer(_message: ToWorker) -> None:
    """The run has ended: there is nobody to ask for a newer policy."""


def _keep_nothing(message: Artifact, blobs: BlobTable) -> None:
    """Nothing is written to the folder of a run that has ended."""
    blobs.discard([message.member])


def main() -> None:
    """Run the stage."""
    parser = argparse.ArgumentParser(prog="gymlab-stage")
    parser.add_argument("--home", type=Path, required=True)
    arguments = parser.parse_args()
    prepare_detached("stage")
    assignment = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=AssignStage)
    run_detached(_run(arguments.home, assignment), of=f"the stage of run {assignment.run_id}")


async def _run(home: Path, assignment: AssignStage) -> None:
    await Stage(home, assignment).run()


if __name__ == "__main__":
    main()
