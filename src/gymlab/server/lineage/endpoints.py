"""Paths of the lineage resource."""

from gymlab.server.dependencies import LabDep, RunId
from gymlab.server.http.routers import api_router
from gymlab.server.lineage import service
from gymlab.server.lineage.schemas import Lineage

router = api_router("lineage")


@router.get("/runs/{run_id}/lineage")
def get_lineage(run_id: RunId, lab: LabDep) -> Lineage:
    """Return the runs that a run came from and those that came from it, deleted ones included."""
    return service.lineage(lab, run_id)
