"""What people did to a run while it trained, which its specification does not say."""

from sqlalchemy import Connection

from gymlab.domain.events import EventType
from gymlab.storage.events import EventQuery, list_events

_TYPES = (EventType.HYPERPARAMETER_CHANGED.value, EventType.WARNING.value)
_LIMIT = 1000


def hand_changes(connection: Connection, run_id: str) -> list[str]:
    """Return what was changed by hand, as the event log says it, oldest first."""
    events, _ = list_events(connection, run_id, EventQuery(types=_TYPES, limit=_LIMIT))
    return [
        event.message
        for event in events
        if event.event_type != EventType.WARNING.value or "by_hand" in event.data
    ]
