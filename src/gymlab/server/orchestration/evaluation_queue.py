"""Evaluations: a few at a time, each in a process of its own that outlives the server."""

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from gymlab.domain.evaluations import ACTIVE_EVALUATIONS
from gymlab.protocol.evaluation import AssignEvaluation
from gymlab.protocol.shim import (
    EvaluationProgress,
    EvaluationState,
    FrameNotice,
    FrameRelay,
    FromShim,
    ToShim,
)
from gymlab.protocol.worker import Stop
from gymlab.server.orchestration.audience import Audience
from gymlab.server.orchestration.evaluation_results import EvaluationResults, Sighting
from gymlab.server.orchestration.shim_link import ShimConnection
from gymlab.settings import Settings
from gymlab.storage.evaluations import StoredEvaluation
from gymlab.supervisor.launching import launch_evaluation
from gymlab.supervisor.process_identity import is_alive

LOGGER = logging.getLogger(__name__)
LOOK_EVERY_S = 0.2
MAX_STARTS = 3
LAUNCH_PATIENCE_S = 5.0
"""How long a shim that does not live as our child may take to leave a state behind."""
NOT_RUNNING = "No evaluation of this run is under way. Start one with the Test button."
OVER = "The evaluation is over."


@dataclass(slots=True)
class Watched:
    """An evaluation that is under way."""

    run_id: str
    starts: int = 0
    """How often this server has tried to start it."""
    since: float = field(default_factory=time.monotonic)
    process: subprocess.Popen[bytes] | None = None
    connection: ShimConnection | None = None
    state: EvaluationState | None = None
    is_cancelled: bool = False


class EvaluationQueue:
    """Starts, follows and ends evaluations. Lives on the event loop."""

    def __init__(self, settings: Settings, results: EvaluationResults, audience: Audience) -> None:
        """Prepare the queue.

        Args:
            settings: Data folder, and how many may run.
            results: Stores what becomes of them.
            audience: Who watches them.
        """
        self._settings = settings
        self._results = results
        self._audience = audience
        self._watched: dict[str, Watched] = {}
        self._starts: dict[str, int] = {}
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def adopt(self, imported_run_ids: Iterable[str]) -> None:
        """Note what went on without a server; comes before shims can connect.

        Args:
            imported_run_ids: Runs whose folders the database did not know.
        """
        await asyncio.to_thread(self._results.import_runs, list(imported_run_ids))
        for stored in await asyncio.to_thread(self._results.running):
            self._watched[stored.id] = Watched(stored.run_id)

    def start(self) -> None:
        """Begin to follow what runs, and to start what waits."""
        self._task = asyncio.create_task(self._loop(), name="evaluations")
        self._news.set()

    async def close(self) -> None:
        """Start nothing any more; evaluations go on."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def kick(self) -> None:
        """Look whether something is to be done."""
        self._news.set()

    def live_state(self, evaluation_id: str) -> EvaluationState | None:
        """Return what the shim of an evaluation last reported."""
        watched = self._watched.get(evaluation_id)
        return watched.state if watched is not None else None

    def is_playing(self, run_id: str) -> bool:
        """Tell whether an evaluation of this run is under way."""
        return any(watched.run_id == run_id for watched in self._watched.values())

    async def cancel(self, evaluation_id: str) -> None:
        """End an evaluation without a result."""
        watched = self._watched.get(evaluation_id)
        if watched is None and await asyncio.to_thread(self._results.cancel_queued, evaluation_id):
            return
        watched = self._watched.get(evaluation_id)
        if watched is not None:
            watched.is_cancelled = True
            self._send(watched, Stop())

    async def forget_run(self, run_id: str) -> None:
        """End every evaluation of a run that is being deleted, at once."""
        for evaluation_id, watched in list(self._watched.items()):
            if watched.run_id == run_id:
                await asyncio.to_thread(_kill, watched)
                self._watched.pop(evaluation_id, None)
        self._audience.notice(run_id, FrameNotice("evaluation", "status", OVER, "ended"))
        self._news.set()

    def send(self, run_id: str, message: ToShim) -> bool:
        """Send a command to the evaluations of a run; tell whether one was connected."""
        told = [
            self._send(item, message) for item in self._watched.values() if item.run_id == run_id
        ]
        return any(told)

    # ---- shims ----------------------------------------------------------------------------

    def shim_connected(self, connection: ShimConnection) -> None:
        """Note the shim of an evaluation, and bring it up to date."""
        watched = self._watched.get(connection.evaluation_id or "")
        if watched is None:
            # Nobody knows it any more: its run was deleted.
            connection.send(Stop())
            return
        watched.connection = connection
        if watched.is_cancelled:
            self._send(watched, Stop())
        self._audience.source_is_new(watched.run_id, "evaluation")

    def shim_said(self, connection: ShimConnection, message: FromShim) -> None:
        """Pass a message on."""
        watched = self._watched.get(connection.evaluation_id or "")
        if watched is None:
            return
        match message:
            case FrameRelay():
                self._audience.frame(watched.run_id, message)
            case FrameNotice():
                self._audience.notice(watched.run_id, message)
            case EvaluationProgress():
                is_first_word = watched.state is None
                watched.state = message.state
                if is_first_word or not _is_active(message.state):
                    self._news.set()
            case _:
                LOGGER.warning("an evaluation sent %s", type(message).__name__)

    def shim_lost(self, connection: ShimConnection) -> None:
        """Find out, soon, what became of it."""
        watched = self._watched.get(connection.evaluation_id or "")
        if watched is not None and watched.connection is connection:
            watched.connection = None
            self._news.set()

    # ---- the loop -------------------------------------------------------------------------

    async def _loop(self) -> None:
        while True:
            wait = LOOK_EVERY_S if self._watched else None
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), wait)
            self._news.clear()
            try:
                await self._look()
            except (OSError, ValueError, SQLAlchemyError):
                LOGGER.exception("cannot look after evaluations")
                await asyncio.sleep(LOOK_EVERY_S)
                self._news.set()

    async def _look(self) -> None:
        for evaluation_id, watched in list(self._watched.items()):
            if watched.connection is not None and _is_active(watched.state):
                continue
            is_over = await asyncio.to_thread(
                self._results.conclude, evaluation_id, watched.run_id, self._sighting(watched)
            )
            if not is_over:
                continue
            if watched.process is not None:
                watched.process.poll()
            self._watched.pop(evaluation_id, None)
            self._audience.notice(
                watched.run_id, FrameNotice("evaluation", "status", OVER, "ended")
            )
        while len(self._watched) < self._settings.max_evaluations:
            stored = await asyncio.to_thread(self._results.claim_next)
            if stored is None:
                return
            await self._begin(stored)

    async def _begin(self, stored: StoredEvaluation) -> None:
        self._starts[stored.id] = self._starts.get(stored.id, 0) + 1
        watched = self._watched[stored.id] = Watched(stored.run_id, self._starts[stored.id])
        assignment = await asyncio.to_thread(self._assignment, stored)
        if assignment is None:
            return
        watched.process = await asyncio.to_thread(
            launch_evaluation, home=self._settings.home, assignment=assignment
        )

    def _assignment(self, stored: StoredEvaluation) -> AssignEvaluation | None:
        run_spec = self._results.run_spec(stored.run_id)
        if run_spec is None:
            return None
        return AssignEvaluation(
            evaluation_id=stored.id,
            run_id=stored.run_id,
            run_dir=str(self._settings.runs_dir / stored.run_id),
            run_spec=run_spec,
            spec=stored.request,
            keep_videos=self._settings.keep_videos,
        )

    def _sighting(self, watched: Watched) -> Sighting:
        return Sighting(
            last_word=watched.state,
            seems_alive=_judge(watched),
            may_start_again=watched.starts < MAX_STARTS and not watched.is_cancelled,
        )

    def _send(self, watched: Watched, message: ToShim) -> bool:
        return watched.connection is not None and watched.connection.send(message)


def _is_active(state: EvaluationState | None) -> bool:
    return state is None or state.status in {status.value for status in ACTIVE_EVALUATIONS}


def _judge(watched: Watched) -> Callable[[EvaluationState | None], bool]:
    """Return what tells, from the state on disk, whether the evaluation may still go on."""

    def seems_alive(stored: EvaluationState | None) -> bool:
        if watched.process is not None and watched.process.poll() is None:
            return True
        if stored is not None:
            return stored.shim is not None and is_alive(stored.shim)
        # Its first state comes within a moment; one that is not our child may be slow.
        is_child = watched.process is not None
        return not is_child and time.monotonic() - watched.since < LAUNCH_PATIENCE_S

    return seems_alive


def _kill(watched: Watched) -> None:
    state = watched.state
    for identity in (state.shim, state.worker) if state is not None else ():
        if identity is not None and is_alive(identity):
            with contextlib.suppress(ProcessLookupError):
                os.kill(identity.pid, signal.SIGKILL)
    if watched.process is not None and watched.process.poll() is None:
        watched.process.kill()
        watched.process.wait()
