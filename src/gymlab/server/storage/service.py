"""Measuring the data folder and removing what people can do without."""

import shutil
from dataclasses import asdict, fields
from pathlib import Path

from gymlab.domain.runs import LIVE_STATUSES
from gymlab.errors import IllegalTransitionError
from gymlab.server import machine
from gymlab.server.answers import Page
from gymlab.server.disk_use import DiskUse, measure
from gymlab.server.lab import Lab
from gymlab.server.orchestration.bin_folders import binned_folder
from gymlab.server.orchestration.mirroring import count_checkpoints
from gymlab.server.run_lookup import existing_run
from gymlab.server.storage.schemas import BinStorage, Bytes, Freed, RunStorage, Storage
from gymlab.storage.bin import binned_ids
from gymlab.storage.runs import RunFilter, StoredRun, get_run, list_runs, update_run
from gymlab.supervisor.checkpoint_store import CheckpointStore

NUM_LARGEST = 50
RECORDINGS = "recordings"
_EVERY_RUN = 1_000_000
_DATABASE_SUFFIXES = ("", "-wal", "-shm")


def whole_storage(lab: Lab) -> Storage:
    """Measure everything."""
    runs_dir = lab.settings.runs_dir
    with lab.database.reading() as connection:
        found, _ = list_runs(
            connection, RunFilter(), sort="-created_at", limit=_EVERY_RUN, cursor=None
        )
        in_bin = binned_ids(connection)
    measured = [(run, measure(runs_dir / run.id)) for run in found]
    largest = sorted(measured, key=lambda item: item[1].total, reverse=True)[:NUM_LARGEST]
    disk = shutil.disk_usage(lab.settings.home)
    return Storage(
        disk_total_bytes=disk.total,
        disk_free_bytes=machine.free_disk(lab.settings.home),
        database_bytes=sum(
            _file_size(Path(f"{lab.settings.database_path}{suffix}"))
            for suffix in _DATABASE_SUFFIXES
        ),
        num_runs=len(found),
        runs=_bytes(_sum([use for _, use in measured])),
        bin=BinStorage(
            num_runs=len(in_bin),
            bytes=sum(measure(binned_folder(runs_dir, run_id)).total for run_id in in_bin),
            days=lab.bin.days,
        ),
        largest=[_view(run, use) for run, use in largest],
    )


def storage_of(lab: Lab, run_ids: list[str]) -> Page[RunStorage]:
    """Measure some runs, in the order asked for; unknown ones are left out."""
    with lab.database.reading() as connection:
        found = [run for run in (get_run(connection, item) for item in run_ids) if run]
    return Page[RunStorage](
        items=[_view(run, measure(lab.settings.runs_dir / run.id)) for run in found]
    )


def delete_recordings(lab: Lab, run_id: str) -> Freed:
    """Remove the films of a run.

    Raises:
        IllegalTransitionError: It is live: one may be written now.
    """
    folder = lab.settings.runs_dir / run_id
    with lab.database.writing() as writer:
        # Inside the transaction, so that no attempt begins meanwhile.
        _require_quiet(existing_run(writer.connection, run_id), "delete recordings of")
        freed = measure(folder).recordings
        films = [path for path in (folder / RECORDINGS).glob("*") if path.is_file()]
        shutil.rmtree(folder / RECORDINGS, ignore_errors=True)
    return Freed(num_files=len(films), bytes=freed)


def thin_checkpoints(lab: Lab, run_id: str) -> Freed:
    """Remove the stored states of a run but the latest and the best.

    Raises:
        IllegalTransitionError: It is live: one may be written, or read, now.
    """
    folder = lab.settings.runs_dir / run_id
    with lab.database.writing() as writer:
        _require_quiet(existing_run(writer.connection, run_id), "thin the checkpoints of")
        before = measure(folder).checkpoints
        num_removed = CheckpointStore(folder).keep_latest_and_best()
        update_run(writer, run_id, num_checkpoints=count_checkpoints(folder))
    return Freed(num_files=num_removed, bytes=before - measure(folder).checkpoints)


def _require_quiet(run: StoredRun, action: str) -> None:
    if run.status in LIVE_STATUSES:
        raise IllegalTransitionError(action, run.status.value, ["stop"])


def _sum(uses: list[DiskUse]) -> DiskUse:
    return DiskUse(**{
        field.name: sum(getattr(use, field.name) for use in uses) for field in fields(DiskUse)
    })


def _bytes(use: DiskUse) -> Bytes:
    return Bytes(**asdict(use), total=use.total)


def _view(run: StoredRun, use: DiskUse) -> RunStorage:
    return RunStorage(
        run_id=run.id,
        name=run.name,
        status=run.status,
        is_busy=run.status in LIVE_STATUSES,
        num_checkpoints=run.num_checkpoints,
        bytes=_bytes(use),
    )


def _file_size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
