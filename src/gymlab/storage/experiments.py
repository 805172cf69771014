"""Experiments: runs with the same specification and different seeds."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, insert, or_, select, update

from gymlab.domain.runs import RunStatus
from gymlab.storage.database import Writer
from gymlab.storage.runs import (
    OWNER,
    StoredRun,
    decode_cursor,
    encode_cursor,
    stored_run,
    update_run,
)
from gymlab.storage.tables import experiments, runs


@dataclass(frozen=True, slots=True)
class Spread:
    """What one figure of several runs comes to."""

    mean: float
    std: float
    """Sample standard deviation; 0 for a single run."""
    count: int
    """Runs that have the figure."""


@dataclass(frozen=True, slots=True)
class StoredVariant:
    """The runs of an experiment that learn from one reward."""

    name: str | None
    """What the reward is called; None for the environment's own."""
    run_ids: list[str]
    mean_return: Spread | None
    evaluation_return: Spread | None


@dataclass(frozen=True, slots=True)
class StoredExperiment:
    """An experiment with a summary of its runs that are not deleted."""

    id: str
    owner: str
    name: str
    created_at: float
    run_ids: list[str] = field(default_factory=list[str])
    """By seed."""
    statuses: dict[RunStatus, int] = field(default_factory=dict[RunStatus, int])
    mean_return: Spread | None = None
    evaluation_return: Spread | None = None
    variants: list[StoredVariant] = field(default_factory=list[StoredVariant])
    """Empty where all runs learn from the same reward."""
    env_id: str = ""
    runner: str = ""
    algorithm: str = ""


def spread_of(values: Iterable[float | None]) -> Spread | None:
    """Return mean and sample standard deviation of the values that are there; None without any."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    if not known:
        return None
    mean = math.fsum(known) / len(known)
    squares = math.fsum((value - mean) ** 2 for value in known)
    std = math.sqrt(squares / (len(known) - 1)) if len(known) > 1 else 0.0
    return Spread(mean, std, len(known))


def insert_experiment(writer: Writer, experiment_id: str, name: str, *, created_at: float) -> None:
    """Add an experiment."""
    writer.connection.execute(
        insert(experiments).values(id=experiment_id, owner=OWNER, name=name, created_at=created_at)
    )


_HAS_RUNS = exists().where(runs.c.experiment_id == experiments.c.id, runs.c.deleted_at.is_(None))


def get_experiment(connection: Connection, experiment_id: str) -> StoredExperiment | None:
    """Return an experiment that has runs which are not deleted; None when there is none."""
    query = select(experiments).where(experiments.c.id == experiment_id, _HAS_RUNS)
    row = connection.execute(query).first()
    return _summarized(connection, [row])[0] if row is not None else None


def list_experiments(
    connection: Connection, *, limit: int, cursor: str | None
) -> tuple[list[StoredExperiment], str | None]:
    """Return a page of experiments that have runs, newest first, and the cursor of the next."""
    query = select(experiments).where(_HAS_RUNS)
    if cursor is not None:
        at, experiment_id = decode_cursor(cursor)
        earlier = and_(experiments.c.created_at == at, experiments.c.id < experiment_id)
        query = query.where(or_(experiments.c.created_at < at, earlier))
    query = query.order_by(experiments.c.created_at.desc(), experiments.c.id.desc())
    rows = connection.execute(query.limit(limit + 1)).all()
    found = _summarized(connection, rows[:limit])
    if len(rows) <= limit:
        return found, None
    return found, encode_cursor(rows[limit - 1].created_at, rows[limit - 1].id)


def runs_of(connection: Connection, experiment_id: str) -> list[StoredRun]:
    """Return the runs of an experiment that are not deleted, by seed."""
    query = select(runs).where(runs.c.experiment_id == experiment_id, runs.c.deleted_at.is_(None))
    found = [stored_run(row) for row in connection.execute(query).mappings()]
    return sorted(found, key=_by_seed)


def rename_experiment(writer: Writer, experiment_id: str, name: str) -> None:
    """Change the name; its runs are announced, because pages group by them."""
    writer.connection.execute(
        update(experiments).where(experiments.c.id == experiment_id).values(name=name)
    )
    for run in runs_of(writer.connection, experiment_id):
        update_run(writer, run.id)


def ungroup(writer: Writer, experiment_id: str) -> None:
    """Remove an experiment; its runs stay, those in the bin too, and are runs like others."""
    ids = writer.connection.execute(
        select(runs.c.id).where(runs.c.experiment_id == experiment_id)
    ).scalars()
    for run_id in list(ids):
        update_run(writer, run_id, experiment_id=None)
    writer.connection.execute(delete(experiments).where(experiments.c.id == experiment_id))


def remove_empty_experiments(writer: Writer) -> None:
    """Remove experiments whose last run was removed for good."""
    own = exists().where(runs.c.experiment_id == experiments.c.id)
    writer.connection.execute(delete(experiments).where(~own))


def _by_seed(run: StoredRun) -> tuple[int, str, str]:
    return int(run.spec.get("seed", 0)), run.name, run.id


def _summarized(connection: Connection, rows: Sequence[object]) -> list[StoredExperiment]:
    known: list[Mapping[str, object]] = [dict(row._mapping) for row in rows]  # type: ignore[attr-defined]  # noqa: SLF001
    ids = [str(row["id"]) for row in known]
    query = select(runs).where(runs.c.experiment_id.in_(ids), runs.c.deleted_at.is_(None))
    grouped: dict[str, list[StoredRun]] = {experiment_id: [] for experiment_id in ids}
    for row in connection.execute(query).mappings():
        run = stored_run(row)
        grouped[str(run.experiment_id)].append(run)
    return [_experiment(row, sorted(grouped[str(row["id"])], key=_by_seed)) for row in known]


def _experiment(row: Mapping[str, object], own: list[StoredRun]) -> StoredExperiment:
    statuses: dict[RunStatus, int] = {}
    for run in own:
        statuses[run.status] = statuses.get(run.status, 0) + 1
    first = own[0] if own else None
    variants = _variants(own)
    return StoredExperiment(
        id=str(row["id"]),
        owner=str(row["owner"]),
        name=str(row["name"]),
        created_at=float(str(row["created_at"])),
        run_ids=[run.id for run in own],
        statuses=statuses,
        # A mean over runs that learnt different things would say nothing.
        mean_return=None if variants else spread_of(run.mean_return for run in own),
        evaluation_return=None if variants else spread_of(run.evaluation_return for run in own),
        variants=variants,
        env_id=first.env_id if first else "",
        runner=first.runner if first else "",
        algorithm=first.algorithm if first else "",
    )


def _variants(own: Sequence[StoredRun]) -> list[StoredVariant]:
    """Return the runs by their reward, by its name; [] where there is only one."""
    by_reward: dict[str | None, list[StoredRun]] = {}
    for run in sorted(own, key=lambda run: (reward_label(run.spec) or "", run.id)):
        code = run.spec.get("reward_code")
        by_reward.setdefault(code["sha256"] if code else None, []).append(run)
    if len(by_reward) < 2:
        return []
    return [
        StoredVariant(
            name=reward_label(members[0].spec),
            run_ids=[run.id for run in sorted(members, key=_by_seed)],
            mean_return=spread_of(run.mean_return for run in members),
            evaluation_return=spread_of(run.evaluation_return for run in members),
        )
        for members in by_reward.values()
    ]


def reward_label(spec: Mapping[str, Any]) -> str | None:
    """Return what the reward of a run is called; None for the environment's own."""
    code = spec.get("reward_code")
    if not code:
        return None
    if not code.get("name"):
        return f"code {code['sha256'][:8]}"
    return f"{code['name']} v{code['version']}" if code.get("version") else str(code["name"])
