"""Paths of the health resource."""

from gymlab.server.dependencies import LabDep
from gymlab.server.health.schemas import Health
from gymlab.server.health.service import health
from gymlab.server.http.routers import NOT_POSSIBLE, api_router

router = api_router("health", errors=NOT_POSSIBLE)


@router.get("/health")
async def get_health(lab: LabDep) -> Health:
    """Say that the server works, since when, and with what; needs no login."""
    return await health(lab)
