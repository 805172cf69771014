"""Paths of the log resource."""

from typing import Annotated

from fastapi import Query
from starlette.responses import PlainTextResponse

from gymlab.server.dependencies import LabDep, RunId
from gymlab.server.http.routers import api_router
from gymlab.server.log import service

router = api_router("log")


@router.get("/runs/{run_id}/log", response_class=PlainTextResponse)
def get_log(
    run_id: RunId,
    lab: LabDep,
    tail: Annotated[int, Query(ge=1, le=100_000, description="The last lines.")] = 1000,
) -> PlainTextResponse:
    """Return the last lines that the worker printed, as text."""
    text, position = service.read_tail(lab, run_id, tail)
    return PlainTextResponse(text, headers={"X-Stream-Position": position})
