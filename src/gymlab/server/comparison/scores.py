"""The final return of each run, and whether it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from sqlalchemy import Connection

from gymlab.domain.runs import FINISHED_STATUSES, RunStatus
from gymlab.errors import FieldProblem, InvalidInputError
from gymlab.server.comparison.grouping import Group
from gymlab.server.comparison.schemas import Basis
from gymlab.storage.many_series import find_series, read_last_values
from gymlab.storage.run_indexer import EPISODE_RETURN
from gymlab.storage.runs import StoredRun

WINDOW = 100
"""Training episodes behind a final return."""
BASIS_TEXTS: Mapping[Basis, str] = {
    "training": f"Mean return of the last {WINDOW} training episodes, exploration included.",
    "evaluation": "Mean return of the latest evaluation.",
}
BasisWish = Literal["auto", "training", "evaluation"]


@dataclass(frozen=True, slots=True)
class Score:
    """The final return of a run."""

    value: float | None
    not_counted_because: str | None = None
    is_unfinished: bool = False

    @property
    def is_counted(self) -> bool:
        """Whether it is part of the statistics."""
        return self.not_counted_because is None


def choose_basis(runs: Sequence[StoredRun], wish: BasisWish) -> Basis:
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
        return "training" if without else "evaluation"
    return wish


def scores_of(connection: Connection, groups: Sequence[Group], basis: Basis) -> dict[str, Score]:
    """Return the score of every run: run id -> score."""
    runs = [run for group in groups for run in group.runs]
    if basis == "evaluation":
        values = {run.id: run.evaluation_return for run in runs}
    else:
        values = training_returns(connection, [run.id for run in runs])
    scores: dict[str, Score] = {}
    for group in groups:
        seen: dict[int, StoredRun] = {}
        # A finished run stands for its seed before one that goes on or failed.
        for run in sorted(group.runs, key=lambda one: not is_complete(one)):
            scores[run.id] = _judged(run, values.get(run.id), seen)
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


def _judged(run: StoredRun, value: float | None, seen: Mapping[int, StoredRun]) -> Score:
    twin = seen.get(run.spec["seed"])
    if twin is not None:
        return Score(value, f"repeats seed {run.spec['seed']} of {twin.id}")
    if not is_complete(run):
        done = f"{run.timestep:,} of {run.total_timesteps:,} timesteps"
        return Score(value, f"{run.status.value} after {done}", is_unfinished=True)
    if value is None:
        return Score(None, "no episode has ended", is_unfinished=True)
    return Score(value)
