"""Paths of the deployments resource."""

from gymlab.server.dependencies import LabDep, RunId
from gymlab.server.deployments import service
from gymlab.server.deployments.schemas import Deployment, NewDeployment
from gymlab.server.http.routers import api_router

router = api_router("deployments")


@router.post("/runs/{run_id}/deployment", status_code=201)
async def deploy_checkpoint(run_id: RunId, body: NewDeployment, lab: LabDep) -> Deployment:
    """Play a checkpoint in the live feed of its run, also of one that has ended."""
    return await service.deploy(lab, run_id, body)


@router.get("/runs/{run_id}/deployment")
async def get_deployment(run_id: RunId, lab: LabDep) -> Deployment | None:
    """Return what the live feed of a run plays instead of its newest policy; null for nothing."""
    return await service.current(lab, run_id)


@router.delete("/runs/{run_id}/deployment", status_code=204)
async def end_deployment(run_id: RunId, lab: LabDep) -> None:
    """Play the newest policy again; of a run that has ended, nothing."""
    await service.end(lab, run_id)
