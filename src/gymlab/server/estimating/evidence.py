"""What is known of a workload's cost: earlier runs, a measurement, or only a rough figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, pstdev

from gymlab.domain.costs import Basis, Calibration, Cost, FinishedRun
from gymlab.server.estimating.workloads import Workload
from gymlab.supervisor.this_machine import cpu_count

MIN_RUN_S = 2.0
"""Shorter runs say little of speed."""
ENOUGH_SHARE = 0.2
"""A run that did less than this share of what is planned does not show how learning goes on."""
NEWEST = 5
RUN_DOUBT, MIN_RUN_DOUBT = 0.25, 0.08
"""Of one run nobody knows what else the machine did meanwhile; several can be compared."""
BEGINNING_S = 1.0
"""Of a run's time, this much may be its beginning: nothing where it was long, all where short."""
CALIBRATION_DOUBT, MAX_DOUBT = 0.2, 0.5
DISTURBED_DOUBT = 0.3
SPARE_CORES = 0.3
BLIND_DOUBT = 0.6
"""Without a whole update in the measurement."""
SIMILAR_DOUBT, GUESS_DOUBT = 1.0, 3.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that speaks for a workload's cost, before it is weighed."""

    runs: Sequence[FinishedRun] = ()
    """Of the same workload with the same versions, the newest first."""
    calibration: Calibration | None = None
    """Of the same workload with the same versions."""
    similar_runs: Sequence[FinishedRun] = ()
    """Of the same environment and algorithm, the newest first."""
    similar_calibration: Calibration | None = None
    guessed_speed: float | None = None
    """Timesteps per second, as the backend's manifest says."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long training takes."""

    basis: Basis
    duration_s: float
    """Training time of the whole workload."""
    s_per_timestep: float
    """While the agent learns."""
    doubt: float
    """Relative: the time lies between duration / (1 + doubt) and duration * (1 + doubt)."""
    measured_at: float | None = None
    num_runs: int = 0
    setup_s: float | None = None
    imports_s: float | None = None
    is_disturbed: bool = False
    """Whether other programs took turns with the measurement."""

    @property
    def range_s(self) -> tuple[float, float]:
        """Within which the time should lie."""
        return self.duration_s / (1 + self.doubt), self.duration_s * (1 + self.doubt)


def pace_of(workload: Workload, evidence: Evidence) -> Pace | None:
    """Weigh the evidence; None where there is none at all."""
    usable = [run for run in evidence.runs if _is_long_enough(run, workload)][:NEWEST]
    if usable:
        return _pace_of_runs(usable, workload)
    if evidence.calibration is not None:
        return _pace_of_calibration(evidence.calibration, workload)
    return _pace_of_others(evidence, workload)


def _is_long_enough(run: FinishedRun, workload: Workload) -> bool:
    is_steady = run.duration_s >= MIN_RUN_S and run.timesteps > 3 * workload.learning_starts
    return is_steady and run.timesteps >= ENOUGH_SHARE * workload.timesteps


def _pace_of_runs(runs: Sequence[FinishedRun], workload: Workload) -> Pace:
    costs = [run.duration_s / run.timesteps for run in runs]
    cost = median(costs)
    short = BEGINNING_S / median(run.duration_s for run in runs)
    doubt = RUN_DOUBT if len(runs) < 2 else max(MIN_RUN_DOUBT, 2 * pstdev(costs) / cost)
    setups = [run.setup_s for run in runs if run.setup_s is not None]
    return Pace(
        basis=Basis.RUNS,
        duration_s=cost * workload.timesteps,
        s_per_timestep=cost,
        doubt=min(MAX_DOUBT, doubt) + short,
        measured_at=runs[0].finished_at,
        num_runs=len(runs),
        setup_s=median(setups) if setups else None,
    )


def _pace_of_calibration(calibration: Calibration, workload: Workload) -> Pace:
    cost = calibration.cost
    gathering = min(workload.learning_starts, workload.timesteps)
    before = cost.gathering_s_per_timestep
    duration_s = gathering * (cost.s_per_timestep if before is None else before)
    duration_s += (workload.timesteps - gathering) * cost.s_per_timestep
    doubt = CALIBRATION_DOUBT + cost.spread if cost.saw_updates else BLIND_DOUBT
    if was_disturbed(cost):
        doubt += DISTURBED_DOUBT
    return Pace(
        basis=Basis.CALIBRATION,
        duration_s=duration_s,
        s_per_timestep=cost.s_per_timestep,
        doubt=min(MAX_DOUBT, doubt) if cost.saw_updates else doubt,
        is_disturbed=was_disturbed(cost),
        measured_at=calibration.measured_at,
        setup_s=cost.setup_s,
        imports_s=cost.imports_s,
    )


def _pace_of_others(evidence: Evidence, workload: Workload) -> Pace | None:
    basis, doubt, measured_at = Basis.SIMILAR, SIMILAR_DOUBT, None
    if evidence.similar_calibration is not None:
        cost = evidence.similar_calibration.cost.s_per_timestep
        measured_at = evidence.similar_calibration.measured_at
    elif long := [run for run in evidence.similar_runs if run.duration_s >= MIN_RUN_S]:
        cost = median(run.duration_s / run.timesteps for run in long[:NEWEST])
        measured_at = long[0].finished_at
    elif evidence.guessed_speed:
        basis, doubt, cost = Basis.GUESS, GUESS_DOUBT, 1.0 / evidence.guessed_speed
    else:
        return None
    return Pace(basis, cost * workload.timesteps, cost, doubt, measured_at)


def was_disturbed(cost: Cost) -> bool:
    """Tell whether other programs wanted more cores than the measurement left them."""
    return cost.others_cores > cpu_count() - 1 + SPARE_CORES


def same_versions(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether no library that both name has another version."""
    return all(other[name] == number for name, number in one.items() if name in other)
