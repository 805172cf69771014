"""Reading and writing event logs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from gymlab.storage.database import Writer
from gymlab.storage.tables import events


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that has no number yet."""

    run_id: str
    timestamp: str
    event_type: str
    level: str
    message: str
    data: dict[str, Any]


class StoredEvent(msgspec.Struct, frozen=True):
    """An event as it is answered and streamed."""

    id: int
    run_id: str
    timestamp: str
    event_type: str
    level: str
    message: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which events of a run."""

    after: int = 0
    before: int | None = None
    types: tuple[str, ...] = ()
    newest_first: bool = False
    limit: int = 200


def insert_event(writer: Writer, event: NewEvent) -> StoredEvent:
    """Add an event; it gets the next number."""
    result = writer.connection.execute(
        insert(events).values(
            run_id=event.run_id,
            timestamp=event.timestamp,
            event_type=event.event_type,
            level=event.level,
            message=event.message,
            data=msgspec.json.encode(event.data).decode(),
        )
    )
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101
    return StoredEvent(
        id=int(key[0]),
        run_id=event.run_id,
        timestamp=event.timestamp,
        event_type=event.event_type,
        level=event.level,
        message=event.message,
        data=event.data,
    )


def list_events(
    connection: Connection, run_id: str, wanted: EventQuery
) -> tuple[list[StoredEvent], bool]:
    """Return events of a run and whether there are more."""
    query = select(events).where(events.c.run_id == run_id, events.c.id > wanted.after)
    if wanted.before is not None:
        query = query.where(events.c.id < wanted.before)
    if wanted.types:
        query = query.where(events.c.event_type.in_(wanted.types))
    order = events.c.id.desc() if wanted.newest_first else events.c.id.asc()
    rows: Sequence[Any] = connection.execute(query.order_by(order).limit(wanted.limit + 1)).all()
    found = [
        StoredEvent(**{**row._mapping, "data": msgspec.json.decode(row.data)})  # noqa: SLF001
        for row in rows[: wanted.limit]
    ]
    return found, len(rows) > wanted.limit


def last_event_id(connection: Connection, run_id: str) -> int:
    """Return the number of the run's last event; 0 when it has none."""
    query = select(func.max(events.c.id)).where(events.c.run_id == run_id)
    return int(connection.execute(query).scalar() or 0)


def delete_events(writer: Writer, run_id: str) -> None:
    """Forget the events of a run."""
    writer.connection.execute(delete(events).where(events.c.run_id == run_id))
