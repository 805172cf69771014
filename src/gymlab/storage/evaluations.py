"""Reading and writing the rows of evaluations."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from gymlab.domain.evaluations import ACTIVE_EVALUATIONS, EvaluationStatus
from gymlab.storage.database import Writer
from gymlab.storage.runs import OWNER
from gymlab.storage.tables import evaluations


@dataclass(frozen=True, slots=True)
class StoredEvaluation:
    """A row of the table, its JSON decoded."""

    id: str
    run_id: str
    owner: str
    status: EvaluationStatus
    request: dict[str, Any]
    summary: dict[str, Any] | None
    created_at: float
    finished_at: float | None


def insert_evaluation(
    writer: Writer, evaluation_id: str, run_id: str, request: dict[str, Any], *, created_at: float
) -> None:
    """Add an evaluation to the queue."""
    writer.connection.execute(
        insert(evaluations).values(
            id=evaluation_id,
            run_id=run_id,
            owner=OWNER,
            status=EvaluationStatus.QUEUED.value,
            request=_json(request),
            created_at=created_at,
        )
    )


def update_evaluation(
    writer: Writer,
    evaluation_id: str,
    status: EvaluationStatus,
    *,
    summary: dict[str, Any] | None = None,
    finished_at: float | None = None,
) -> None:
    """Store where an evaluation is now."""
    changes: dict[str, Any] = {"status": status.value, "finished_at": finished_at}
    if summary is not None:
        changes["summary"] = _json(summary)
    writer.connection.execute(
        update(evaluations).where(evaluations.c.id == evaluation_id).values(**changes)
    )


def cancel_evaluations(writer: Writer, run_id: str, *, at: float) -> None:
    """End the evaluations of a run that are not over."""
    writer.connection.execute(
        update(evaluations)
        .where(
            evaluations.c.run_id == run_id,
            evaluations.c.status.in_([status.value for status in ACTIVE_EVALUATIONS]),
        )
        .values(status=EvaluationStatus.CANCELLED.value, finished_at=at)
    )


def delete_evaluations(writer: Writer, run_id: str) -> None:
    """Forget the evaluations of a run."""
    writer.connection.execute(delete(evaluations).where(evaluations.c.run_id == run_id))


def get_evaluation(connection: Connection, evaluation_id: str) -> StoredEvaluation | None:
    """Return an evaluation; None when there is none."""
    query = select(evaluations).where(evaluations.c.id == evaluation_id)
    row = connection.execute(query).mappings().first()
    return _stored(row) if row is not None else None


def latest_evaluation(connection: Connection, run_id: str) -> StoredEvaluation | None:
    """Return the newest evaluation of a run; None when there is none."""
    found, _ = list_evaluations(connection, run_id, limit=1, before=None)
    return found[0] if found else None


def list_evaluations(
    connection: Connection, run_id: str, *, limit: int, before: tuple[float, str] | None
) -> tuple[list[StoredEvaluation], bool]:
    """Return evaluations of a run, newest first, and whether there are more.

    Args:
        connection: Where to look.
        run_id: Whose.
        limit: At most so many.
        before: Creation time and id of the last one seen.
    """
    query = select(evaluations).where(evaluations.c.run_id == run_id)
    if before is not None:
        created_at, last_id = before
        query = query.where(
            or_(
                evaluations.c.created_at < created_at,
                and_(evaluations.c.created_at == created_at, evaluations.c.id < last_id),
            )
        )
    order = (evaluations.c.created_at.desc(), evaluations.c.id.desc())
    rows = connection.execute(query.order_by(*order).limit(limit + 1)).mappings().all()
    return [_stored(row) for row in rows[:limit]], len(rows) > limit


def evaluations_with_status(
    connection: Connection, statuses: Iterable[EvaluationStatus]
) -> list[StoredEvaluation]:
    """Return the evaluations in these states, oldest first."""
    query = (
        select(evaluations)
        .where(evaluations.c.status.in_([status.value for status in statuses]))
        .order_by(evaluations.c.created_at, evaluations.c.id)
    )
    return [_stored(row) for row in connection.execute(query).mappings()]


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _stored(row: Any) -> StoredEvaluation:
    values: dict[str, Any] = dict(row)
    summary = values["summary"]
    values["status"] = EvaluationStatus(values["status"])
    values["request"] = msgspec.json.decode(values["request"], type=dict[str, Any])
    values["summary"] = msgspec.json.decode(summary, type=dict[str, Any]) if summary else None
    return StoredEvaluation(**values)
