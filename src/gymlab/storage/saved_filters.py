"""Reading and writing the filters of the list of runs that have names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from gymlab.storage.database import Writer
from gymlab.storage.runs import OWNER
from gymlab.storage.tables import saved_filters


@dataclass(frozen=True, slots=True)
class StoredFilter:
    """A filter with a name."""

    id: str
    name: str
    filters: dict[str, Any]
    """What is asked of runs, and how they are sorted."""
    updated_at: float


def list_filters(connection: Connection) -> list[StoredFilter]:
    """Return every filter, by name."""
    query = select(saved_filters).where(saved_filters.c.owner == OWNER)
    order = (func.lower(saved_filters.c.name), saved_filters.c.id)
    return [_stored(row) for row in connection.execute(query.order_by(*order)).mappings()]


def count_filters(connection: Connection) -> int:
    """Return how many there are."""
    query = select(func.count()).select_from(saved_filters).where(saved_filters.c.owner == OWNER)
    return int(connection.execute(query).scalar_one())


def get_filter(connection: Connection, filter_id: str) -> StoredFilter | None:
    """Return a filter; None when there is none of that id."""
    return _first(connection, saved_filters.c.id == filter_id)


def find_filter(connection: Connection, name: str) -> StoredFilter | None:
    """Return the filter of a name; None when there is none."""
    return _first(connection, saved_filters.c.name == name)


def insert_filter(
    writer: Writer, filter_id: str, name: str, filters: Mapping[str, Any], *, at: float
) -> None:
    """Store a new filter."""
    writer.connection.execute(
        insert(saved_filters).values(
            id=filter_id, owner=OWNER, name=name, filters=_text(filters), updated_at=at
        )
    )


def change_filter(
    writer: Writer, filter_id: str, name: str, filters: Mapping[str, Any], *, at: float
) -> None:
    """Give a filter this name and this content."""
    writer.connection.execute(
        update(saved_filters)
        .where(saved_filters.c.id == filter_id)
        .values(name=name, filters=_text(filters), updated_at=at)
    )


def delete_filter(writer: Writer, filter_id: str) -> bool:
    """Forget a filter; tell whether there was one."""
    mine = (saved_filters.c.id == filter_id, saved_filters.c.owner == OWNER)
    return writer.connection.execute(delete(saved_filters).where(*mine)).rowcount > 0


def _first(connection: Connection, condition: Any) -> StoredFilter | None:
    query = select(saved_filters).where(saved_filters.c.owner == OWNER, condition)
    row = connection.execute(query).mappings().first()
    return _stored(row) if row is not None else None


def _text(filters: Mapping[str, Any]) -> str:
    return msgspec.json.encode(dict(filters)).decode()


def _stored(row: Mapping[Any, Any]) -> StoredFilter:
    return StoredFilter(
        id=row["id"],
        name=row["name"],
        filters=msgspec.json.decode(row["filters"], type=dict[str, Any]),
        updated_at=row["updated_at"],
    )
