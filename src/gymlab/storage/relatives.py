"""Runs that came from other runs."""

from sqlalchemy import Connection, select

from gymlab.domain.runs import Relation
from gymlab.storage.runs import StoredRun, get_run
from gymlab.storage.tables import runs


def latest_reproduction(connection: Connection, run_id: str) -> StoredRun | None:
    """Return the newest run that repeats another; None when nobody repeated it."""
    query = (
        select(runs.c.id)
        .where(
            runs.c.parent_run_id == run_id,
            runs.c.relation == Relation.REPRODUCTION.value,
            runs.c.deleted_at.is_(None),
        )
        .order_by(runs.c.created_at.desc())
        .limit(1)
    )
    found = connection.execute(query).scalar()
    return get_run(connection, str(found)) if found is not None else None
