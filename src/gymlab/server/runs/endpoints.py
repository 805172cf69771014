"""Paths of the runs resource."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from gymlab.domain.runs import RunAction, RunSpec, RunStatus
from gymlab.server.answers import Page
from gymlab.server.dependencies import ERRORS, Cursor, LabDep, Limit, RunId
from gymlab.server.runs import listing
from gymlab.server.runs.schemas import (
    Accepted,
    EpisodeReset,
    NewRecording,
    NewRun,
    Preflight,
    Recording,
    Run,
    RunChanges,
)

router = APIRouter(tags=["runs"], responses=ERRORS)
POSITION = "X-Stream-Position"


@router.post("/runs", status_code=201)
async def create_run(body: NewRun, lab: LabDep) -> Run:
    """Create a run and, unless `start` is false, queue it."""
    return await lab.runs.create(body)


@router.post("/runs/check")
async def check_run(body: NewRun, lab: LabDep) -> Preflight:
    """Say whether the run could be created and what it will take; nothing is created."""
    return await lab.runs.check(body)


@router.get("/runs")
def list_runs(
    lab: LabDep,
    response: Response,
    status: Annotated[list[RunStatus] | None, Query(description="Any of these states.")] = None,
    env_id: Annotated[str | None, Query(max_length=200)] = None,
    runner: Annotated[str | None, Query(max_length=100)] = None,
    algorithm: Annotated[str | None, Query(max_length=100)] = None,
    tag: Annotated[str | None, Query(max_length=100)] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the name.")] = None,
    archived: Annotated[bool | None, Query(description="By default those not archived.")] = False,
    sort: Annotated[
        listing.Sort, Query(description="A leading - sorts downwards.")
    ] = "-created_at",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Run]:
    """List runs, newest first unless sorted otherwise."""
    wanted = listing.RunFilter(
        statuses=tuple(status or ()),
        env_id=env_id,
        runner=runner,
        algorithm=algorithm,
        tag=tag,
        words=q,
        archived=archived,
    )
    page, position = lab.runs.list(wanted, sort=sort, limit=limit, cursor=cursor)
    response.headers[POSITION] = position
    return page


@router.get("/runs/{run_id}")
def get_run(run_id: RunId, lab: LabDep) -> Run:
    """Return one run."""
    return lab.runs.get(run_id)


@router.patch("/runs/{run_id}")
def change_run(run_id: RunId, body: RunChanges, lab: LabDep) -> Run:
    """Rename, tag, annotate or archive a run."""
    return lab.runs.change(run_id, body)


@router.delete("/runs/{run_id}", status_code=204)
async def delete_run(run_id: RunId, lab: LabDep) -> None:
    """Delete a run and its folder; a live one must be stopped first."""
    await lab.runs.delete(run_id)


@router.post("/runs/{run_id}/start", status_code=202)
async def start_run(run_id: RunId, lab: LabDep) -> Run:
    """Queue a run that was created with `start: false`."""
    return await lab.runs.act(run_id, RunAction.START)


@router.post("/runs/{run_id}/pause", status_code=202)
async def pause_run(run_id: RunId, lab: LabDep) -> Run:
    """Hold training; the core is free within a second."""
    return await lab.runs.act(run_id, RunAction.PAUSE)


@router.post("/runs/{run_id}/resume", status_code=202)
async def resume_run(run_id: RunId, lab: LabDep) -> Run:
    """Continue a paused run, or one that ended early, from its latest checkpoint."""
    return await lab.runs.act(run_id, RunAction.RESUME)


@router.post("/runs/{run_id}/stop", status_code=202)
async def stop_run(run_id: RunId, lab: LabDep) -> Run:
    """End training; the last safe checkpoint is kept."""
    return await lab.runs.act(run_id, RunAction.STOP)


@router.get("/runs/{run_id}/config")
def get_config(run_id: RunId, lab: LabDep) -> RunSpec:
    """Return the resolved specification."""
    return lab.runs.spec(run_id)


@router.post("/runs/{run_id}/recordings", status_code=202)
async def start_recording(run_id: RunId, body: NewRecording, lab: LabDep) -> Recording:
    """Write what is seen to an MP4 artifact."""
    return await lab.runs.record(run_id, body)


@router.post("/runs/{run_id}/recordings/stop", status_code=202)
async def stop_recording(run_id: RunId, lab: LabDep) -> Recording:
    """Finish the recording under way."""
    return await lab.runs.stop_recording(run_id)


@router.post("/runs/{run_id}/reset-episode", status_code=202)
async def reset_episode(run_id: RunId, lab: LabDep, body: EpisodeReset | None = None) -> Accepted:
    """Cut off the episode that a sub-environment is in."""
    return await lab.runs.reset_episode(run_id, body or EpisodeReset())
