"""Paths of the versions resource."""

from gymlab.server.answers import Page
from gymlab.server.dependencies import LabDep, Limit, RunId
from gymlab.server.http.routers import api_router
from gymlab.server.versions import service
from gymlab.server.versions.schemas import Version

router = api_router("versions")


@router.get("/runs/{run_id}/versions")
def list_versions(run_id: RunId, lab: LabDep, limit: Limit = 50) -> Page[Version]:
    """List runs of the same environment and algorithm, and relatives, with what changed."""
    return service.list_versions(lab, run_id, limit=limit)
