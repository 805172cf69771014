"""Paths of the reproductions resource."""

from gymlab.server.dependencies import LabDep, RunId
from gymlab.server.http.routers import api_router
from gymlab.server.reproductions import service
from gymlab.server.reproductions.schemas import Reproduction

router = api_router("reproductions")


@router.get("/runs/{run_id}/reproduction")
def get_reproduction(run_id: RunId, lab: LabDep) -> Reproduction | None:
    """Compare a run with the one it repeats, or with its newest repetition; null without one.

    Every call compares further rows, so that asking again while it runs costs little.
    """
    return service.reproduction_of(lab, run_id)
