"""Listing what is in the bin."""

import time
from pathlib import Path

from gymlab.domain.timestamps import rfc3339
from gymlab.server.answers import Page
from gymlab.server.bin.schemas import BinnedRun
from gymlab.server.disk_use import measure
from gymlab.server.lab import Lab
from gymlab.server.orchestration.bin import DAY_S, RunBin
from gymlab.server.orchestration.bin_folders import binned_folder
from gymlab.storage.bin import list_binned
from gymlab.storage.runs import StoredRun


def list_bin(lab: Lab, *, limit: int, cursor: str | None) -> Page[BinnedRun]:
    """Return a page of the bin, newest deletion first."""
    with lab.database.reading() as connection:
        found, next_cursor = list_binned(connection, limit=limit, cursor=cursor)
    items = [_view(run, lab.bin, lab.settings.runs_dir) for run in found]
    return Page[BinnedRun](items=items, next_cursor=next_cursor)


def _view(run: StoredRun, runs: RunBin, runs_dir: Path) -> BinnedRun:
    deleted_at = run.deleted_at or 0.0
    purge_at = runs.purge_time(deleted_at)
    return BinnedRun(
        id=run.id,
        name=run.name,
        env_id=run.env_id,
        runner=run.runner,
        algorithm=run.algorithm,
        status=run.status,
        timestep=run.timestep,
        mean_return=run.mean_return,
        created_at=rfc3339(run.created_at),
        deleted_at=rfc3339(deleted_at),
        purge_at=rfc3339(purge_at),
        # A clock that was set back leaves no run more time than the setting gives.
        days_left=round(min(runs.days, max(0.0, (purge_at - time.time()) / DAY_S)), 3),
        size_bytes=measure(binned_folder(runs_dir, run.id)).total,
    )
