"""Paths of the live streams."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Header, Query
from starlette.responses import Response

from gymlab.server.dependencies import LabDep, RunId
from gymlab.server.http.routers import api_router
from gymlab.server.streams import service

router = api_router("streams")
Begin = Literal["now", "start"]


def cursor_text(
    last_event_id: Annotated[
        str | None, Query(max_length=8192, description="Where to continue from.")
    ] = None,
    header: Annotated[
        str | None, Header(alias="Last-Event-ID", description="The same; sent by browsers.")
    ] = None,
) -> str | None:
    """Return the position to continue from; the header, which is newer, wins."""
    return header if header is not None else last_event_id


CursorText = Annotated[str | None, Depends(cursor_text)]
FromWhere = Annotated[
    Begin, Query(alias="from", description="Where topics without position begin.")
]
EVENT_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "Server-sent events."}
}


@router.get("/stream", response_class=Response, responses=EVENT_STREAM)
async def stream(
    lab: LabDep,
    topics: Annotated[str, Query(max_length=8192, description="runs, run:<id>:metrics, ...")],
    cursor: CursorText = None,
    begin: FromWhere = "now",
) -> Response:
    """Stream several topics over one connection; every message's id is where to continue from."""
    return await service.open_stream(lab, topics, cursor, begin)


@router.get("/runs/{run_id}/stream", response_class=Response, responses=EVENT_STREAM)
async def stream_metrics(
    run_id: RunId, lab: LabDep, cursor: CursorText = None, begin: FromWhere = "now"
) -> Response:
    """Stream the metric rows of one run."""
    return await service.open_stream(lab, f"run:{run_id}:metrics", cursor, begin)


@router.get("/runs/{run_id}/events/stream", response_class=Response, responses=EVENT_STREAM)
async def stream_events(
    run_id: RunId, lab: LabDep, cursor: CursorText = None, begin: FromWhere = "now"
) -> Response:
    """Stream the event log of one run."""
    return await service.open_stream(lab, f"run:{run_id}:events", cursor, begin)
