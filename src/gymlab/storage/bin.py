"""Deleted runs: those in the bin, and the marks that those removed for good leave."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from gymlab.storage.database import Writer
from gymlab.storage.evaluations import cancel_evaluations, delete_evaluations
from gymlab.storage.events import delete_events
from gymlab.storage.row_index import delete_row_index
from gymlab.storage.runs import (
    StoredRun,
    decode_cursor,
    encode_cursor,
    stored_run,
    update_run,
)
from gymlab.storage.series import delete_series
from gymlab.storage.tables import runs


class Place(StrEnum):
    """Where the database says that a run is."""

    LISTED = "listed"
    BINNED = "binned"
    PURGED = "purged"


_IS_BINNED = and_(runs.c.deleted_at.is_not(None), runs.c.purged_at.is_(None))


def places_of_runs(connection: Connection) -> Mapping[str, Place]:
    """Return where every run ever stored is."""
    query = select(runs.c.id, runs.c.deleted_at, runs.c.purged_at)
    return {
        run_id: Place.PURGED if purged else Place.BINNED if deleted else Place.LISTED
        for run_id, deleted, purged in connection.execute(query)
    }


def binned_run(connection: Connection, run_id: str) -> StoredRun | None:
    """Return a run that is in the bin; None when it is not."""
    query = select(runs).where(runs.c.id == run_id, _IS_BINNED)
    row = connection.execute(query).mappings().first()
    return stored_run(row) if row is not None else None


def binned_ids(connection: Connection, *, deleted_before: float | None = None) -> list[str]:
    """Return the ids of runs in the bin, the longest deleted first."""
    query = select(runs.c.id).where(_IS_BINNED).order_by(runs.c.deleted_at)
    if deleted_before is not None:
        query = query.where(runs.c.deleted_at <= deleted_before)
    return list(connection.execute(query).scalars())


def count_binned(connection: Connection) -> int:
    """Return how many runs are in the bin."""
    return int(connection.execute(select(func.count()).where(_IS_BINNED)).scalar() or 0)


def list_binned(
    connection: Connection, *, limit: int, cursor: str | None
) -> tuple[list[StoredRun], str | None]:
    """Return a page of the bin, newest deletion first, and the cursor of the next one."""
    query = select(runs).where(_IS_BINNED)
    if cursor is not None:
        at, run_id = decode_cursor(cursor)
        earlier = and_(runs.c.deleted_at == at, runs.c.id < run_id)
        query = query.where(or_(runs.c.deleted_at < at, earlier))
    query = query.order_by(runs.c.deleted_at.desc(), runs.c.id.desc()).limit(limit + 1)
    found = [stored_run(row) for row in connection.execute(query).mappings()]
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], encode_cursor(last.deleted_at, last.id)


def discard_run(writer: Writer, run_id: str, *, at: float) -> None:
    """Take a run out of every list and end its evaluations; what is indexed of it stays."""
    cancel_evaluations(writer, run_id, at=at)
    update_run(writer, run_id, deleted_at=at, queue_order=None)


def take_back(writer: Writer, run_id: str) -> None:
    """Put a run of the bin into the lists again."""
    update_run(writer, run_id, deleted_at=None)


def purge_run(writer: Writer, run_id: str, *, at: float) -> None:
    """Forget a run of the bin.

    The row stays as a mark without content: streams tell of the deletion, and no id or
    revision is ever used twice.
    """
    delete_events(writer, run_id)
    delete_row_index(writer, run_id)
    delete_series(writer, run_id)
    delete_evaluations(writer, run_id)
    blank: dict[str, Any] = {"name": "", "notes": "", "tags": [], "spec": {}, "state": None}
    update_run(writer, run_id, purged_at=at, experiment_id=None, status_reason=None, **blank)
