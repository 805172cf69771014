"""An estimate as the API answers it."""

import time

from gymlab.domain.timestamps import rfc3339
from gymlab.server.estimating.estimate import Prediction, basis_text
from gymlab.server.runs.schemas import Estimate, Range

UNKNOWN = Estimate(duration_s=None, memory_bytes=None, disk_bytes=None)


def estimate_of(
    prediction: Prediction | None, *, num_runs: int = 1, calibration_id: str | None = None
) -> Estimate:
    """Return the answer.

    Args:
        prediction: What one run will take; None while it is not known what it is.
        num_runs: Runs that are to be made: all must fit on the disk.
        calibration_id: The measurement of these settings that is under way.
    """
    if prediction is None:
        return UNKNOWN
    pace, memory, disk = prediction.pace, prediction.memory, prediction.disk
    low_bytes, high_bytes = disk.range
    measured_at = pace.measured_at if pace is not None else None
    return Estimate(
        duration_s=round(pace.duration_s, 1) if pace is not None else None,
        duration_range_s=_range(*pace.range_s) if pace is not None else None,
        startup_s=_rounded(prediction.startup_s),
        timesteps_per_second=round(1 / pace.s_per_timestep, 1) if pace is not None else None,
        memory_bytes=memory.bytes,
        memory_range_bytes=_range(*memory.range),
        disk_bytes=num_runs * disk.bytes,
        disk_range_bytes=_range(num_runs * low_bytes, num_runs * high_bytes),
        basis=pace.basis if pace is not None else None,
        confidence=prediction.confidence,
        detail=basis_text(pace, now=time.time()),
        measured_at=rfc3339(measured_at) if measured_at is not None else None,
        num_runs=pace.num_runs if pace is not None else 0,
        is_disturbed=pace is not None and pace.is_disturbed,
        calibration_id=calibration_id,
    )


def _range(low: float, high: float) -> Range:
    return Range(low=round(low, 2), high=round(high, 2))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
