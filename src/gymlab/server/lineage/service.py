"""Reading the relatives of a run."""

from gymlab.domain.timestamps import rfc3339
from gymlab.server.lab import Lab
from gymlab.server.lineage.schemas import Lineage, LineageRun
from gymlab.server.run_lookup import existing_run
from gymlab.storage.lineage import ancestors, descendants
from gymlab.storage.runs import StoredRun


def lineage(lab: Lab, run_id: str) -> Lineage:
    """Return where a run came from and what came from it."""
    with lab.database.reading() as connection:
        run = existing_run(connection, run_id)
        before = ancestors(connection, run)
        after = descendants(connection, run_id)
    return Lineage(
        ancestors=[_view(item) for item in before],
        run=_view(run),
        descendants=[_view(item) for item in after],
    )


def _view(run: StoredRun) -> LineageRun:
    return LineageRun(
        id=run.id,
        name=run.name,
        parent_run_id=run.parent_run_id,
        relation=run.relation,
        parent_timestep=run.parent_timestep,
        timestep=run.timestep,
        status=run.status,
        is_deleted=run.deleted_at is not None,
        env_id=run.env_id,
        algorithm=run.algorithm,
        created_at=rfc3339(run.created_at),
    )
