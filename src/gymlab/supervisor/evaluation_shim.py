"""The detached process of one evaluation: starts its worker and outlives the server.

`python -m gymlab.supervisor.evaluation_shim --home H` takes the evaluation that stands on stdin.
"""

import argparse
import asyncio
import contextlib
import logging
import sys
import time
from pathlib import Path

import msgspec

from gymlab.domain.evaluations import EvaluationSpec, EvaluationStatus
from gymlab.errors import LabError
from gymlab.protocol.evaluation import AssignEvaluation
from gymlab.protocol.shim import EvaluationProgress, EvaluationState, ShimHello, ToShim
from gymlab.protocol.version import PROTOCOL_VERSION
from gymlab.protocol.worker import Stop, Watch
from gymlab.supervisor.checkpoint_choice import open_checkpoint
from gymlab.supervisor.detached import prepare_detached, run_detached
from gymlab.supervisor.evaluation_folder import EvaluationClaimError, EvaluationFolder
from gymlab.supervisor.evaluation_session import EvaluationSession, disk_failure
from gymlab.supervisor.evaluation_videos import delete_older_videos
from gymlab.supervisor.process_identity import own_identity
from gymlab.supervisor.server_link import ServerLink
from gymlab.supervisor.worker_process import WorkerProcess

GOODBYE_PATIENCE_S = 2.0
NICENESS = 5
"""Training goes first."""
LOGGER = logging.getLogger(__name__)


class EvaluationShim:
    """The shim of one evaluation."""

    def __init__(self, home: Path, assignment: AssignEvaluation) -> None:
        """Prepare."""
        self._assignment = assignment
        self._identity = own_identity()
        self._run_folder = Path(assignment.run_dir)
        self._folder = EvaluationFolder(self._run_folder, assignment.evaluation_id)
        self._session: EvaluationSession | None = None
        self._early: list[ToShim] = []
        self._is_watched = False
        self._was_connected = asyncio.Event()
        self._link = ServerLink(
            home, hello=self._hello, on_command=self._command, on_lost=self._server_lost
        )

    async def run(self) -> None:
        """Evaluate, store what was found, and tell the server."""
        linking = asyncio.create_task(self._link.run())
        try:
            self._folder.claim()
            state = await self._evaluate()
        except EvaluationClaimError as error:
            LOGGER.warning("%s", error)
            return
        except (LabError, OSError) as error:
            state = self._failed(error)
        await asyncio.to_thread(delete_older_videos, self._run_folder, self._assignment.keep_videos)
        await self._say_goodbye(state)
        linking.cancel()

    async def _say_goodbye(self, state: EvaluationState) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._was_connected.wait(), GOODBYE_PATIENCE_S)
        if self._link.send(EvaluationProgress(state=state)):
            await self._link.flush(GOODBYE_PATIENCE_S)

    async def _evaluate(self) -> EvaluationState:
        spec = EvaluationSpec.model_validate(self._assignment.spec)
        # In a thread: hashing a large checkpoint must not keep the server waiting for a hello.
        checkpoint = await asyncio.to_thread(open_checkpoint, self._run_folder, spec.checkpoint)
        worker = WorkerProcess(
            "evaluation", niceness=NICENESS, runner=str(self._assignment.run_spec["runner"])
        )
        session = EvaluationSession(
            self._assignment,
            folder=self._folder,
            worker=worker,
            link=self._link,
            shim=self._identity,
            checkpoint=checkpoint,
        )
        self._session = session
        early, self._early = self._early, []
        for message in early:
            self._command(message)
        await session.run()
        return session.state

    def _failed(self, error: LabError | OSError) -> EvaluationState:
        """Store that it could not even begin."""
        failure = (
            {"code": error.code, "detail": error.detail, "hint": error.hint}
            if isinstance(error, LabError)
            else disk_failure(error)
        )
        state = EvaluationState(
            status=EvaluationStatus.FAILED.value,
            failure=failure,
            shim=self._identity,
            finished_at=time.time(),
        )
        try:
            self._folder.write_state(state, durable=True)
        except OSError as problem:
            LOGGER.warning("cannot write: %s", problem)
        return state

    # ---- the server -----------------------------------------------------------------------

    def _hello(self) -> ShimHello:
        self._was_connected.set()
        return ShimHello(
            protocol_version=PROTOCOL_VERSION,
            identity=self._identity,
            run_id=self._assignment.run_id,
            evaluation_id=self._assignment.evaluation_id,
        )

    def _command(self, message: ToShim) -> None:
        if self._session is None:
            self._early.append(message)
            return
        match message:
            case Watch() if message.source == "evaluation":
                self._is_watched = message.fps > 0
                self._session.watch(message)
            case Stop():
                self._session.stop()
            case _:
                LOGGER.info("ignored %s", type(message).__name__)

    def _server_lost(self) -> None:
        # Viewers are gone with their server; a new one says anew what is watched.
        if self._is_watched and self._session is not None:
            self._is_watched = False
            self._session.watch(Watch(source="evaluation", fps=0))


def main() -> None:
    """Run the shim."""
    parser = argparse.ArgumentParser(prog="gymlab-evaluation-shim")
    parser.add_argument("--home", type=Path, required=True)
    arguments = parser.parse_args()
    prepare_detached("evaluation")
    assignment = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=AssignEvaluation)
    shim = EvaluationShim(arguments.home, assignment)
    run_detached(shim.run(), of=f"evaluation {assignment.evaluation_id}")


if __name__ == "__main__":
    main()
