"""Paths of the events resource."""

from typing import Annotated

from fastapi import Query, Response

from gymlab.domain.events import EventType
from gymlab.server.answers import Page
from gymlab.server.dependencies import Cursor, LabDep, Limit, RunId
from gymlab.server.events import service
from gymlab.server.events.schemas import RunEvent
from gymlab.server.http.routers import api_router

router = api_router("events")
MAX_EVENT_ID = 2**62


@router.get("/runs/{run_id}/events")
def list_events(
    run_id: RunId,
    lab: LabDep,
    response: Response,
    after: Annotated[int, Query(ge=0, le=MAX_EVENT_ID, description="Only later ones.")] = 0,
    before: Annotated[
        int | None, Query(ge=1, le=MAX_EVENT_ID, description="Only earlier ones.")
    ] = None,
    event_type: Annotated[list[EventType] | None, Query(alias="type")] = None,
    newest_first: Annotated[bool, Query(description="From the end of the log backwards.")] = False,
    limit: Limit = 200,
    cursor: Cursor = None,
) -> Page[RunEvent]:
    """List the event log, oldest first unless asked otherwise."""
    if cursor is not None:
        after, before = service.behind(cursor, after, before, newest_first=newest_first)
    wanted = service.Query(
        after=after,
        before=before,
        types=tuple(event_type or ()),
        newest_first=newest_first,
        limit=limit,
    )
    page, position = service.list_events(lab, run_id, wanted)
    response.headers["X-Stream-Position"] = position
    return page
