"""What the runs that ended on this machine tell of a workload."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gymlab.domain.costs import FinishedRun
from gymlab.server.disk_use import DiskUse, measure
from gymlab.server.estimating.book import CalibrationBook
from gymlab.server.estimating.evidence import Evidence, same_versions
from gymlab.server.estimating.guessing import guessed_speed
from gymlab.server.estimating.sizes import saved_buffer_bytes
from gymlab.server.estimating.workloads import Workload
from gymlab.storage.database import Database
from gymlab.storage.run_costs import ended_runs
from gymlab.storage.runs import StoredRun
from gymlab.supervisor.this_machine import machine_key

MAX_RUNS = 30
MAX_MEASURED = 2
"""Runs whose folders are measured for one estimate."""


class History:
    """Finds the evidence for a workload; reads the database and folders."""

    def __init__(self, database: Database, book: CalibrationBook, runs_dir: Path) -> None:
        """Look into these."""
        self._database = database
        self._book = book
        self._runs_dir = runs_dir

    def evidence(self, workload: Workload) -> Evidence:
        """Return what speaks for the cost of a workload."""
        spec, key = workload.spec, workload.key
        with self._database.reading() as connection:
            stored = ended_runs(
                connection, spec.env_id, spec.runner, spec.algorithm, limit=MAX_RUNS
            )
        runs = [found for run in stored if (found := finished_run(run, workload)) is not None]
        versions = workload.runner.versions
        same = [
            run for run in runs if run.workload == key and same_versions(run.versions, versions)
        ]
        calibration = self._book.find(key)
        if calibration is not None and not same_versions(calibration.versions, versions):
            calibration = None
        return Evidence(
            runs=same,
            calibration=calibration,
            similar_runs=runs,
            similar_calibration=self._book.similar(spec.env_id, spec.runner, spec.algorithm),
            guessed_speed=guessed_speed(
                workload.algorithm, workload.observed, has_accelerator=workload.has_accelerator
            ),
        )

    def files(self, runs: Sequence[FinishedRun]) -> list[tuple[int, DiskUse]]:
        """Return timesteps and files of the newest runs."""
        newest = runs[:MAX_MEASURED]
        return [(run.timesteps, measure(self._runs_dir / run.run_id)) for run in newest]


def finished_run(run: StoredRun, workload: Workload) -> FinishedRun | None:
    """Return what a stored run took; None when that was on another machine or is not known."""
    state = run.state
    if state is None or state.machine != machine_key() or run.spec.get("imported"):
        return None
    return FinishedRun(
        workload=workload.key_of(run.spec),
        versions=run.spec.get("versions") or {},
        timesteps=run.timestep,
        duration_s=run.duration_s,
        setup_s=state.setup_s,
        peak_bytes=state.peak_memory_bytes,
        buffer_bytes=_buffers_of(run, workload),
        run_id=run.id,
        finished_at=run.finished_at,
    )


def _buffers_of(run: StoredRun, workload: Workload) -> int:
    """Return what the run's buffers held at its end, a saved copy of the replay buffer included."""
    own_values: dict[str, Any] = run.spec.get("hyperparameters") or {}
    values = {**workload.spec.hyperparameters, **own_values}
    update: dict[str, Any] = {"hyperparameters": values, "total_timesteps": max(1, run.timestep)}
    own = replace(workload, spec=workload.spec.model_copy(update=update))
    return own.buffers(timesteps=run.timestep) + saved_buffer_bytes(own)
