"""Paths of the runs resource."""

from typing import Annotated, Any

from fastapi import Body, Depends, Query, Response

from gymlab.domain.runs import RunAction, RunSpec, RunStatus
from gymlab.server.answers import Page
from gymlab.server.dependencies import Cursor, LabDep, Limit, RunId
from gymlab.server.http.routers import api_router
from gymlab.server.run_sorting import Sort
from gymlab.server.runs.by_size import BY_SIZE, list_by_size
from gymlab.server.runs.creating import RunCreation
from gymlab.server.runs.live_changes import hyperparameters_of
from gymlab.server.runs.live_controls import LiveControls
from gymlab.server.runs.reproducing import reproduce
from gymlab.server.runs.resumption import resumption_of
from gymlab.server.runs.schemas import (
    Accepted,
    EpisodeReset,
    ForkRequest,
    Hyperparameters,
    NewRecording,
    NewRun,
    Preflight,
    Recording,
    Resumption,
    Run,
    RunChanges,
)
from gymlab.server.runs.service import RunService
from gymlab.storage.runs import RunFilter


def run_service(lab: LabDep) -> RunService:
    """Return what does the work."""
    return RunService(lab)


def run_creation(lab: LabDep) -> RunCreation:
    """Return what makes runs."""
    return RunCreation(lab)


def live_controls(lab: LabDep) -> LiveControls:
    """Return what talks to live runs."""
    return LiveControls(lab)


Service = Annotated[RunService, Depends(run_service)]
Creation = Annotated[RunCreation, Depends(run_creation)]
Controls = Annotated[LiveControls, Depends(live_controls)]
router = api_router("runs")
POSITION = "X-Stream-Position"


@router.post("/runs", status_code=201)
async def create_run(body: NewRun, creation: Creation) -> Run:
    """Create a run and, unless `start` is false, queue it."""
    return await creation.create(body)


@router.post("/runs/check")
async def check_run(
    body: NewRun,
    creation: Creation,
    num_runs: Annotated[
        int, Query(ge=1, le=100, description="Runs of an experiment: all must fit on the disk.")
    ] = 1,
) -> Preflight:
    """Say whether the run could be created and what it will take; nothing is created."""
    return await creation.check(body, num_runs=num_runs)


@router.get("/runs")
def list_runs(
    service: Service,
    lab: LabDep,
    response: Response,
    status: Annotated[list[RunStatus] | None, Query(description="Any of these states.")] = None,
    env_id: Annotated[str | None, Query(max_length=200)] = None,
    runner: Annotated[str | None, Query(max_length=100)] = None,
    algorithm: Annotated[str | None, Query(max_length=100)] = None,
    tag: Annotated[str | None, Query(max_length=100)] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the name.")] = None,
    archived: Annotated[bool | None, Query(description="By default those not archived.")] = False,
    include_archived: Annotated[bool, Query(description="Archived or not.")] = False,
    starred: Annotated[bool | None, Query(description="Only with, or only without a star.")] = None,
    experiment_id: Annotated[str | None, Query(max_length=100)] = None,
    parent_run_id: Annotated[
        list[str] | None, Query(max_length=200, description="Came from any of these.")
    ] = None,
    sort: Annotated[Sort, Query(description="A leading - sorts downwards.")] = "-created_at",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Run]:
    """List runs, newest first unless sorted otherwise."""
    wanted = RunFilter(
        statuses=tuple(status or ()),
        env_id=env_id,
        runner=runner,
        algorithm=algorithm,
        tag=tag,
        words=q,
        archived=None if include_archived else archived,
        starred=starred,
        experiment_id=experiment_id,
        parent_run_ids=tuple(parent_run_id or ()),
    )
    if sort in BY_SIZE:
        page, position = list_by_size(lab, wanted, sort=sort, limit=limit, cursor=cursor)
    else:
        page, position = service.list(wanted, sort=sort, limit=limit, cursor=cursor)
    response.headers[POSITION] = position
    return page


@router.get("/runs/{run_id}")
def get_run(run_id: RunId, service: Service) -> Run:
    """Return one run."""
    return service.get(run_id)


@router.patch("/runs/{run_id}")
def change_run(run_id: RunId, body: RunChanges, service: Service) -> Run:
    """Rename, tag, annotate, archive or star a run."""
    return service.change(run_id, body)


@router.delete("/runs/{run_id}", status_code=204)
async def delete_run(run_id: RunId, service: Service) -> None:
    """Move a run into the bin, from which it can be restored; a live one must be stopped first."""
    await service.delete(run_id)


@router.post("/runs/{run_id}/restore")
async def restore_run(run_id: RunId, service: Service) -> Run:
    """Take a deleted run out of the bin, with metrics, events and checkpoints."""
    return await service.restore(run_id)


@router.post("/runs/{run_id}/start", status_code=202)
async def start_run(run_id: RunId, service: Service) -> Run:
    """Queue a run that was created with `start: false`."""
    return await service.act(run_id, RunAction.START)


@router.post("/runs/{run_id}/pause", status_code=202)
async def pause_run(run_id: RunId, service: Service) -> Run:
    """Hold training; the core is free within a second."""
    return await service.act(run_id, RunAction.PAUSE)


@router.post("/runs/{run_id}/resume", status_code=202)
async def resume_run(run_id: RunId, service: Service) -> Run:
    """Continue a paused run, or one that ended early, from its latest checkpoint."""
    return await service.act(run_id, RunAction.RESUME)


@router.post("/runs/{run_id}/stop", status_code=202)
async def stop_run(run_id: RunId, service: Service) -> Run:
    """End training; the last safe checkpoint is kept."""
    return await service.act(run_id, RunAction.STOP)


@router.post("/runs/{run_id}/fork", status_code=201)
async def fork_run(run_id: RunId, body: ForkRequest, creation: Creation) -> Run:
    """Continue a checkpoint's complete state with other hyperparameters, as a new run."""
    return await creation.fork(run_id, body)


@router.get("/runs/{run_id}/config")
def get_config(run_id: RunId, service: Service) -> RunSpec:
    """Return the resolved specification."""
    return service.spec(run_id)


@router.post("/runs/{run_id}/recordings", status_code=202)
async def start_recording(run_id: RunId, body: NewRecording, controls: Controls) -> Recording:
    """Write what is seen to an MP4 artifact."""
    return await controls.record(run_id, body)


@router.post("/runs/{run_id}/recordings/stop", status_code=202)
async def stop_recording(run_id: RunId, controls: Controls) -> Recording:
    """Finish the recording under way."""
    return await controls.stop_recording(run_id)


@router.post("/runs/{run_id}/reset-episode", status_code=202)
async def reset_episode(
    run_id: RunId, controls: Controls, body: EpisodeReset | None = None
) -> Accepted:
    """Cut off the episode that a sub-environment is in."""
    return await controls.reset_episode(run_id, body or EpisodeReset())


@router.get("/runs/{run_id}/resumption")
async def get_resumption(run_id: RunId, lab: LabDep) -> Resumption:
    """Say how exactly the run would continue from its latest checkpoint, and why."""
    return await resumption_of(lab, run_id)


@router.get("/runs/{run_id}/hyperparameters")
async def get_hyperparameters(run_id: RunId, lab: LabDep) -> Hyperparameters:
    """Return what the run trains with now, changes while it trained included."""
    return await hyperparameters_of(lab, run_id)


@router.patch("/runs/{run_id}/hyperparameters", status_code=202)
async def change_hyperparameters(
    run_id: RunId,
    controls: Controls,
    body: Annotated[dict[str, Any], Body(max_length=100, description="Name -> new value.")],
) -> Accepted:
    """Let a live run go on with other values; an event says when they took effect."""
    return await controls.change_hyperparameters(run_id, body)


@router.post("/runs/{run_id}/reproduce", status_code=201)
async def reproduce_run(run_id: RunId, lab: LabDep, creation: Creation) -> Run:
    """Train the same specification once more; `reproduction` says whether the rows are equal."""
    return await reproduce(lab, creation, run_id)
