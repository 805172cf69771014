"""Finding again, after a start, the runs that went on without a server."""

import logging
from pathlib import Path
from typing import Any

import msgspec

from gymlab.domain.ids import is_run_id
from gymlab.domain.runs import FINISHED_STATUSES, LIVE_STATUSES, RunSpec, RunStatus
from gymlab.server.orchestration.mirroring import count_checkpoints
from gymlab.storage.database import Database
from gymlab.storage.lineage import origin_of
from gymlab.storage.runs import (
    NewRunRow,
    StoredRun,
    insert_run,
    known_run_ids,
    runs_with_status,
)
from gymlab.supervisor.run_folder import SPEC_FILE, read_state

LOGGER = logging.getLogger(__name__)


def live_runs(database: Database) -> list[StoredRun]:
    """Return the runs that should have a process."""
    with database.reading() as connection:
        return runs_with_status(connection, LIVE_STATUSES)


def import_unknown_runs(database: Database, runs_dir: Path) -> list[str]:
    """Store the runs whose folders the database does not know; return their ids."""
    with database.reading() as connection:
        known = known_run_ids(connection)
    try:
        folders = [path for path in runs_dir.iterdir() if is_run_id(path.name)]
    except OSError:
        return []
    imported: list[str] = []
    for folder in sorted(folders):
        if folder.name in known:
            continue
        new = read_folder(folder)
        if new is None:
            LOGGER.warning("%s holds no readable run", folder)
            continue
        with database.writing(durable=True) as writer:
            insert_run(writer, new)
        imported.append(folder.name)
    return imported


def read_folder(folder: Path) -> NewRunRow | None:
    """Return what a run's folder tells of it; None when it holds no readable run."""
    try:
        document: Any = msgspec.json.decode((folder / SPEC_FILE).read_bytes())
        spec = RunSpec.model_validate(document)
    except (OSError, ValueError):
        return None
    if spec.run_id != folder.name:
        return None
    state = read_state(folder)
    status = RunStatus.INTERRUPTED if count_checkpoints(folder) else RunStatus.FAILED
    if state is not None and state.status in {item.value for item in RunStatus}:
        status = RunStatus(state.status)
        if status not in FINISHED_STATUSES:
            status = RunStatus.RUNNING
    return NewRunRow(
        id=spec.run_id,
        name=f"{spec.algorithm.upper()} on {spec.env_id}",
        tags=["imported"],
        notes="",
        env_title=spec.env_id,
        spec=spec.model_dump(mode="json"),
        spec_sha256=spec.sha256(),
        created_at=(folder / SPEC_FILE).stat().st_mtime,
        status=status,
        attempt=state.attempt if state is not None else 1,
        state=state,
        num_checkpoints=count_checkpoints(folder),
        origin=origin_of(spec),
    )
