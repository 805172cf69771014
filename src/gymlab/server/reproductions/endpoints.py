"""Paths of the reproductions resource."""

from fastapi import APIRouter

from gymlab.server.dependencies import ERRORS, LabDep, RunId
from gymlab.server.reproductions import service
from gymlab.server.reproductions.schemas import Reproduction

router = APIRouter(tags=["reproductions"], responses=ERRORS)


@router.get("/runs/{run_id}/reproduction")
def get_reproduction(run_id: RunId, lab: LabDep) -> Reproduction | None:
    """Compare a run with the one it repeats, or with its newest repetition; null without one.

    Every call compares further rows, so that asking again while it runs costs little.
    """
    return service.reproduction_of(lab, run_id)
