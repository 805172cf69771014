"""Paths of the checkpoints resource."""

from typing import Annotated

from fastapi import Query

from gymlab.server.answers import Page
from gymlab.server.checkpoints import browser, service
from gymlab.server.checkpoints.schemas import Checkpoint, StoredModel
from gymlab.server.dependencies import Cursor, LabDep, Limit, RunId
from gymlab.server.http.routers import api_router
from gymlab.storage.models import ModelFilter

router = api_router("checkpoints")


@router.get("/checkpoints")
def list_models(
    lab: LabDep,
    env_id: Annotated[str | None, Query(max_length=200)] = None,
    algorithm: Annotated[str | None, Query(max_length=100)] = None,
    runner: Annotated[str | None, Query(max_length=100)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[StoredModel]:
    """List the checkpoints of all runs, one item for each run, newest first."""
    wanted = ModelFilter(env_id=env_id, algorithm=algorithm, runner=runner)
    return browser.list_models(lab, wanted, limit=limit, cursor=cursor)


@router.get("/runs/{run_id}/checkpoints")
def list_checkpoints(
    run_id: RunId,
    lab: LabDep,
    verify: Annotated[bool, Query(description="Hash every file now.")] = False,
) -> Page[Checkpoint]:
    """List the stored states of a run, newest first."""
    return service.list_checkpoints(lab, run_id, verify=verify)
