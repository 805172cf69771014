"""Memory and disk of a run, from the same evidence as its duration."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gymlab.domain.costs import Calibration
from gymlab.server.disk_use import DiskUse
from gymlab.server.estimating.buffers import env_bytes
from gymlab.server.estimating.evidence import NEWEST, Evidence
from gymlab.server.estimating.workloads import Workload
from gymlab.server.estimating.writing import (
    CHECKPOINT_BYTES,
    NUM_KEPT_CHECKPOINTS,
    bytes_after,
)
from gymlab.supervisor.checkpoint_store import NUM_WHOLE

WORKER_BYTES = 450 * 1024**2
"""A worker with its libraries, before any buffer, where nothing was measured."""
ROW_BYTES = 330
TIMESTEPS_PER_EPISODE = 200
MEMORY_DOUBT, GUESSED_MEMORY_DOUBT = 0.12, 0.5
DISK_DOUBT, CALIBRATED_DISK_DOUBT, GUESSED_DISK_DOUBT = 0.15, 0.5, 2.0


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes, and how far off they may be."""

    bytes: int
    doubt: float
    """Relative, as in `Pace`."""

    @property
    def range(self) -> tuple[int, int]:
        """Within which the size should lie."""
        return int(self.bytes / (1 + self.doubt)), math.ceil(self.bytes * (1 + self.doubt))


@dataclass(frozen=True, slots=True)
class Worker:
    """Memory of a worker without the buffers that hyperparameters ask for."""

    bytes: int
    environments: int
    """What its environments take beyond that, where they were not in the measurement."""
    is_measured: bool


def worker_of(workload: Workload, evidence: Evidence) -> Worker:
    """Return what a worker takes by itself."""
    seen = [run.peak_bytes - run.buffer_bytes for run in evidence.runs if run.peak_bytes]
    if seen:
        return Worker(max(1, *seen[:NEWEST]), 0, is_measured=True)
    measured = _without_buffers(evidence.calibration)
    if measured is not None:
        return Worker(measured, 0, is_measured=True)
    worker = _without_buffers(evidence.similar_calibration) or WORKER_BYTES
    added = env_bytes(workload.algorithm, workload.spec.hyperparameters)
    return Worker(worker, added, is_measured=False)


def memory_of(workload: Workload, worker: Worker) -> Size:
    """Return the most memory that the run's worker will hold."""
    own = workload.buffers(timesteps=workload.spec.total_timesteps) + saved_buffer_bytes(workload)
    doubt = MEMORY_DOUBT if worker.is_measured else GUESSED_MEMORY_DOUBT
    return Size(worker.bytes + worker.environments + own, doubt)


def _without_buffers(calibration: Calibration | None) -> int | None:
    if calibration is None or not calibration.cost.peak_bytes:
        return None
    return max(1, calibration.cost.peak_bytes - calibration.buffer_bytes)


def saved_buffer_bytes(workload: Workload) -> int:
    """Return what one saved copy of the replay buffer takes; a too large one is not saved."""
    model = workload.algorithm.memory
    if model.buffer_size_field is None or model.largest_saved_bytes is None:
        return 0
    size = workload.buffers(timesteps=workload.spec.total_timesteps)
    return size if size <= model.largest_saved_bytes else 0


def disk_of(
    workload: Workload,
    evidence: Evidence,
    used: Sequence[tuple[int, DiskUse]],
    duration_s: float | None,
) -> Size:
    """Return what the run's folder will take.

    Args:
        workload: What is to be trained.
        evidence: What is known of its cost.
        used: Timesteps and files of finished runs of the same workload, the newest first.
        duration_s: Expected training time, which decides how many checkpoints there will be.
    """
    buffers = NUM_WHOLE * saved_buffer_bytes(workload)
    for timesteps, files in used:
        if files.total > 0 and timesteps > 0:
            rows = files.metrics * workload.timesteps / timesteps
            lasting = files.total - files.metrics - files.recordings
            return Size(int(rows + max(lasting, buffers)), DISK_DOUBT)
    calibration = evidence.calibration
    if calibration is None:
        kept = NUM_KEPT_CHECKPOINTS * CHECKPOINT_BYTES
        return Size(int(_guessed_rows(workload)) + kept + buffers, GUESSED_DISK_DOUBT)
    written = bytes_after(workload, calibration.cost, duration_s or 0.0)
    return Size(int(written), CALIBRATED_DISK_DOUBT)


def _guessed_rows(workload: Workload) -> float:
    episode = min(workload.max_episode_steps or TIMESTEPS_PER_EPISODE, TIMESTEPS_PER_EPISODE)
    return workload.timesteps / max(1, episode) * ROW_BYTES
