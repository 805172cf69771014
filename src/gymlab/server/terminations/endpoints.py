"""Paths of the terminations resource."""

from typing import Annotated

from fastapi import Query

from gymlab.server.dependencies import LabDep, RunId
from gymlab.server.http.routers import api_router
from gymlab.server.terminations import service
from gymlab.server.terminations.schemas import Terminations

router = api_router("terminations")
Parts = Annotated[int, Query(ge=1, le=200, description="Parts that the training is cut into.")]


@router.get("/runs/{run_id}/terminations")
def get_terminations(run_id: RunId, lab: LabDep, parts: Parts = 24) -> Terminations:
    """Count the reasons why training episodes ended, in equal parts of the timesteps so far."""
    return service.count_terminations(lab, run_id, parts)
