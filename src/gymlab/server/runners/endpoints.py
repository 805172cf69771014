"""Paths of the runners resource."""

from fastapi import APIRouter

from gymlab.server.answers import Page
from gymlab.server.dependencies import LabDep
from gymlab.server.runners.schemas import RunnerItem
from gymlab.server.runners.service import list_runners

router = APIRouter(tags=["runners"])


@router.get("/runners")
async def get_runners(lab: LabDep) -> Page[RunnerItem]:
    """List the training backends with the schema and presets of each algorithm."""
    return list_runners(await lab.catalogue.ready())
