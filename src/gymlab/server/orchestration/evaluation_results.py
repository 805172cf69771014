"""What becomes of evaluations, in the database and in the run's event log."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError

from gymlab.domain.evaluations import ACTIVE_EVALUATIONS, EvaluationSpec, EvaluationStatus
from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.ids import is_run_id
from gymlab.protocol.evaluation import EvaluationRecord, EvaluationSummary
from gymlab.protocol.shim import EvaluationState
from gymlab.server.orchestration.announcing import Announcer
from gymlab.server.orchestration.clock import now
from gymlab.storage.database import Database, Writer
from gymlab.storage.evaluations import (
    StoredEvaluation,
    evaluations_with_status,
    get_evaluation,
    insert_evaluation,
    update_evaluation,
)
from gymlab.storage.events import NewEvent
from gymlab.storage.runs import get_run, update_run
from gymlab.supervisor.checkpoint_store import CHECKPOINTS, pin_of
from gymlab.supervisor.evaluation_folder import EVALUATIONS, EvaluationFolder
from gymlab.supervisor.process_identity import is_alive

_STATUSES = {status.value: status for status in EvaluationStatus}
_OVER = {status.value for status in EvaluationStatus if status not in ACTIVE_EVALUATIONS}


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the queue knows of the process of an evaluation."""

    last_word: EvaluationState | None
    """What its shim last said; counts where a full disk kept the same from being stored."""
    seems_alive: Callable[[EvaluationState | None], bool]
    """Tells, from the state on disk, whether it may still go on."""
    may_start_again: bool
    """Whether one that never began is given another try."""


class EvaluationResults:
    """Reads the folders of evaluations and stores what they say; called in threads."""

    def __init__(self, database: Database, announcer: Announcer, runs_dir: Path) -> None:
        """Store with these."""
        self._database = database
        self._announcer = announcer
        self._runs_dir = runs_dir

    def running(self) -> list[StoredEvaluation]:
        """Return the evaluations that should have a process."""
        with self._database.reading() as connection:
            return evaluations_with_status(connection, [EvaluationStatus.RUNNING])

    def import_runs(self, run_ids: Iterable[str]) -> None:
        """Store the completed evaluations that lie in the folders of these runs."""
        for run_id in run_ids:
            for path in sorted((self._runs_dir / run_id / EVALUATIONS).glob("*")):
                if is_run_id(path.name):
                    self._import(run_id, path.name)

    def _import(self, run_id: str, evaluation_id: str) -> None:
        folder = EvaluationFolder(self._runs_dir / run_id, evaluation_id)
        state, summary = folder.read_state(), folder.read_summary()
        if state is None or summary is None or summary.run_id != run_id:
            return
        try:
            spec = EvaluationSpec.model_validate(summary.spec)
        except ValidationError:
            return
        ended_at = state.finished_at or time.time()
        record = EvaluationRecord(state=state, summary=summary)
        with self._database.writing(durable=True) as writer:
            if get_evaluation(writer.connection, evaluation_id) is not None:
                return
            request = spec.model_dump(mode="json")
            created_at = state.started_at or ended_at
            insert_evaluation(writer, evaluation_id, run_id, request, created_at=created_at)
            update_evaluation(
                writer,
                evaluation_id,
                EvaluationStatus.COMPLETED,
                summary=msgspec.to_builtins(record),
                finished_at=ended_at,
            )
            update_run(writer, run_id, evaluation_return=summary.statistics.return_mean)

    def run_spec(self, run_id: str) -> dict[str, Any] | None:
        """Return the specification of a run; None when the run is gone."""
        with self._database.reading() as connection:
            run = get_run(connection, run_id)
        return run.spec if run is not None else None

    def claim_next(self) -> StoredEvaluation | None:
        """Mark the oldest queued evaluation as running."""
        with self._database.writing(durable=True) as writer:
            queued = evaluations_with_status(writer.connection, [EvaluationStatus.QUEUED])
            if not queued:
                return None
            stored = queued[0]
            update_evaluation(writer, stored.id, EvaluationStatus.RUNNING)
            spec = EvaluationSpec.model_validate(stored.request)
            episodes = "1 episode" if spec.num_episodes == 1 else f"{spec.num_episodes} episodes"
            which = (
                f"checkpoint at timestep {spec.checkpoint:,}"
                if isinstance(spec.checkpoint, int)
                else f"{spec.checkpoint} checkpoint"
            )
            text = f"Evaluation of the {which} started: {episodes}"
            self._event(writer, stored, EventType.EVALUATION_STARTED, text, status="running")
            return stored

    def cancel_queued(self, evaluation_id: str) -> bool:
        """Cancel an evaluation that has no process; tell whether it is over now."""
        with self._database.writing(durable=True) as writer:
            stored = get_evaluation(writer.connection, evaluation_id)
            if stored is None or stored.status not in ACTIVE_EVALUATIONS:
                return True
            if stored.status is EvaluationStatus.RUNNING:
                return False
            state = EvaluationState(status=EvaluationStatus.CANCELLED.value)
            self._store(writer, stored, state, None)
            return True

    def conclude(self, evaluation_id: str, run_id: str, sighting: Sighting) -> bool:
        """Store the end of an evaluation that has ended; tell whether it has no process any more.

        Args:
            evaluation_id: Which one.
            run_id: Whose.
            sighting: What is known of its process.
        """
        folder = EvaluationFolder(self._runs_dir / run_id, evaluation_id)
        state, last_word = folder.read_state(), sighting.last_word
        if not _is_over(state) and not _is_over(last_word):
            if sighting.seems_alive(state):
                return False
            # It may have ended, and said so, since the state was read.
            state = folder.read_state()
        if not _is_over(state) and _is_over(last_word):
            state = last_word
        if state is None and sighting.may_start_again:
            self._queue_again(evaluation_id)
            return True
        if state is None or not _is_over(state):
            state = _lost(state)
            folder.remove_videos()
        summary = None
        if state.status == EvaluationStatus.COMPLETED.value:
            summary = folder.read_summary()
            if summary is None:
                failure = {"code": "damaged", "detail": "Its summary cannot be read."}
                state = msgspec.structs.replace(
                    state, status=EvaluationStatus.FAILED.value, failure=failure
                )
        with self._database.writing(durable=True) as writer:
            stored = get_evaluation(writer.connection, evaluation_id)
            if stored is not None and stored.status in ACTIVE_EVALUATIONS:
                self._store(writer, stored, state, summary)
        return True

    def _queue_again(self, evaluation_id: str) -> None:
        with self._database.writing(durable=True) as writer:
            stored = get_evaluation(writer.connection, evaluation_id)
            if stored is not None and stored.status is EvaluationStatus.RUNNING:
                update_evaluation(writer, evaluation_id, EvaluationStatus.QUEUED)

    def _store(
        self,
        writer: Writer,
        stored: StoredEvaluation,
        state: EvaluationState,
        summary: EvaluationSummary | None,
    ) -> None:
        self._unpin(stored)
        record = EvaluationRecord(state=state, summary=summary)
        update_evaluation(
            writer,
            stored.id,
            _STATUSES[state.status],
            summary=msgspec.to_builtins(record),
            finished_at=state.finished_at or time.time(),
        )
        if get_run(writer.connection, stored.run_id) is None:
            return
        if summary is not None:
            self._announce(writer, stored, summary)
            update_run(writer, stored.run_id, evaluation_return=summary.statistics.return_mean)
        elif state.status == EvaluationStatus.FAILED.value:
            detail = (state.failure or {}).get("detail", "It failed.")
            text = f"Evaluation failed: {detail}"
            self._event(
                writer, stored, EventType.WARNING, text, EventLevel.WARNING, status="failed"
            )
        else:
            text = "Evaluation cancelled"
            self._event(writer, stored, EventType.EVALUATION_COMPLETED, text, status="cancelled")

    def _unpin(self, stored: StoredEvaluation) -> None:
        """Let training thin out a checkpoint that was kept for this evaluation."""
        timestep = stored.request.get("checkpoint")
        if isinstance(timestep, int):
            folder = self._runs_dir / stored.run_id / CHECKPOINTS / str(timestep)
            with contextlib.suppress(OSError):
                pin_of(folder, stored.id).unlink()

    def _announce(
        self, writer: Writer, stored: StoredEvaluation, summary: EvaluationSummary
    ) -> None:
        statistics = summary.statistics
        self._event(
            writer,
            stored,
            EventType.EVALUATION_COMPLETED,
            sentence(summary),
            status="completed",
            return_mean=statistics.return_mean,
            return_ci95=statistics.return_ci95,
            num_episodes=len(summary.episodes),
            checkpoint_timestep=summary.checkpoint_timestep,
        )

    def _event(
        self,
        writer: Writer,
        stored: StoredEvaluation,
        event: EventType,
        text: str,
        level: EventLevel = EventLevel.INFO,
        **data: Any,
    ) -> None:
        data = {"evaluation_id": stored.id, **data}
        new = NewEvent(stored.run_id, now(), event.value, level.value, text, data)
        self._announcer.event(writer, new)


def sentence(summary: EvaluationSummary) -> str:
    """Return what an evaluation found, in one line."""
    statistics, count = summary.statistics, len(summary.episodes)
    over = "1 episode" if count == 1 else f"{count} episodes"
    at = f"of the policy at timestep {summary.checkpoint_timestep:,}"
    if statistics.return_mean is None:
        return f"Evaluation {at}: no finite return in {over}"
    interval = ""
    if statistics.return_ci95 is not None:
        low, high = statistics.return_ci95
        interval = f" (95 % interval {low:,.2f} to {high:,.2f})"
    return f"Evaluation {at}: mean return {statistics.return_mean:,.2f}{interval} over {over}"


def _is_over(state: EvaluationState | None) -> bool:
    return state is not None and state.status in _OVER


def _lost(state: EvaluationState | None) -> EvaluationState:
    """Return the state of an evaluation whose shim is gone without a last word."""
    base = state or EvaluationState(status=EvaluationStatus.RUNNING.value)
    if base.worker is not None and is_alive(base.worker):
        # Nobody could stop it any more.
        with contextlib.suppress(ProcessLookupError):
            os.kill(base.worker.pid, signal.SIGKILL)
    failure = {
        "code": "shim_died",
        "detail": "The process that recorded the evaluation ended unexpectedly.",
        "hint": "Evaluate again; logs/shims.log may say more.",
    }
    return msgspec.structs.replace(
        base,
        status=EvaluationStatus.FAILED.value,
        phase=None,
        failure=failure,
        finished_at=time.time(),
    )
