"""Paths of the health resource."""

from fastapi import APIRouter

from gymlab.server.dependencies import LabDep
from gymlab.server.health.schemas import Health
from gymlab.server.health.service import health

router = APIRouter(tags=["health"])


@router.get("/health")
async def get_health(lab: LabDep) -> Health:
    """Say that the server works, since when, and with what; needs no login."""
    return await health(lab)
