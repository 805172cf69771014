"""Learning curves of several runs at common places, and how runs do on the way.

Source: sample-efficiency curves, Agarwal et al. (2021), section 4.3 and figure 7: a summary over
runs at each of a number of timesteps, with a pointwise interval.
"""

import math
from dataclasses import dataclass

from gymlab.evaluation.aggregates import LEVEL, SEED, Scores, Statistic
from gymlab.evaluation.distributions import t_quantile
from gymlab.late import Floats, Integers, np

NUM_CURVE_RESAMPLES = 500

Curve = Floats


@dataclass(frozen=True, slots=True)
class Band:
    """A summary over runs at each place and its pointwise interval; all (T,), NaN where unknown."""

    value: Curve
    low: Curve
    high: Curve


def trailing_means(places: Curve, values: Curve, grid: Curve, window: int) -> Curve:
    """Return at each place of a grid the mean of the last `window` values up to it.

    Args:
        places: (n,) where the values were measured, ascending.
        values: (n,) NaN where missing.
        grid: (T,) ascending.
        window: How many values count.

    Returns:
        (T,) NaN before the first value and behind the last one.
    """
    known = ~np.isnan(values)
    places, values = places[known], values[known]
    if len(places) == 0:
        return np.full(len(grid), np.nan)
    ends = np.searchsorted(places, grid, side="right")
    starts = np.maximum(ends - window, 0)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    with np.errstate(invalid="ignore"):
        means = (sums[ends] - sums[starts]) / (ends - starts)
    means[grid > places[-1]] = np.nan
    return means


def at_grid(places: Curve, values: Curve, grid: Curve) -> Curve:
    """Return a curve at the places of an even grid.

    Where several values fall between two places their mean stands; where none does, the line
    between the neighbours. Nothing is said before the first and behind the last value.

    Args:
        places: (n,) where the values were measured, ascending.
        values: (n,) NaN where missing.
        grid: (T,) evenly spaced, ascending.
    """
    known = ~np.isnan(values)
    places, values = places[known], values[known]
    if len(places) == 0:
        return np.full(len(grid), np.nan)
    step = float(grid[1]) - float(grid[0]) if len(grid) > 1 else 1.0
    nearest: Curve = np.rint((places - float(grid[0])) / step)
    return _cell_means(np.minimum(nearest, len(grid) - 1), values, grid)


def at_places(places: Curve, values: Curve, grid: Curve) -> Curve:
    """Return a curve at places that contain its own: the mean of values at one place.

    Args:
        places: (n,) where the values were measured, ascending; each is in the grid.
        values: (n,) NaN where missing.
        grid: (T,) ascending.
    """
    known = ~np.isnan(values)
    places, values = places[known], values[known]
    if len(places) == 0:
        return np.full(len(grid), np.nan)
    return _cell_means(np.searchsorted(grid, places), values, grid)


def band(curves: Curve, statistic: Statistic) -> Band:
    """Summarise curves of several runs, place by place.

    Places that not all runs reach stay empty: a summary over fewer runs would jump there.

    Args:
        curves: (n, T) of each run, NaN where it has no value.
        statistic: `mean` or `interquartile_mean`.
    """
    count, length = curves.shape
    value = np.full(length, np.nan)
    low, high = value.copy(), value.copy()
    complete = ~np.isnan(curves).any(axis=0)
    if not complete.any():
        return Band(value, low, high)
    columns = np.ascontiguousarray(curves[:, complete].T)
    value[complete] = statistic(columns)
    if count < 2:
        return Band(value, low, high)
    margin = t_quantile((1 + LEVEL) / 2, count - 1) * _errors(columns, statistic)
    low[complete], high[complete] = value[complete] - margin, value[complete] + margin
    return Band(value, low, high)


def _cell_means(cell: Integers, values: Curve, grid: Curve) -> Curve:
    cells = np.asarray(cell, dtype=np.int64)
    counts = np.bincount(cells, minlength=len(grid))
    sums = np.bincount(cells, weights=values, minlength=len(grid))
    filled = np.flatnonzero(counts)
    means = sums[filled] / counts[filled]
    return np.interp(grid, grid[filled], means, left=np.nan, right=np.nan)


def _errors(columns: Scores, statistic: Statistic) -> Scores:
    """Return the bootstrap standard error of each row; whole runs are drawn, as they are one."""
    count = columns.shape[1]
    drawn = np.random.default_rng(SEED).integers(0, count, (NUM_CURVE_RESAMPLES, count))
    # (T, R): one place at a time keeps the resamples of many runs out of memory.
    errors = np.array([statistic(row[drawn]).std(ddof=1) for row in columns])
    return errors * math.sqrt(count / (count - 1))
