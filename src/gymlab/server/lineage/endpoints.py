"""Paths of the lineage resource."""

from fastapi import APIRouter

from gymlab.server.dependencies import ERRORS, LabDep, RunId
from gymlab.server.lineage import service
from gymlab.server.lineage.schemas import Lineage

router = APIRouter(tags=["lineage"], responses=ERRORS)


@router.get("/runs/{run_id}/lineage")
def get_lineage(run_id: RunId, lab: LabDep) -> Lineage:
    """Return the runs that a run came from and those that came from it, deleted ones included."""
    return service.lineage(lab, run_id)
