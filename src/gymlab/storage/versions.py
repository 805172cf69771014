"""Finding the versions of a model: runs of the same environment and algorithm, and relatives."""

from sqlalchemy import Connection, or_, select

from gymlab.storage.runs import StoredRun, stored_run
from gymlab.storage.tables import runs

MAX_GENERATIONS = 100


def versions_of(connection: Connection, run: StoredRun, *, limit: int) -> list[StoredRun]:
    """Return the newest runs that are versions of the same model, oldest first, this one included.

    Args:
        connection: Where to look.
        run: One of them.
        limit: How many at most.
    """
    is_same = (
        (runs.c.env_id == run.env_id)
        & (runs.c.runner == run.runner)
        & (runs.c.algorithm == run.algorithm)
    )
    relatives = _family(connection, run)
    query = (
        select(runs)
        .where(runs.c.deleted_at.is_(None), or_(is_same, runs.c.id.in_(relatives)))
        .order_by((runs.c.id == run.id).desc(), runs.c.created_at.desc(), runs.c.id.desc())
        .limit(limit)
    )
    found = [stored_run(row) for row in connection.execute(query).mappings()]
    return sorted(found, key=lambda item: (item.created_at, item.id))


def _family(connection: Connection, run: StoredRun) -> set[str]:
    """Return the ids of ancestors and descendants, whatever they train."""
    known = {run.id}
    parent = run.parent_run_id
    for _ in range(MAX_GENERATIONS):
        if parent is None or parent in known:
            break
        known.add(parent)
        query = select(runs.c.parent_run_id).where(runs.c.id == parent)
        parent = connection.execute(query).scalar()
    newest = set(known)
    for _ in range(MAX_GENERATIONS):
        query = select(runs.c.id).where(runs.c.parent_run_id.in_(newest))
        newest = set(connection.execute(query).scalars()) - known
        if not newest:
            break
        known |= newest
    return known
