"""Putting runs side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from gymlab.domain.ids import is_run_id
from gymlab.domain.metrics import is_valid_metric_name
from gymlab.errors import FieldProblem, InvalidInputError, RunNotFoundError
from gymlab.evaluation.aggregates import interquartile_mean
from gymlab.evaluation.curves import trailing_means
from gymlab.late import np
from gymlab.server.comparison.curves import (
    SeriesWish,
    aligned,
    group_band,
    metric_choices,
    read_metric,
)
from gymlab.server.comparison.grouping import Group, differences, group_runs
from gymlab.server.comparison.own_metrics import (
    OwnMetric,
    choices,
    chosen_metric,
    own_metrics,
)
from gymlab.server.comparison.schemas import (
    ComparedRun,
    Efficiency,
    GroupBand,
    RunComparison,
    RunGroup,
)
from gymlab.server.comparison.scores import (
    WINDOW,
    BasisWish,
    Measure,
    Score,
    choose_basis,
    final_returns,
    measure_of,
    scores_of,
)
from gymlab.server.comparison.statistics import statistics_of
from gymlab.server.lab import Lab
from gymlab.storage.pyramid import TIMESTEP, VALUE
from gymlab.storage.run_indexer import EPISODE_RETURN
from gymlab.storage.runs import StoredRun, get_runs

MIN_RUNS, MAX_RUNS = 2, 200
EFFICIENCY_PLACES = 61


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a comparison."""

    series: SeriesWish
    basis: BasisWish = "auto"
    own_metric: str | None = None
    """Judge by this metric of a user's own evaluation instead of returns."""
    parts: frozenset[str] = frozenset({"series", "statistics"})


def split_ids(ids: Sequence[str]) -> list[str]:
    """Return the ids of repeated or comma-joined parameters.

    Raises:
        InvalidInputError: There are too few, too many or the same twice.
        RunNotFoundError: One cannot be the id of a run.
    """
    found = [one.strip() for part in ids for one in part.split(",") if one.strip()]
    if len(found) < MIN_RUNS:
        raise _wrong_ids("too_few", f"A comparison needs at least {MIN_RUNS} runs.")
    if len(found) > MAX_RUNS:
        raise _wrong_ids("too_many", f"{len(found)} runs; at most {MAX_RUNS} can be compared.")
    twice = next((one for one in found if found.count(one) > 1), None)
    if twice is not None:
        raise _wrong_ids("duplicate", f"Run {twice[:64]!r} is named twice.")
    wrong = next((one for one in found if not is_run_id(one)), None)
    if wrong is not None:
        raise RunNotFoundError(wrong[:64])
    return found


def checked_metric(name: str) -> str:
    """Return the name of a metric.

    Raises:
        InvalidInputError: It cannot be one.
    """
    if not is_valid_metric_name(name):
        detail = f"{name[:60]!r} is not the name of a metric."
        raise InvalidInputError(detail, fields=[FieldProblem("metric", "not_a_name", detail)])
    return name


def compare_runs(lab: Lab, ids: Sequence[str], wish: Wish) -> RunComparison:
    """Return runs side by side: only the parts asked for cost anything.

    Raises:
        RunNotFoundError: One does not exist.
        InvalidInputError: Evaluations are asked for and a run has none, or nothing says the
            own metric.
    """
    with lab.database.reading() as connection:
        runs = _existing(connection, ids)
        groups = group_runs(runs)
        own = own_metrics(connection, ids)
        measure, values = _judged_by(connection, runs, wish, own)
        scores = scores_of(groups, values, measure)
        found, same = differences(runs)
        has_statistics, has_series = "statistics" in wish.parts, "series" in wish.parts
        return RunComparison.model_construct(
            runs=_runs(runs, groups, scores),
            groups=[_group(group, scores) for group in groups],
            differences=found,
            same=same,
            metrics=metric_choices(connection, ids),
            own_metrics=choices(own),
            series=aligned(lab, connection, runs, wish.series, groups) if has_series else None,
            statistics=statistics_of(groups, scores, measure) if has_statistics else None,
            efficiency=_efficiency(connection, groups) if "efficiency" in wish.parts else None,
        )


def _judged_by(
    connection: Connection, runs: Sequence[StoredRun], wish: Wish, own: Mapping[str, OwnMetric]
) -> tuple[Measure, Mapping[str, float | None]]:
    if wish.own_metric is not None:
        metric = chosen_metric(own, wish.own_metric)
        return measure_of(metric), metric.values
    measure = choose_basis(runs, wish.basis)
    return measure, final_returns(connection, runs, measure)


def _wrong_ids(code: str, detail: str) -> InvalidInputError:
    return InvalidInputError(detail, fields=[FieldProblem("ids", code, detail)])


def _existing(connection: Connection, ids: Sequence[str]) -> list[StoredRun]:
    found = {run.id: run for run in get_runs(connection, ids) if run.deleted_at is None}
    missing = next((one for one in ids if one not in found), None)
    if missing is not None:
        raise RunNotFoundError(missing)
    return [found[one] for one in ids]


def _runs(
    runs: Sequence[StoredRun], groups: Sequence[Group], scores: dict[str, Score]
) -> list[ComparedRun]:
    group_of = {run.id: group.id for group in groups for run in group.runs}
    return [
        ComparedRun(
            id=run.id,
            name=run.name,
            status=run.status,
            env_id=run.env_id,
            runner=run.runner,
            algorithm=run.algorithm,
            seed=run.spec["seed"],
            timestep=run.timestep,
            total_timesteps=run.total_timesteps,
            group_id=group_of[run.id],
            score=scores[run.id].value,
            is_counted=scores[run.id].is_counted,
            not_counted_because=scores[run.id].not_counted_because,
        )
        for run in runs
    ]


def _group(group: Group, scores: dict[str, Score]) -> RunGroup:
    first = group.first
    return RunGroup(
        id=group.id,
        label=group.label,
        run_ids=[run.id for run in group.runs],
        env_id=first.env_id,
        runner=first.runner,
        algorithm=first.algorithm,
        total_timesteps=first.total_timesteps,
        num_seeds=sum(scores[run.id].is_counted for run in group.runs),
    )


def _efficiency(connection: Connection, groups: Sequence[Group]) -> Efficiency:
    runs = [run for group in groups for run in group.runs]
    read = read_metric(connection, [run.id for run in runs], EPISODE_RETURN)
    ends = [float(one.points[-1, TIMESTEP]) for one in read.values() if len(one.points)]
    grid = np.linspace(0, max(ends, default=0.0), EFFICIENCY_PLACES)
    bands: list[GroupBand] = []
    for group in groups:
        curves = [
            trailing_means(
                np.maximum.accumulate(read[run.id].points[:, TIMESTEP]),
                read[run.id].points[:, VALUE],
                grid,
                WINDOW,
            )
            for run in group.runs
            if run.id in read
        ]
        # A group without any episode is drawn as empty.
        curves = curves or [np.full(len(grid), np.nan)]
        bands.append(group_band(group.id, curves, interquartile_mean))
    return Efficiency(window=WINDOW, places=grid.tolist(), groups=bands)
