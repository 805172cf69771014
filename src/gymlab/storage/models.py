"""Finding the runs that have something to begin from."""

from dataclasses import dataclass

from sqlalchemy import Connection, Select, select

from gymlab.domain.ids import is_run_id
from gymlab.domain.runs import RunStatus
from gymlab.errors import InvalidCursorError
from gymlab.storage.runs import StoredRun, get_runs
from gymlab.storage.tables import runs


@dataclass(frozen=True, slots=True)
class ModelFilter:
    """What the runs have in common; None means any."""

    env_id: str | None = None
    algorithm: str | None = None
    runner: str | None = None


def runs_with_checkpoints(
    connection: Connection, wanted: ModelFilter, *, limit: int, cursor: str | None
) -> tuple[list[StoredRun], str | None]:
    """Return a page of runs, the newest first, and the cursor of the next one."""
    query = _query(wanted).order_by(runs.c.id.desc()).limit(limit + 1)
    if cursor is not None:
        if not is_run_id(cursor):
            raise InvalidCursorError("The list cursor is not one of ours.")
        query = query.where(runs.c.id < cursor)
    ids = list(connection.execute(query).scalars())
    found = {run.id: run for run in get_runs(connection, ids[:limit])}
    page = [found[run_id] for run_id in ids[:limit] if run_id in found]
    return page, ids[limit - 1] if len(ids) > limit else None


def newest_successful(connection: Connection, wanted: ModelFilter) -> str | None:
    """Return the id of the run that completed last; what was imported never ran."""
    query = (
        _query(wanted)
        .where(runs.c.status == RunStatus.COMPLETED.value, runs.c.started_at.is_not(None))
        .order_by(runs.c.finished_at.desc(), runs.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()


def _query(wanted: ModelFilter) -> Select[tuple[str]]:
    query = select(runs.c.id).where(
        runs.c.num_checkpoints > 0, runs.c.deleted_at.is_(None), runs.c.archived.is_(False)
    )
    for column in ("env_id", "algorithm", "runner"):
        value = getattr(wanted, column)
        if value is not None:
            query = query.where(runs.c[column] == value)
    return query
