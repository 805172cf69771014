"""Paths of the artifacts resource."""

from fastapi import Request
from starlette.responses import FileResponse

from gymlab.server.answers import Page
from gymlab.server.artifacts import service
from gymlab.server.artifacts.schemas import Artifact
from gymlab.server.dependencies import LabDep, RunId
from gymlab.server.http.routers import api_router

router = api_router("artifacts")


@router.get("/runs/{run_id}/artifacts")
def list_artifacts(run_id: RunId, lab: LabDep) -> Page[Artifact]:
    """List the files of a run."""
    return service.list_artifacts(lab, run_id)


@router.get("/runs/{run_id}/artifacts/{path:path}", response_class=FileResponse)
def get_artifact(run_id: RunId, path: str, request: Request, lab: LabDep) -> FileResponse:
    """Download a file of a run; `Range` is honoured."""
    return service.file_answer(lab, run_id, path, request)
