"""The stored models of all runs, as cards."""

import math

from sqlalchemy import Connection

from gymlab.server.answers import Page
from gymlab.server.checkpoints.schemas import Checkpoint, ModelOrigin, StoredModel
from gymlab.server.checkpoints.service import views_of
from gymlab.server.lab import Lab
from gymlab.storage.models import ModelFilter, newest_successful, runs_with_checkpoints
from gymlab.storage.runs import StoredRun, get_runs
from gymlab.storage.series import Range, read_series, series_ids
from gymlab.supervisor.checkpoint_store import CheckpointStore

TREND = "train/episode_return"
TREND_POINTS = 60


def list_models(
    lab: Lab, wanted: ModelFilter, *, limit: int, cursor: str | None
) -> Page[StoredModel]:
    """Return the runs that have checkpoints, newest first, with what a choice needs to know."""
    with lab.database.reading() as connection:
        found, next_cursor = runs_with_checkpoints(connection, wanted, limit=limit, cursor=cursor)
        newest = newest_successful(connection, wanted)
        parents = {run.id: run for run in get_runs(connection, _parent_ids(found))}
        trends = {run.id: _trend(connection, run.id) for run in found}
    items: list[StoredModel] = []
    for run in found:
        checkpoints = views_of(CheckpointStore(lab.settings.runs_dir / run.id), verify=False)
        if checkpoints:
            parent = parents.get(run.parent_run_id or "")
            items.append(
                _view(run, checkpoints, parent, trends[run.id], is_newest=run.id == newest)
            )
    return Page[StoredModel](items=items, next_cursor=next_cursor)


def _parent_ids(found: list[StoredRun]) -> list[str]:
    return [run.parent_run_id for run in found if run.parent_run_id is not None]


def _trend(connection: Connection, run_id: str) -> list[float]:
    known = series_ids(connection, run_id)
    if TREND not in known:
        return []
    values = read_series(connection, known[TREND], Range(), TREND_POINTS).values
    return [float(value) for value in values if math.isfinite(value)]


def _view(
    run: StoredRun,
    checkpoints: list[Checkpoint],
    parent: StoredRun | None,
    trend: list[float],
    *,
    is_newest: bool,
) -> StoredModel:
    best = next((item for item in checkpoints if item.is_best), checkpoints[0])
    value, kind = best.evaluation_return, "evaluation"
    if value is None and run.evaluation_return is not None:
        value = run.evaluation_return
    if value is None:
        value, kind = best.mean_return, "training"
    return StoredModel(
        run_id=run.id,
        run_name=run.name,
        run_status=run.status,
        env_id=run.env_id,
        env_title=run.env_title,
        runner=run.runner,
        algorithm=run.algorithm,
        total_timesteps=run.total_timesteps,
        return_value=value,
        return_kind="evaluation" if kind == "evaluation" else "training",
        trend=trend,
        checkpoints=checkpoints,
        size_bytes=sum(item.size_bytes for item in checkpoints),
        saved_at=checkpoints[0].created_at,
        origin=_origin(run, parent),
        imported=run.spec.get("imported"),
        is_newest_successful=is_newest,
    )


def _origin(run: StoredRun, parent: StoredRun | None) -> ModelOrigin | None:
    if run.parent_run_id is None or run.relation is None:
        return None
    return ModelOrigin(
        run_id=run.parent_run_id,
        name=parent.name if parent is not None else None,
        relation=run.relation,
        timestep=run.parent_timestep,
        is_deleted=parent is None or parent.deleted_at is not None,
    )
