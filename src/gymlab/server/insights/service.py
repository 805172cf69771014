"""Reading findings out of the event log, where the worker wrote them."""

from pydantic import ValidationError

from gymlab.domain.events import EventType
from gymlab.server.answers import Page
from gymlab.server.insights.schemas import InsightItem
from gymlab.server.lab import Lab
from gymlab.server.run_lookup import existing_run
from gymlab.storage.events import EventQuery, StoredEvent, list_events

MAX_EVENTS = 1000


def insights_of(lab: Lab, run_id: str) -> Page[InsightItem]:
    """Return the latest finding of every rule, the newest first."""
    with lab.database.reading() as connection:
        existing_run(connection, run_id)
        wanted = EventQuery(types=(EventType.INSIGHT.value,), newest_first=True, limit=MAX_EVENTS)
        events, _ = list_events(connection, run_id, wanted)
    found: dict[str, InsightItem] = {}
    for event in events:
        item = _view(event)
        if item is not None:
            found.setdefault(item.rule, item)
    return Page[InsightItem](items=list(found.values()))


def _view(event: StoredEvent) -> InsightItem | None:
    """Return the finding of an event; None for an event that holds none: a worker may say anything."""
    try:
        return InsightItem.model_validate({
            "timestep": 0,
            **event.data,
            "found_at": event.timestamp,
        })
    except ValidationError:
        return None
