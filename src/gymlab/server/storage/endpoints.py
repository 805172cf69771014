"""Paths of the storage resource."""

from typing import Annotated

from fastapi import Query

from gymlab.domain.ids import is_run_id
from gymlab.errors import FieldProblem, InvalidInputError
from gymlab.server.answers import Page
from gymlab.server.dependencies import MAX_PAGE, LabDep, RunId
from gymlab.server.http.routers import api_router
from gymlab.server.storage import service
from gymlab.server.storage.schemas import Freed, RunStorage, Storage

router = api_router("storage")
Ids = Annotated[
    str, Query(max_length=MAX_PAGE * 13, description="Ids of runs, separated by commas.")
]


@router.get("/storage")
def get_storage(lab: LabDep) -> Storage:
    """Say what the disk has, what runs and the bin take of it, and which runs are largest."""
    return service.whole_storage(lab)


@router.get("/storage/runs")
def get_run_storage(lab: LabDep, ids: Ids) -> Page[RunStorage]:
    """Say what some runs take; unknown ones are left out."""
    wanted = list(dict.fromkeys(part for part in ids.split(",") if part))
    if len(wanted) > MAX_PAGE or not all(is_run_id(part) for part in wanted):
        detail = f"ids must be at most {MAX_PAGE} ids of runs, separated by commas."
        raise InvalidInputError(detail, fields=[FieldProblem("ids", "malformed", detail)])
    return service.storage_of(lab, wanted)


@router.delete("/runs/{run_id}/recordings")
def delete_recordings(run_id: RunId, lab: LabDep) -> Freed:
    """Remove the films of a run for good; a live one must be stopped first."""
    return service.delete_recordings(lab, run_id)


@router.post("/runs/{run_id}/checkpoints/thin")
def thin_checkpoints(run_id: RunId, lab: LabDep) -> Freed:
    """Remove every stored state but the latest and the best; a live run must be stopped first."""
    return service.thin_checkpoints(lab, run_id)
