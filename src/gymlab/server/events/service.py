"""Listing event logs."""

from dataclasses import dataclass

from gymlab.domain.events import EventType
from gymlab.errors import InvalidCursorError
from gymlab.server.answers import Page
from gymlab.server.events.schemas import RunEvent
from gymlab.server.lab import Lab
from gymlab.server.run_lookup import existing_run
from gymlab.storage.events import EventQuery, StoredEvent, last_event_id
from gymlab.storage.events import list_events as read_events


@dataclass(frozen=True, slots=True)
class Query:
    """Which events of a run."""

    after: int
    before: int | None
    types: tuple[EventType, ...]
    newest_first: bool
    limit: int


def behind(
    cursor: str, after: int, before: int | None, *, newest_first: bool
) -> tuple[int, int | None]:
    """Return `after` and `before` of the part that follows a part.

    Raises:
        InvalidCursorError: The cursor is no number of an event.
    """
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):
        raise InvalidCursorError("The list cursor is not one of ours.")
    return (after, int(cursor)) if newest_first else (int(cursor), before)


def list_events(lab: Lab, run_id: str, wanted: Query) -> tuple[Page[RunEvent], str]:
    """Return a page of events, and the stream position that follows the whole log."""
    with lab.database.reading() as connection:
        existing_run(connection, run_id)
        query = EventQuery(
            after=wanted.after,
            before=wanted.before,
            types=tuple(kind.value for kind in wanted.types),
            newest_first=wanted.newest_first,
            limit=wanted.limit,
        )
        found, has_more = read_events(connection, run_id, query)
        # After an incomplete page the stream must continue with the next event, not the last.
        is_cut = has_more and not wanted.newest_first
        position = found[-1].id if is_cut else last_event_id(connection, run_id)
    cursor = str(found[-1].id) if has_more and found else None
    return Page[RunEvent](items=[_view(event) for event in found], next_cursor=cursor), (
        f"{run_id}:e={position}"
    )


def _view(event: StoredEvent) -> RunEvent:
    return RunEvent.model_validate({
        "id": event.id,
        "run_id": event.run_id,
        "timestamp": event.timestamp,
        "event_type": event.event_type,
        "level": event.level,
        "message": event.message,
        "data": event.data,
    })
