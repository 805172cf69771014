"""Reading and writing the rows of runs."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from gymlab.domain.runs import Origin, Relation, RunStatus
from gymlab.errors import InvalidCursorError
from gymlab.protocol.shim import RunState
from gymlab.storage.database import Writer
from gymlab.storage.tables import runs

OWNER = "local"
_JSON_COLUMNS = {"tags", "spec"}
_EQUAL_COLUMNS = (
    "env_id", "runner", "algorithm", "archived", "starred", "experiment_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A row of the table, its JSON decoded."""

    id: str
    owner: str
    name: str
    tags: list[str]
    notes: str
    archived: bool
    env_id: str
    env_title: str
    runner: str
    algorithm: str
    status: RunStatus
    status_reason: str | None
    attempt: int
    queue_order: int | None
    total_timesteps: int
    timestep: int
    duration_s: float
    mean_return: float | None
    num_checkpoints: int
    created_at: float
    started_at: float | None
    finished_at: float | None
    spec: dict[str, Any]
    spec_sha256: str
    state: RunState | None
    parent_run_id: str | None
    revision: int
    deleted_at: float | None
    metrics_offset: int
    metrics_attempt: int
    metrics_seq: int
    events_offset: int
    starred: bool
    experiment_id: str | None
    relation: Relation | None
    parent_timestep: int | None
    evaluation_return: float | None
    purged_at: float | None


@dataclass(frozen=True, slots=True)
class NewRunRow:
    """What a row begins with."""

    id: str
    name: str
    tags: list[str]
    notes: str
    env_title: str
    spec: dict[str, Any]
    spec_sha256: str
    created_at: float
    status: RunStatus
    attempt: int = 0
    queue_order: int | None = None
    state: RunState | None = None
    num_checkpoints: int = 0
    experiment_id: str | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class RunFilter:
    """What listed runs have in common; None and empty mean any."""

    statuses: tuple[RunStatus, ...] = ()
    env_id: str | None = None
    runner: str | None = None
    algorithm: str | None = None
    tag: str | None = None
    words: str | None = None
    archived: bool | None = None
    starred: bool | None = None
    experiment_id: str | None = None
    parent_run_ids: tuple[str, ...] = ()


def insert_run(writer: Writer, new: NewRunRow) -> None:
    """Add a run."""
    state, origin = new.state, new.origin
    writer.connection.execute(
        insert(runs).values(
            id=new.id,
            owner=OWNER,
            name=new.name,
            tags=_json(new.tags),
            notes=new.notes,
            archived=False,
            env_id=new.spec["env_id"],
            env_title=new.env_title,
            runner=new.spec["runner"],
            algorithm=new.spec["algorithm"],
            status=new.status.value,
            status_reason=state.status_reason if state else None,
            attempt=new.attempt,
            queue_order=new.queue_order,
            total_timesteps=new.spec["total_timesteps"],
            timestep=state.timestep if state else 0,
            duration_s=state.duration_s if state else 0.0,
            mean_return=mean_return(state),
            num_checkpoints=new.num_checkpoints,
            created_at=new.created_at,
            started_at=state.started_at if state else None,
            finished_at=state.finished_at if state else None,
            spec=_json(new.spec),
            spec_sha256=new.spec_sha256,
            state=_json(state) if state else None,
            revision=_next_revision(writer.connection),
            metrics_offset=0,
            metrics_attempt=0,
            metrics_seq=0,
            events_offset=0,
            starred=False,
            experiment_id=new.experiment_id,
            parent_run_id=origin.run_id if origin else None,
            relation=origin.relation.value if origin else None,
            parent_timestep=origin.timestep if origin else None,
        )
    )
    writer.changed_run_ids[new.id] = None


def update_run(writer: Writer, run_id: str, **changes: Any) -> None:
    """Change columns of a run and announce it."""
    writer.connection.execute(
        update(runs)
        .where(runs.c.id == run_id)
        .values(revision=_next_revision(writer.connection), **_encoded(changes))
    )
    writer.changed_run_ids[run_id] = None


def update_quietly(writer: Writer, run_id: str, **changes: Any) -> None:
    """Change columns that no message shows."""
    writer.connection.execute(update(runs).where(runs.c.id == run_id).values(**_encoded(changes)))


def get_run(connection: Connection, run_id: str) -> StoredRun | None:
    """Return a run that is not deleted; None when there is none."""
    query = select(runs).where(runs.c.id == run_id, runs.c.deleted_at.is_(None))
    row = connection.execute(query).mappings().first()
    return stored_run(row) if row is not None else None


def get_runs(connection: Connection, run_ids: Iterable[str]) -> list[StoredRun]:
    """Return these runs, deleted ones included, by revision."""
    query = select(runs).where(runs.c.id.in_(list(run_ids))).order_by(runs.c.revision)
    return [stored_run(row) for row in connection.execute(query).mappings()]


def known_run_ids(connection: Connection) -> set[str]:
    """Return the ids of all runs ever stored."""
    return set(connection.execute(select(runs.c.id)).scalars())


def runs_changed_since(connection: Connection, revision: int, limit: int) -> list[StoredRun]:
    """Return runs whose last change is later, deleted ones included, oldest change first."""
    query = select(runs).where(runs.c.revision > revision).order_by(runs.c.revision).limit(limit)
    return [stored_run(row) for row in connection.execute(query).mappings()]


def current_revision(connection: Connection) -> int:
    """Return the number of the last change."""
    return int(connection.execute(select(func.max(runs.c.revision))).scalar() or 0)


def runs_with_status(connection: Connection, statuses: Iterable[RunStatus]) -> list[StoredRun]:
    """Return the runs in these states, in the order of the queue, then of creation."""
    query = (
        select(runs)
        .where(runs.c.status.in_([s.value for s in statuses]), runs.c.deleted_at.is_(None))
        .order_by(runs.c.queue_order, runs.c.created_at)
    )
    return [stored_run(row) for row in connection.execute(query).mappings()]


def queue_positions(connection: Connection) -> dict[str, int]:
    """Return the place of every queued run, from 1."""
    query = (
        select(runs.c.id)
        .where(runs.c.status == RunStatus.QUEUED.value)
        .order_by(runs.c.queue_order)
    )
    ids = connection.execute(query).scalars()
    return {run_id: place for place, run_id in enumerate(ids, start=1)}


def next_queue_order(connection: Connection) -> int:
    """Return the number that puts a run at the end of the queue."""
    return int(connection.execute(select(func.max(runs.c.queue_order))).scalar() or 0) + 1


def list_runs(
    connection: Connection, wanted: RunFilter, *, sort: str, limit: int, cursor: str | None
) -> tuple[list[StoredRun], str | None]:
    """Return a page of runs and the cursor of the next one."""
    column = runs.c[sort.removeprefix("-")]
    descending = sort.startswith("-")
    query = select(runs).where(*_conditions(wanted))
    if cursor is not None:
        query = query.where(_after(column, *decode_cursor(cursor), descending=descending))
    order = (
        [column.desc().nulls_last(), runs.c.id.desc()]
        if descending
        else [column.asc().nulls_last(), runs.c.id.asc()]
    )
    rows = connection.execute(query.order_by(*order).limit(limit + 1)).mappings().all()
    found = [stored_run(row) for row in rows[:limit]]
    if len(rows) <= limit:
        return found, None
    last = rows[limit - 1]
    return found, encode_cursor(last[column.name], last["id"])


def matching_ids(connection: Connection, wanted: RunFilter) -> list[str]:
    """Return the ids of all runs that pass a filter."""
    return list(connection.execute(select(runs.c.id).where(*_conditions(wanted))).scalars())


def mean_return(state: RunState | None) -> float | None:
    """Return the mean of the last training returns that a state holds."""
    return state.metrics.get("train/mean_return") if state is not None else None


def _next_revision(connection: Connection) -> int:
    return current_revision(connection) + 1


def _conditions(wanted: RunFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [runs.c.deleted_at.is_(None)]
    if wanted.statuses:
        conditions.append(runs.c.status.in_([status.value for status in wanted.statuses]))
    for column in _EQUAL_COLUMNS:
        value = getattr(wanted, column)
        if value is not None:
            conditions.append(runs.c[column] == value)
    if wanted.tag is not None:
        quoted = _json(wanted.tag)
        conditions.append(runs.c.tags.contains(quoted, autoescape=True))
    if wanted.parent_run_ids:
        conditions.append(runs.c.parent_run_id.in_(wanted.parent_run_ids))
    for word in (wanted.words or "").split():
        fields = (runs.c.name, runs.c.env_id, runs.c.env_title, runs.c.algorithm, runs.c.id,
                  runs.c.tags)  # fmt: skip
        conditions.append(or_(*(field.icontains(word, autoescape=True) for field in fields)))
    return conditions


def _after(
    column: ColumnElement[Any], value: Any, run_id: str, *, descending: bool
) -> ColumnElement[bool]:
    later_id = runs.c.id < run_id if descending else runs.c.id > run_id
    if value is None:
        return and_(column.is_(None), later_id)
    beyond = column < value if descending else column > value
    return or_(beyond, and_(column == value, later_id), column.is_(None))


def encode_cursor(value: Any, run_id: str) -> str:
    """Return where a list goes on, as text."""
    return base64.urlsafe_b64encode(msgspec.json.encode([value, run_id])).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[Any, str]:
    """Return what `encode_cursor` was given.

    Raises:
        InvalidCursorError: It is not one of ours.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return msgspec.json.decode(
            base64.urlsafe_b64decode(padded.encode("ascii")),
            type=tuple[str | float | int | None, str],
        )
    except (ValueError, UnicodeEncodeError, msgspec.MsgspecError) as error:
        raise InvalidCursorError("The list cursor is not one of ours.") from error


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _encoded(changes: dict[str, Any]) -> dict[str, Any]:
    encoded = dict(changes)
    for name, value in changes.items():
        if name in _JSON_COLUMNS or isinstance(value, RunState):
            encoded[name] = _json(value)
        elif isinstance(value, RunStatus):
            encoded[name] = value.value
    return encoded


def stored_run(row: Any) -> StoredRun:
    """Return a row of the table with its JSON decoded."""
    values: dict[str, Any] = dict(row)
    state = values["state"]
    values["status"] = RunStatus(values["status"])
    values["relation"] = Relation(values["relation"]) if values["relation"] else None
    values["tags"] = msgspec.json.decode(values["tags"], type=list[str])
    values["spec"] = msgspec.json.decode(values["spec"], type=dict[str, Any])
    values["state"] = msgspec.json.decode(state, type=RunState) if state else None
    return StoredRun(**values)
