"""Which run came from which."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from gymlab.domain.runs import LIVE_STATUSES, Origin, Relation, RunSpec, RunStatus
from gymlab.storage.runs import StoredRun, get_runs
from gymlab.storage.tables import runs

MAX_GENERATIONS = 100
MAX_DESCENDANTS = 500
_NOT_BEGUN = (RunStatus.CREATED, RunStatus.QUEUED, *LIVE_STATUSES)


def origin_of(spec: RunSpec) -> Origin | None:
    """Return where a specification says that its run begins."""
    start = spec.start_from
    if start is None:
        return None
    relation = Relation.FORK if start.mode == "state" else Relation.WARM_START
    return Origin(start.run_id, relation, start.timestep)


def ancestors(connection: Connection, run: StoredRun) -> list[StoredRun]:
    """Return the runs that this one came from, the first of them first, deleted ones included."""
    found: list[StoredRun] = []
    seen = {run.id}
    while run.parent_run_id is not None and run.parent_run_id not in seen:
        parents = get_runs(connection, [run.parent_run_id])
        if not parents or len(found) >= MAX_GENERATIONS:
            break
        run = parents[0]
        seen.add(run.id)
        found.append(run)
    return found[::-1]


def descendants(connection: Connection, run_id: str) -> list[StoredRun]:
    """Return the runs that came from this one, generation by generation, the oldest first."""
    found: list[StoredRun] = []
    seen = {run_id}
    generation = [run_id]
    while generation and len(found) < MAX_DESCENDANTS:
        born = [run for run in children(connection, generation) if run.id not in seen]
        seen |= {run.id for run in born}
        generation = [run.id for run in born]
        found += born
    return found[:MAX_DESCENDANTS]


def children(connection: Connection, run_ids: Sequence[str]) -> list[StoredRun]:
    """Return the runs that came directly from these, the oldest first."""
    query = (
        select(runs.c.id)
        .where(runs.c.parent_run_id.in_(list(run_ids)))
        .order_by(runs.c.created_at)
        .limit(MAX_DESCENDANTS)
    )
    found = get_runs(connection, connection.execute(query).scalars())
    return sorted(found, key=lambda run: (run.created_at, run.id))


def children_not_begun(connection: Connection, run_id: str) -> list[StoredRun]:
    """Return the runs that may still have to copy a checkpoint of this one."""
    return [
        run
        for run in children(connection, [run_id])
        if run.deleted_at is None
        and run.status in _NOT_BEGUN
        and run.spec.get("start_from") is not None
    ]
