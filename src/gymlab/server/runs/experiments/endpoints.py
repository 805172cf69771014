"""Paths of the experiments resource."""

from typing import Annotated, Literal

from fastapi import Depends, Path, Query

from gymlab.domain.ids import is_run_id
from gymlab.errors import ExperimentNotFoundError
from gymlab.server.answers import Page
from gymlab.server.dependencies import Cursor, LabDep, Limit
from gymlab.server.http.routers import api_router
from gymlab.server.runs.experiments.schemas import (
    Experiment,
    ExperimentChanges,
    ExperimentWithRuns,
    NewExperiment,
)
from gymlab.server.runs.experiments.service import ExperimentService


def experiment_service(lab: LabDep) -> ExperimentService:
    """Return what does the work."""
    return ExperimentService(lab)


def checked_experiment_id(
    experiment_id: Annotated[str, Path(description="Identifier of the experiment.")],
) -> str:
    """Refuse what cannot be the id of an experiment."""
    if not is_run_id(experiment_id):
        raise ExperimentNotFoundError(experiment_id[:64])
    return experiment_id


Service = Annotated[ExperimentService, Depends(experiment_service)]
ExperimentId = Annotated[str, Depends(checked_experiment_id)]
router = api_router("experiments")


@router.post("/experiments", status_code=201)
async def create_experiment(body: NewExperiment, service: Service) -> ExperimentWithRuns:
    """Create a run for each of several seeds, all of them or none."""
    return await service.create(body)


@router.get("/experiments")
def list_experiments(
    service: Service, limit: Limit = 50, cursor: Cursor = None
) -> Page[Experiment]:
    """List experiments that have runs, newest first."""
    return service.page(limit=limit, cursor=cursor)


@router.get("/experiments/{experiment_id}")
def get_experiment(experiment_id: ExperimentId, service: Service) -> ExperimentWithRuns:
    """Return an experiment with its runs."""
    return service.get(experiment_id)


@router.patch("/experiments/{experiment_id}")
def change_experiment(
    experiment_id: ExperimentId, body: ExperimentChanges, service: Service
) -> Experiment:
    """Rename an experiment."""
    return service.rename(experiment_id, body.name)


@router.post("/experiments/{experiment_id}/stop", status_code=202)
async def stop_experiment(experiment_id: ExperimentId, service: Service) -> ExperimentWithRuns:
    """Stop every run of an experiment."""
    return await service.stop(experiment_id)


@router.delete("/experiments/{experiment_id}", status_code=204)
async def delete_experiment(
    experiment_id: ExperimentId,
    service: Service,
    runs: Annotated[
        Literal["keep", "delete"], Query(description="Keep the runs, or move them into the bin.")
    ] = "keep",
) -> None:
    """Remove the grouping and keep its runs, or move all of them into the bin."""
    await service.delete(experiment_id, with_runs=runs == "delete")
