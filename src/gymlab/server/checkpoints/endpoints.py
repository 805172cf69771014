"""Paths of the checkpoints resource."""

from typing import Annotated

from fastapi import APIRouter, Query

from gymlab.server.answers import Page
from gymlab.server.checkpoints import service
from gymlab.server.checkpoints.schemas import Checkpoint
from gymlab.server.dependencies import ERRORS, LabDep, RunId

router = APIRouter(tags=["checkpoints"], responses=ERRORS)


@router.get("/runs/{run_id}/checkpoints")
def list_checkpoints(
    run_id: RunId,
    lab: LabDep,
    verify: Annotated[bool, Query(description="Hash every file now.")] = False,
) -> Page[Checkpoint]:
    """List the stored states of a run, newest first."""
    return service.list_checkpoints(lab, run_id, verify=verify)
