"""Asking for evaluations and reading what they found."""

import asyncio
import base64
import contextlib
import secrets
import time

import msgspec
from sqlalchemy import Connection

from gymlab.domain.evaluations import ACTIVE_EVALUATIONS, EvaluationSpec
from gymlab.domain.ids import new_run_id
from gymlab.domain.runs import MAX_SEED
from gymlab.errors import (
    EnvironmentGoneError,
    EnvironmentNotFoundError,
    EvaluationNotFoundError,
    EvaluationOverError,
    InvalidCursorError,
)
from gymlab.server.answers import Page
from gymlab.server.catalogue.catalogue import Catalogue
from gymlab.server.evaluations.schemas import Evaluation, NewEvaluation
from gymlab.server.evaluations.view import view_evaluation
from gymlab.server.lab import Lab
from gymlab.server.run_lookup import existing_run
from gymlab.storage.evaluations import (
    StoredEvaluation,
    get_evaluation,
    insert_evaluation,
    latest_evaluation,
    list_evaluations,
)
from gymlab.storage.runs import StoredRun
from gymlab.supervisor.checkpoint_choice import choose_checkpoint
from gymlab.supervisor.checkpoint_store import pin_of


class EvaluationService:
    """What people do with evaluations."""

    def __init__(self, lab: Lab) -> None:
        """Serve this laboratory."""
        self._lab = lab

    async def create(self, run_id: str, body: NewEvaluation) -> Evaluation:
        """Queue an evaluation.

        Raises:
            RunNotFoundError: There is no such run.
            EnvironmentGoneError: Its environment or backend is not installed any more.
            NoCheckpointError: The run has no checkpoint yet.
            CheckpointNotFoundError: It has none at that timestep.
            CheckpointCorruptError: The checkpoint's files are damaged.
        """
        run = await asyncio.to_thread(self._run, run_id)
        catalogue = await self._lab.catalogue.ready()
        catalogue = await self._lab.own_environments.joined(catalogue, run.spec)
        _require_playable(catalogue, run)
        evaluation = await asyncio.to_thread(self._store, run_id, body)
        self._lab.evaluations.kick()
        return evaluation

    def _run(self, run_id: str) -> StoredRun:
        with self._lab.database.reading() as connection:
            return existing_run(connection, run_id)

    def _store(self, run_id: str, body: NewEvaluation) -> Evaluation:
        seed = body.seed if body.seed is not None else secrets.randbelow(MAX_SEED + 1)
        spec = EvaluationSpec.model_validate({**body.model_dump(), "seed": seed})
        evaluation_id = new_run_id()
        chosen = choose_checkpoint(self._lab.settings.runs_dir / run_id, spec.checkpoint)
        if isinstance(spec.checkpoint, int):
            # Training thins its checkpoints out while the evaluation waits for its turn.
            with contextlib.suppress(OSError):
                pin_of(chosen.folder, evaluation_id).touch()
        with self._lab.database.writing(durable=True) as writer:
            existing_run(writer.connection, run_id)
            insert_evaluation(
                writer, evaluation_id, run_id, spec.model_dump(mode="json"), created_at=time.time()
            )
        return self.get(run_id, evaluation_id)

    def get(self, run_id: str, evaluation_id: str) -> Evaluation:
        """Return an evaluation.

        Raises:
            RunNotFoundError: There is no such run.
            EvaluationNotFoundError: The run has none of that id.
        """
        with self._lab.database.reading() as connection:
            existing_run(connection, run_id)
            return self._view(_existing(connection, run_id, evaluation_id))

    def latest(self, run_id: str) -> Evaluation:
        """Return the newest evaluation.

        Raises:
            RunNotFoundError: There is no such run.
            EvaluationNotFoundError: It has none.
        """
        with self._lab.database.reading() as connection:
            existing_run(connection, run_id)
            stored = latest_evaluation(connection, run_id)
        if stored is None:
            raise EvaluationNotFoundError
        return self._view(stored)

    def list(self, run_id: str, *, limit: int, cursor: str | None) -> Page[Evaluation]:
        """Return evaluations of a run, newest first."""
        before = _decode_cursor(cursor) if cursor is not None else None
        with self._lab.database.reading() as connection:
            existing_run(connection, run_id)
            found, has_more = list_evaluations(connection, run_id, limit=limit, before=before)
        return Page[Evaluation](
            items=[self._view(stored) for stored in found],
            next_cursor=_encode_cursor(found[-1]) if has_more else None,
        )

    async def cancel(self, run_id: str, evaluation_id: str) -> Evaluation:
        """End an evaluation without a result.

        Raises:
            EvaluationOverError: It is over already.
        """
        was = await asyncio.to_thread(self._stored, run_id, evaluation_id)
        if was.status not in ACTIVE_EVALUATIONS:
            raise EvaluationOverError(
                f"The evaluation is {was.status.value}.",
                hint="Only queued and running ones can be cancelled.",
            )
        await self._lab.evaluations.cancel(evaluation_id)
        return await asyncio.to_thread(self.get, run_id, evaluation_id)

    def _stored(self, run_id: str, evaluation_id: str) -> StoredEvaluation:
        with self._lab.database.reading() as connection:
            existing_run(connection, run_id)
            return _existing(connection, run_id, evaluation_id)

    def _view(self, stored: StoredEvaluation) -> Evaluation:
        folder = self._lab.settings.runs_dir / stored.run_id
        return view_evaluation(stored, folder, self._lab.evaluations.live_state(stored.id))


def _require_playable(catalogue: Catalogue, run: StoredRun) -> None:
    runner = catalogue.runner(run.runner)
    if runner is None or not runner.available:
        reason = runner.unavailable_reason if runner is not None else None
        raise EnvironmentGoneError(
            f"The backend {run.runner} of this run is not there any more.",
            hint=reason or "Install it again.",
        )
    try:
        info, _ = catalogue.environment(run.env_id)
    except EnvironmentNotFoundError as error:
        raise EnvironmentGoneError(
            f"The environment {run.env_id} of this run is not there any more.",
            hint="Install the version that it was trained with.",
        ) from error
    if not info.available:
        raise EnvironmentGoneError(
            f"The environment {run.env_id} of this run cannot be made any more.",
            hint=info.unavailable_reason,
        )


def _existing(connection: Connection, run_id: str, evaluation_id: str) -> StoredEvaluation:
    stored = get_evaluation(connection, evaluation_id)
    if stored is None or stored.run_id != run_id:
        raise EvaluationNotFoundError(evaluation_id)
    return stored


def _encode_cursor(last: StoredEvaluation) -> str:
    content = msgspec.json.encode([last.created_at, last.id])
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decode_cursor(cursor: str) -> tuple[float, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        content = base64.urlsafe_b64decode(padded.encode("ascii"))
        return msgspec.json.decode(content, type=tuple[float, str])
    except (ValueError, UnicodeEncodeError, msgspec.MsgspecError) as error:
        raise InvalidCursorError("The list cursor is not one of ours.") from error
