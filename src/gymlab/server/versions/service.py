"""Comparing the versions of a model."""

from collections.abc import Mapping
from typing import Any

from gymlab.domain.timestamps import rfc3339
from gymlab.server.answers import Page
from gymlab.server.lab import Lab
from gymlab.server.run_lookup import existing_run
from gymlab.server.versions.schemas import Change, Version
from gymlab.storage.runs import StoredRun
from gymlab.storage.versions import versions_of

_COMPARED = (
    "env_id", "env_kwargs", "runner", "algorithm", "hyperparameters", "total_timesteps",
    "max_episodes", "seed", "device",
)  # fmt: skip
_NESTED = {"env_kwargs", "hyperparameters"}


def list_versions(lab: Lab, run_id: str, *, limit: int) -> Page[Version]:
    """Return the versions of a run's model, oldest first."""
    with lab.database.reading() as connection:
        run = existing_run(connection, run_id)
        found = versions_of(connection, run, limit=limit)
    by_id = {item.id: item for item in found}
    items: list[Version] = []
    before: StoredRun | None = None
    for number, item in enumerate(found, start=1):
        base = by_id.get(item.parent_run_id or "", before)
        items.append(_view(item, number, base, is_this=item.id == run_id))
        before = item
    return Page[Version](items=items)


def _view(run: StoredRun, number: int, base: StoredRun | None, *, is_this: bool) -> Version:
    return Version(
        number=number,
        run_id=run.id,
        name=run.name,
        is_this=is_this,
        status=run.status,
        created_at=rfc3339(run.created_at),
        timestep=run.timestep,
        seed=run.spec["seed"],
        mean_return=run.mean_return,
        evaluation_return=run.evaluation_return,
        experiment_id=run.experiment_id,
        parent_run_id=run.parent_run_id,
        relation=run.relation,
        compared_with=base.id if base is not None else None,
        changes=changes_between(base.spec, run.spec) if base is not None else [],
    )


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return the settings in which two specifications differ, by field."""
    changes: list[Change] = []
    for name in _COMPARED:
        old, new = before.get(name), after.get(name)
        if name in _NESTED:
            changes += _inside(name, old or {}, new or {})
        elif old != new:
            changes.append(Change(field=name, before=old, after=new))
    return changes


def _inside(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    keys = sorted({*old, *new})
    return [
        Change(field=f"{name}.{key}", before=old.get(key), after=new.get(key))
        for key in keys
        if old.get(key) != new.get(key)
    ]
