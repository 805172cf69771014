"""Time, memory and disk of a workload, with what they stand on."""

from dataclasses import dataclass

from gymlab.domain.costs import Basis, Confidence
from gymlab.server.estimating.evidence import Evidence, Pace, pace_of
from gymlab.server.estimating.history import History
from gymlab.server.estimating.sizes import Size, Worker, disk_of, memory_of, worker_of
from gymlab.server.estimating.workloads import Workload

HIGH_DOUBT, MEDIUM_DOUBT = 0.16, 0.51


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a run will take."""

    pace: Pace | None
    worker: Worker
    memory: Size
    disk: Size
    startup_s: float | None
    """From TRAIN to the first timestep, as far as it is known."""
    evidence: Evidence

    @property
    def confidence(self) -> Confidence:
        """How sure the duration is."""
        return confidence_of(self.pace)


def confidence_of(pace: Pace | None) -> Confidence:
    """Return how sure a duration is."""
    if pace is None or pace.doubt > MEDIUM_DOUBT:
        return Confidence.LOW
    return Confidence.HIGH if pace.doubt <= HIGH_DOUBT else Confidence.MEDIUM


def predict(workload: Workload, history: History, *, is_warm: bool) -> Prediction:
    """Estimate a run.

    Args:
        workload: The run.
        history: Where the evidence is.
        is_warm: Whether an idle worker with its libraries imported will take it.
    """
    evidence = history.evidence(workload)
    pace = pace_of(workload, evidence)
    used = history.files(evidence.runs) if evidence.runs else []
    worker = worker_of(workload, evidence)
    return Prediction(
        pace=pace,
        worker=worker,
        memory=memory_of(workload, worker),
        disk=disk_of(workload, evidence, used, pace.duration_s if pace else None),
        startup_s=_startup(pace, evidence, is_warm=is_warm),
        evidence=evidence,
    )


def _startup(pace: Pace | None, evidence: Evidence, *, is_warm: bool) -> float | None:
    if pace is None or pace.setup_s is None:
        return None
    measured = evidence.calibration or evidence.similar_calibration
    imports_s = pace.imports_s or (measured.cost.imports_s if measured else None)
    if is_warm:
        return pace.setup_s
    return None if imports_s is None else pace.setup_s + imports_s


def basis_text(pace: Pace | None, *, now: float) -> str:
    """Return a sentence about what a duration stands on."""
    if pace is None:
        return "Nothing is known of its speed yet."
    ago = _ago(now - pace.measured_at) if pace.measured_at is not None else "earlier"
    match pace.basis:
        case Basis.RUNS:
            runs = "an earlier run" if pace.num_runs == 1 else f"{pace.num_runs} earlier runs"
            return f"As {runs} of these settings on this machine."
        case Basis.CALIBRATION:
            beside = " while other programs kept it busy" if pace.is_disturbed else ""
            return f"Measured {ago} on this machine{beside}."
        case Basis.SIMILAR:
            return f"From other settings of this algorithm here, measured {ago}."
        case Basis.GUESS:
            return "A rough guess: nothing was measured on this machine."


def _ago(seconds: float) -> str:
    seconds = max(0.0, seconds)
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            number = int(seconds // length)
            return f"{number} {unit}{'s' if number > 1 else ''} ago"
    return f"{seconds:.0f} s ago"
