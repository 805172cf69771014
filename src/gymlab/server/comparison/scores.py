"""What each run is judged by, and whether it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from gymlab.domain.runs import FINISHED_STATUSES, RunStatus
from gymlab.errors import FieldProblem, InvalidInputError
from gymlab.late import np
from gymlab.server.comparison.grouping import Group
from gymlab.server.comparison.own_metrics import OwnMetric
from gymlab.server.comparison.schemas import Basis
from gymlab.server.comparison.wording import RETURN
from gymlab.storage.many_series import find_series, read_last_values
from gymlab.storage.run_indexer import EPISODE_RETURN
from gymlab.storage.runs import StoredRun

WINDOW = 100
"""Training episodes behind a final return."""
BasisWish = Literal["auto", "training", "evaluation"]


@dataclass(frozen=True, slots=True)
class Measure:
    """What scores are."""

    basis: Basis
    text: str
    """In one sentence."""
    name: str = RETURN
    """What is higher in a better run; of an own metric nobody knows whether higher is better."""
    missing: str = "no episode has ended"
    """Why a run may have none."""


TRAINING = Measure(
    "training", f"Mean return of the last {WINDOW} training episodes, exploration included."
)
EVALUATION = Measure("evaluation", "Mean return of the latest evaluation.")


@dataclass(frozen=True, slots=True)
class Score:
    """What a run is judged by: its final return, or what an own evaluation says."""

    value: float | None
    not_counted_because: str | None = None
    is_unfinished: bool = False

    @property
    def is_counted(self) -> bool:
        """Whether it is part of the statistics."""
        return self.not_counted_because is None


def choose_basis(runs: Sequence[StoredRun], wish: BasisWish) -> Measure:
    """Return which returns are compared: never some of one kind and some of the other.

    Raises:
        InvalidInputError: Evaluations are asked for and not every run has one.
    """
    without = [run for run in runs if run.evaluation_return is None]
    if wish == "evaluation" and without:
        detail = (
            f"{len(without)} of {len(runs)} runs have no evaluation, the first is {without[0].id}."
        )
        problem = FieldProblem("basis", "not_evaluated", detail)
        raise InvalidInputError(detail, hint="Evaluate every run first.", fields=[problem])
    if wish == "auto":
        return TRAINING if without else EVALUATION
    return TRAINING if wish == "training" else EVALUATION


def measure_of(metric: OwnMetric) -> Measure:
    """Return what it means to judge by a metric of a user's own evaluation."""
    return Measure(
        "own",
        f"{metric.name} of {metric.code}, in the latest evaluation with it.",
        name=metric.name,
        missing=f"{metric.code} has not judged it, or said no finite number",
    )


def final_returns(
    connection: Connection, runs: Sequence[StoredRun], measure: Measure
) -> Mapping[str, float | None]:
    """Return the final return of each run that has one."""
    if measure.basis == "evaluation":
        return {run.id: run.evaluation_return for run in runs}
    return training_returns(connection, [run.id for run in runs])


def scores_of(
    groups: Sequence[Group], values: Mapping[str, float | None], measure: Measure
) -> dict[str, Score]:
    """Return the score of every run, and whether it counts: run id -> score."""
    scores: dict[str, Score] = {}
    for group in groups:
        seen: dict[int, StoredRun] = {}
        # A finished run stands for its seed before one that goes on or failed.
        for run in sorted(group.runs, key=lambda one: not is_complete(one)):
            scores[run.id] = _judged(run, values.get(run.id), seen, measure)
            if scores[run.id].is_counted:
                seen[run.spec["seed"]] = run
    return scores


def training_returns(connection: Connection, run_ids: Sequence[str]) -> dict[str, float | None]:
    """Return the mean return of the last episodes of each run that finished one."""
    ids = find_series(connection, run_ids, EPISODE_RETURN)
    last = read_last_values(connection, list(ids.values()), WINDOW)
    found: dict[str, float | None] = {}
    for run_id, series_id in ids.items():
        values = last.get(series_id, np.empty(0))
        values = values[np.isfinite(values)]
        found[run_id] = float(values.mean()) if len(values) else None
    return found


def is_complete(run: StoredRun) -> bool:
    """Tell whether a run used its budget, so that its final return is final."""
    if run.status is RunStatus.COMPLETED:
        return True
    return run.status in FINISHED_STATUSES and run.timestep >= run.total_timesteps


def _judged(
    run: StoredRun, value: float | None, seen: Mapping[int, StoredRun], measure: Measure
) -> Score:
    twin = seen.get(run.spec["seed"])
    if twin is not None:
        return Score(value, f"repeats seed {run.spec['seed']} of {twin.id}")
    if not is_complete(run):
        done = f"{run.timestep:,} of {run.total_timesteps:,} timesteps"
        return Score(value, f"{run.status.value} after {done}", is_unfinished=True)
    if value is None:
        return Score(None, measure.missing, is_unfinished=True)
    return Score(value)
