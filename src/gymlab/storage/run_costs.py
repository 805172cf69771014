"""Runs that show what training costs."""

from sqlalchemy import Connection, select

from gymlab.domain.runs import RunStatus
from gymlab.storage.runs import StoredRun, stored_run
from gymlab.storage.tables import runs

MIN_DURATION_S = 1.0
_TELLING = (RunStatus.COMPLETED.value, RunStatus.STOPPED.value)


def ended_runs(
    connection: Connection, env_id: str, runner: str, algorithm: str, *, limit: int
) -> list[StoredRun]:
    """Return runs of the same environment and algorithm that ended well, the newest first."""
    query = (
        select(runs)
        .where(
            runs.c.env_id == env_id,
            runs.c.runner == runner,
            runs.c.algorithm == algorithm,
            runs.c.status.in_(_TELLING),
            runs.c.duration_s > MIN_DURATION_S,
            runs.c.timestep > 0,
        )
        .order_by(runs.c.finished_at.desc().nulls_last(), runs.c.id.desc())
        .limit(limit)
    )
    return [stored_run(row) for row in connection.execute(query).mappings()]
