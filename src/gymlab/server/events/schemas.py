"""Shapes of the events resource."""

from typing import Any

from gymlab.domain.events import EventLevel, EventType
from gymlab.server.answers import Answer, Timestamp


class RunEvent(Answer):
    """An entry of a run's event log."""

    id: int
    """Grows from event to event."""
    run_id: str
    """The run."""
    timestamp: Timestamp
    """When it happened."""
    event_type: EventType
    """What happened."""
    level: EventLevel
    """How much attention it wants."""
    message: str
    """Plain text."""
    data: dict[str, Any]
    """Details, `timestep` among them."""
