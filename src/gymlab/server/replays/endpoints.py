"""Paths of the replays resource."""

from typing import Annotated

from fastapi import Path

from gymlab.server.answers import Page
from gymlab.server.dependencies import LabDep, RunId
from gymlab.server.http.routers import api_router
from gymlab.server.replays import service
from gymlab.server.replays.schemas import Replay, ReplayStates, ReplaySummary

router = api_router("replays")
Episode = Annotated[int, Path(ge=1, le=2**53, description="Number of the episode in the run.")]


@router.get("/runs/{run_id}/replays")
def list_replays(run_id: RunId, lab: LabDep) -> Page[ReplaySummary]:
    """List the training episodes that a run kept: the first, records, some in between, examples of every ending, the last."""
    return service.list_replays(lab, run_id)


@router.get("/runs/{run_id}/replays/{episode}")
def get_replay(run_id: RunId, episode: Episode, lab: LabDep) -> Replay:
    """Return a kept episode: how it began and every action."""
    return service.get_replay(lab, run_id, episode)


@router.get("/runs/{run_id}/replays/{episode}/states")
async def get_replay_states(run_id: RunId, episode: Episode, lab: LabDep) -> ReplayStates:
    """Play a kept episode of one of our own games again and return its states."""
    return await service.get_states(lab, run_id, episode)
