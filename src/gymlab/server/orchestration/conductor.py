"""What happens when a shim connects, reports, leaves or is lost."""

import logging
from collections.abc import Callable

from gymlab.domain.runs import FINISHED_STATUSES, RunStatus
from gymlab.protocol.shim import (
    Deployed,
    FrameNotice,
    FrameRelay,
    FromShim,
    Goodbye,
    Progress,
    Refused,
    RunState,
    WorkerReady,
)
from gymlab.protocol.worker import Stop
from gymlab.server.orchestration.audience import Audience
from gymlab.server.orchestration.evaluation_queue import EvaluationQueue
from gymlab.server.orchestration.fates import Fates
from gymlab.server.orchestration.ingest import Ingest
from gymlab.server.orchestration.shim_link import ShimConnection, ShimListener
from gymlab.server.orchestration.shims import Shims
from gymlab.server.orchestration.stages import Stages

LOGGER = logging.getLogger(__name__)
_FINISHED = frozenset(status.value for status in FINISHED_STATUSES)


class Conductor:
    """Passes on what shims say."""

    def __init__(
        self,
        *,
        shims: Shims,
        ingest: Ingest,
        audience: Audience,
        evaluations: EvaluationQueue,
        stages: Stages,
        wants_stop: Callable[[str], bool],
    ) -> None:
        """Pass on to these.

        Args:
            shims: Who is connected.
            ingest: Who follows the files.
            audience: Who watches pictures.
            evaluations: Who follows evaluations.
            stages: Who follows deployments.
            wants_stop: Whether somebody asked for the stop of a run.
        """
        self._shims = shims
        self._ingest = ingest
        self._audience = audience
        self._evaluations = evaluations
        self._stages = stages
        self._wants_stop = wants_stop
        self.fates: Fates | None = None

    def shim_connected(self, connection: ShimConnection) -> None:
        """Note it, and bring it up to date."""
        other = self._listener_of(connection)
        if other is not None:
            other.shim_connected(connection)
            return
        self._shims.add(connection)
        run_id = connection.run_id
        if run_id is None:
            return
        if connection.state is not None:
            self._ingest.poke(run_id, connection.state)
        self._bring_up_to_date(run_id)

    def _listener_of(self, connection: ShimConnection) -> ShimListener | None:
        """Return who follows a process that is no shim of a run."""
        if connection.evaluation_id is not None:
            return self._evaluations
        return self._stages if connection.is_stage else None

    def _bring_up_to_date(self, run_id: str) -> None:
        self._stages.run_is_live(run_id)
        self._audience.shim_is_new(run_id)
        if self._wants_stop(run_id):
            self._shims.send(run_id, Stop())

    def shim_said(self, connection: ShimConnection, message: FromShim) -> None:
        """Pass a message on."""
        other = self._listener_of(connection)
        if other is not None:
            other.shim_said(connection, message)
            return
        run_id = connection.run_id
        if isinstance(message, WorkerReady):
            connection.is_ready = True
        elif run_id is None:
            LOGGER.warning("an idle shim sent %s", type(message).__name__)
        else:
            self._run_said(connection, run_id, message)

    def _run_said(self, connection: ShimConnection, run_id: str, message: FromShim) -> None:
        match message:
            case FrameRelay():
                self._audience.frame(run_id, message)
            case Progress():
                self._progress(connection, run_id, message.state)
            case FrameNotice():
                self._audience.notice(run_id, message)
            case Goodbye():
                connection.has_finished = True
                self._progress(connection, run_id, message.state)
                self._audience.run_ended(run_id)
            case Deployed():
                self._stages.note(run_id, message)
            case Refused():
                LOGGER.info("run %s refused %s: %s", run_id, message.command, message.detail)
            case _:
                LOGGER.warning("run %s sent a second %s", run_id, type(message).__name__)

    def _progress(self, connection: ShimConnection, run_id: str, state: RunState) -> None:
        is_first = connection.state is None
        connection.state = state
        self._ingest.poke(run_id, state)
        if is_first:
            self._bring_up_to_date(run_id)

    def shim_lost(self, connection: ShimConnection) -> None:
        """Find out what became of its run."""
        other = self._listener_of(connection)
        if other is not None:
            other.shim_lost(connection)
            return
        self._shims.remove(connection)
        if connection.run_id is None or self.fates is None:
            return
        state = connection.state
        if state is not None and state.status in _FINISHED:
            self._ingest.poke(connection.run_id)
            self._stages.run_ended(connection.run_id)
            return
        self.fates.watch(connection.run_id, connection.identity)

    def indexed(self, run_id: str, status: RunStatus) -> None:
        """Look at a run whose state was stored."""
        if status in FINISHED_STATUSES:
            self._audience.run_ended(run_id)
