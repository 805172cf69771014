"""Putting runs into the queue, and saying in their event log what people did."""

from typing import Any

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.runs import RunStatus
from gymlab.server.lab import Lab
from gymlab.server.orchestration.clock import now
from gymlab.storage.database import Writer
from gymlab.storage.events import NewEvent
from gymlab.storage.runs import next_queue_order, queue_positions, update_run


def queue_run(lab: Lab, writer: Writer, run_id: str, *, attempt: int) -> None:
    """Let a run wait for its turn at the end of the queue."""
    update_run(
        writer,
        run_id,
        status=RunStatus.QUEUED,
        status_reason=None,
        attempt=attempt,
        queue_order=next_queue_order(writer.connection),
        finished_at=None,
    )
    place = queue_positions(writer.connection).get(run_id, 1)
    note_event(lab, writer, run_id, EventType.QUEUED, f"Queued at place {place}", place=place)


def note_event(
    lab: Lab, writer: Writer, run_id: str, event: EventType, text: str, **data: Any
) -> None:
    """Add what a person did to the run's event log."""
    new = NewEvent(run_id, now(), event.value, EventLevel.INFO.value, text, data)
    lab.announcer.event(writer, new)
