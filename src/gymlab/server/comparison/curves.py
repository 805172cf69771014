"""One metric of many runs on a common axis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from gymlab.domain.metrics import METRICS, find_metric
from gymlab.evaluation.aggregates import Statistic, interquartile_mean, mean
from gymlab.evaluation.curves import Curve, at_grid, at_places, band
from gymlab.late import Floats, np
from gymlab.server.comparison.grouping import Group
from gymlab.server.comparison.schemas import (
    AlignedSeries,
    Axis,
    GroupBand,
    MetricChoice,
    RunCurve,
    Summary,
)
from gymlab.server.lab import Lab
from gymlab.storage.many_series import count_names, find_series, read_many
from gymlab.storage.pyramid import SEQ, TIMESTEP, VALUE, Points
from gymlab.storage.run_indexer import EPISODE_RETURN, METRICS_FILE
from gymlab.storage.runs import StoredRun
from gymlab.storage.wall_times import wall_time_knots

TOTAL_DRAWN_POINTS = 60_000
"""What a chart of all runs draws unless asked for more."""
MIN_DRAWN_POINTS, MAX_DRAWN_POINTS = 200, 1000
SUMMARY_POINTS = 150
"""Each place of a summary is resampled."""
TOTAL_READ_POINTS = 2_000_000
MIN_READ_POINTS = 4096
DIGITS = 7
"""Of every number that is drawn."""
MAX_POWER = 22
"""Greatest power of ten that a double holds exactly; numbers that need more stay as they are."""
AXIS_UNITS: dict[Axis, str] = {"timesteps": "timesteps", "wall_time": "s", "episodes": "episodes"}


@dataclass(frozen=True, slots=True)
class RunPoints:
    """What is stored of one metric of a run."""

    points: Points
    total: int


@dataclass(frozen=True, slots=True)
class SeriesWish:
    """Which curves are wanted."""

    metric: str
    axis: Axis
    summary: Summary = "none"
    max_points: int | None = None


def default_points(num_runs: int, summary: Summary) -> int:
    """Return how many places an axis has when nobody says."""
    if summary != "none":
        return SUMMARY_POINTS
    return min(MAX_DRAWN_POINTS, max(MIN_DRAWN_POINTS, TOTAL_DRAWN_POINTS // num_runs))


def read_metric(connection: Connection, run_ids: Sequence[str], name: str) -> dict[str, RunPoints]:
    """Return the points of a metric: run id -> points, as finely as memory allows."""
    ids = find_series(connection, run_ids, name)
    most = max(MIN_READ_POINTS, TOTAL_READ_POINTS // max(1, len(run_ids)))
    found = read_many(connection, list(ids.values()), most)
    return {
        run_id: RunPoints(*found[series_id])
        for run_id, series_id in ids.items()
        if series_id in found
    }


def metric_choices(connection: Connection, run_ids: Sequence[str]) -> list[MetricChoice]:
    """Return what can be drawn: house names in their order, then others."""
    counts = count_names(connection, run_ids)
    known = [name for name in METRICS if name in counts]
    others = sorted(name for name in counts if name not in METRICS)
    return [
        MetricChoice.model_validate({**_about(name), "num_runs": counts[name]})
        for name in (*known, *others)
    ]


def places_of(
    lab: Lab, connection: Connection, runs: Sequence[StoredRun], name: str, axis: Axis
) -> dict[str, tuple[Curve, Curve, int]]:
    """Return where on an axis each run's points lie: run id -> places, values, how many."""
    own = read_metric(connection, [run.id for run in runs], name)
    episodes: dict[str, RunPoints] = {}
    if axis == "episodes":
        is_return = name == EPISODE_RETURN
        episodes = own if is_return else read_metric(connection, list(own), EPISODE_RETURN)
    found: dict[str, tuple[Curve, Curve, int]] = {}
    for run in runs:
        if run.id not in own:
            continue
        points = own[run.id].points
        if axis == "timesteps":
            places = points[:, TIMESTEP]
        elif axis == "episodes":
            places = _episodes_at(points[:, SEQ], episodes.get(run.id))
        else:
            path = lab.settings.runs_dir / run.id / METRICS_FILE
            knots = wall_time_knots(connection, run.id, path, run.metrics_offset)
            places = _interpolated(points[:, SEQ], *knots)
        known = ~np.isnan(places)
        # Rows of one moment may come in any order; an axis never goes back.
        places = np.maximum.accumulate(places[known])
        found[run.id] = (places, points[known, VALUE], own[run.id].total)
    return found


def aligned(
    lab: Lab,
    connection: Connection,
    runs: Sequence[StoredRun],
    wish: SeriesWish,
    groups: Sequence[Group],
) -> AlignedSeries:
    """Return a metric of every run over a common axis."""
    name, axis = wish.metric, wish.axis
    max_points = wish.max_points or default_points(len(runs), wish.summary)
    found = places_of(lab, connection, runs, name, axis)
    grid, is_exact = common_axis([places for places, _, _ in found.values()], max_points)
    curves: dict[str, Curve] = {}
    totals: dict[str, int] = {}
    for run in runs:
        places, values, total = found.get(run.id, (np.empty(0), np.empty(0), 0))
        curves[run.id] = (at_places if is_exact else at_grid)(places, values, grid)
        totals[run.id] = total
    return AlignedSeries.model_validate({
        **_about(name),
        "axis": axis,
        "axis_unit": AXIS_UNITS[axis],
        "places": [round(place, 6) for place in grid.tolist()],
        "runs": [
            RunCurve(run_id=run_id, values=plain(curve), total_points=totals[run_id])
            for run_id, curve in curves.items()
        ],
        "groups": [_summarised(group, curves, wish.summary) for group in groups]
        if wish.summary != "none"
        else [],
    })


def common_axis(places: Sequence[Curve], max_points: int) -> tuple[Curve, bool]:
    """Return the places where every curve is told, and whether these are all its own places."""
    told = [own for own in places if len(own)]
    if not told:
        return np.empty(0), True
    together: Curve = np.empty(0)
    for own in told:
        together = np.union1d(together, own)
        if len(together) > max_points:
            low, high = min(own[0] for own in told), max(own[-1] for own in told)
            return _even(float(low), float(high), max_points), False
    return together, True


def _even(low: float, high: float, count: int) -> Curve:
    return low + (high - low) * np.arange(count) / (count - 1)


def plain(curve: Floats) -> list[float | None]:
    """Return numbers with seven digits, null where there is none."""
    known = np.isfinite(curve)
    rounded: list[float | None] = list(_with_digits(np.where(known, curve, 0.0)).tolist())
    for place in np.flatnonzero(~known):
        rounded[place] = None
    return rounded


def _with_digits(values: Floats) -> Floats:
    """Round to `DIGITS` digits; a power of ten that is exact makes each the nearest double."""
    sizes = np.abs(values)
    digits = DIGITS - 1 - np.floor(np.log10(np.where(sizes > 0, sizes, 1.0)))
    up, down = 10.0 ** np.clip(digits, 0, MAX_POWER), 10.0 ** np.clip(-digits, 0, MAX_POWER)
    return np.where(digits > MAX_POWER, values, np.rint(values * up / down) * down / up)


def group_band(group_id: str, curves: Sequence[Curve], statistic: Statistic) -> GroupBand:
    """Return a summary over the curves of a group with its pointwise interval."""
    told = band(np.array(curves), statistic)
    return GroupBand(
        group_id=group_id, value=plain(told.value), low=plain(told.low), high=plain(told.high)
    )


def _summarised(group: Group, curves: Mapping[str, Curve], summary: Summary) -> GroupBand:
    own = [curves[run.id] for run in group.runs]
    # Runs that do not have the metric at all say nothing about it.
    told = [curve for curve in own if not np.isnan(curve).all()] or own[:1]
    return group_band(group.id, told, mean if summary == "mean" else interquartile_mean)


def _about(name: str) -> dict[str, object]:
    metric = find_metric(name)
    if metric is None:
        return {"name": name, "title": name, "unit": "", "better": None}
    better = metric.better.value if metric.better else None
    return {"name": name, "title": metric.title, "unit": metric.unit, "better": better}


def _episodes_at(seqs: Curve, episodes: RunPoints | None) -> Curve:
    """Return how many episodes had ended at each row."""
    if episodes is None or len(episodes.points) == 0:
        return np.full(len(seqs), np.nan)
    # Coarser levels leave points out evenly, so their places tell the number well enough.
    count = len(episodes.points)
    numbers = (np.arange(count) + 1) * (episodes.total / count)
    return np.floor(np.interp(seqs, episodes.points[:, SEQ], numbers, left=0.0))


def _interpolated(seqs: Curve, knots: Curve, times: Curve) -> Curve:
    if len(knots) == 0:
        return np.full(len(seqs), np.nan)
    return np.interp(seqs, knots, times)
