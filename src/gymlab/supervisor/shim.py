"""The detached process that outlives the server: starts a worker, records its run.

`python -m gymlab.supervisor.shim --home H` waits, with a warm worker, for a run;
with `--assignment-on-stdin` it takes the run that stands there.
"""

import argparse
import asyncio
import logging
import sys
import time
from pathlib import Path

import msgspec

from gymlab.domain.runs import RunSpec
from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.parts import FrameSource
from gymlab.protocol.shim import Assign, Exit, Goodbye, ShimHello, ToShim, WorkerReady
from gymlab.protocol.version import PROTOCOL_VERSION
from gymlab.protocol.worker import FromWorker, Ready, Watch
from gymlab.supervisor.detached import prepare_detached, run_detached
from gymlab.supervisor.process_identity import own_identity
from gymlab.supervisor.recorder import RunRecorder
from gymlab.supervisor.resuming import find_beginning
from gymlab.supervisor.run_folder import ClaimError, RunFolder
from gymlab.supervisor.sandbox.accelerators import accelerator_of
from gymlab.supervisor.server_link import ServerLink
from gymlab.supervisor.session import RunSession
from gymlab.supervisor.worker_process import WorkerProcess

GOODBYE_PATIENCE_S = 2.0
LONELY_PATIENCE_S = 10.0
"""How long an idle shim looks for the server that started it."""
LOGGER = logging.getLogger(__name__)


class Shim:
    """An idle shim, and then the shim of one run."""

    def __init__(
        self, home: Path, assignment: Assign | None, *, only_runner: str | None = None
    ) -> None:
        """Prepare for a run, or for waiting for one.

        Args:
            home: Data folder.
            assignment: The run to take at once; None waits for one with a warm worker.
            only_runner: The only backend that the waiting worker imports; None imports all.
        """
        self._home = home
        self._assignment = assignment
        self._identity = own_identity()
        self._worker_is_ready = False
        self._versions: dict[str, str] = {}
        self._session: RunSession | None = None
        self._assigned = asyncio.Event()
        self._early: list[ToShim] = []
        self._watched: set[FrameSource] = set()
        self._is_unwanted = False
        self._was_connected = False
        self._leave_at = time.monotonic() + LONELY_PATIENCE_S
        self._link = ServerLink(
            home, hello=self._hello, on_command=self._command, on_lost=self._server_lost
        )
        runner = str(assignment.spec["runner"]) if assignment is not None else only_runner
        accelerator = accelerator_of(assignment.spec) if assignment is not None else None
        self._worker = WorkerProcess("worker", runner=runner, accelerator=accelerator)
        if assignment is not None:
            self._assigned.set()

    async def run(self) -> None:
        """Live until the run is over or nobody needs an idle shim."""
        self._worker.attach(self)
        linking = asyncio.create_task(self._link.run())
        await self._assigned.wait()
        if self._assignment is not None and not self._is_unwanted:
            await self._serve(self._assignment)
        linking.cancel()
        self._worker.close()

    async def _serve(self, assignment: Assign) -> None:
        folder_path = Path(assignment.run_dir)
        try:
            folder = RunFolder(folder_path, attempt=assignment.attempt)
        except ClaimError as error:
            LOGGER.warning("%s", error)
            return
        folder.write_spec(assignment.spec)
        # In a thread: hashing a large checkpoint must not keep the server waiting for a hello.
        beginning = await asyncio.to_thread(
            find_beginning,
            folder_path,
            attempt=assignment.attempt,
            start_from=RunSpec.model_validate(assignment.spec).start_from,
        )
        recorder = RunRecorder(folder, assignment, rewind_to_seq=beginning.rewind_to_seq)
        summary = beginning.row_summary()
        if summary is not None:
            recorder.continue_from(summary)
        session = RunSession(
            assignment,
            worker=self._worker,
            link=self._link,
            shim=self._identity,
            recorder=recorder,
            beginning=beginning,
        )
        self._session = session
        self._worker.attach(session)
        if self._worker_is_ready:
            session.begin()
        for message in self._early:
            session.command(message)
        await session.run()
        if self._link.send(Goodbye(state=session.state)):
            await self._link.flush(GOODBYE_PATIENCE_S)

    # ---- the server -----------------------------------------------------------------------

    def _hello(self) -> ShimHello:
        self._was_connected = True
        run_id = self._assignment.run_id if self._assignment is not None else None
        return ShimHello(
            protocol_version=PROTOCOL_VERSION,
            identity=self._identity,
            run_id=run_id,
            state=self._session.state if self._session is not None else None,
            versions=self._versions,
        )

    def _command(self, message: ToShim) -> None:
        match message:
            case Assign() if self._assignment is None:
                self._assignment = message
                self._assigned.set()
            case Exit() if self._assignment is None:
                self._leave()
            case Assign() | Exit():
                LOGGER.warning("ignored %s: a run is under way", type(message).__name__)
            case _:
                self._note_watch(message)
                self._pass_on(message)

    def _pass_on(self, message: ToShim) -> None:
        if self._session is not None:
            self._session.command(message)
        else:
            self._early.append(message)

    def _note_watch(self, message: ToShim) -> None:
        if isinstance(message, Watch) and message.fps > 0:
            self._watched.add(message.source)
        elif isinstance(message, Watch):
            self._watched.discard(message.source)

    def _server_lost(self) -> None:
        is_patient = not self._was_connected and time.monotonic() < self._leave_at
        if self._assignment is None and not is_patient:
            self._leave()
        # Viewers are gone with their server; a new one says anew what is watched.
        for source in self._watched:
            self._pass_on(Watch(source=source, fps=0))
        self._watched.clear()

    def _leave(self) -> None:
        self._is_unwanted = True
        self._assigned.set()

    # ---- the worker, while idle -----------------------------------------------------------

    def worker_said(self, message: FromWorker) -> None:
        """Note that the imports are done."""
        if isinstance(message, Ready):
            self._worker_is_ready = True
            self._versions = message.versions
            self._link.send(WorkerReady(versions=message.versions))

    def worker_printed(self, chunk: bytes) -> None:
        """Warnings of imports belong to no run."""
        sys.stderr.buffer.write(chunk)
        sys.stderr.flush()

    def worker_misbehaved(self, error: ProtocolError) -> None:
        """An idle worker that talks nonsense is of no use."""
        LOGGER.error("idle worker: %s", error)
        self._leave()

    def worker_ended(self, returncode: int) -> None:
        """An idle worker that ends takes its shim along."""
        LOGGER.error("idle worker ended with %s", returncode)
        self._leave()


def main() -> None:
    """Run the shim."""
    parser = argparse.ArgumentParser(prog="gymlab-shim")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--assignment-on-stdin", action="store_true")
    parser.add_argument("--only-runner")
    arguments = parser.parse_args()
    prepare_detached("shim")
    assignment = None
    if arguments.assignment_on_stdin:
        assignment = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Assign)
    run_id = assignment.run_id if assignment is not None else None
    only_runner: str | None = arguments.only_runner
    run_detached(_run(arguments.home, assignment, only_runner), of=f"run {run_id}")


async def _run(home: Path, assignment: Assign | None, only_runner: str | None) -> None:
    await Shim(home, assignment, only_runner=only_runner).run()


if __name__ == "__main__":
    main()
