"""Curves with bands as an SVG that needs no library to be read.

S seeds, P parts of the budget.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Point = tuple[float, float]
Place = Callable[[float, float], Point]
"""Timestep and return -> where they stand."""
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 340, 60, 150, 30, 44
COLOURS = ("#1f6feb", "#d1242f", "#1a7f37", "#8250df")
LABEL_HEIGHT = 30
"""Room that a label with its second line takes, in pixels."""
_FEWEST_FOR_QUARTILES = 4


@dataclass(frozen=True, slots=True)
class Curve:
    """One line and its bands."""

    title: str
    timesteps: int
    """Its whole budget."""
    returns: Array
    """(S, P) mean return of each part; NaN before the first episode of a seed ended."""


def filled(returns: Sequence[Sequence[float | None]]) -> Array:
    """Return (S, P) numbers: a part in which no episode ended takes the one before it."""
    rows = np.array(
        [[np.nan if value is None else value for value in row] for row in returns], float
    )
    for part in range(1, rows.shape[1]):
        rows[:, part] = np.where(np.isnan(rows[:, part]), rows[:, part - 1], rows[:, part])
    return rows


def draw(curves: Sequence[Curve], title: str) -> str:
    """Draw the median of the seeds, the middle half of them, and all of them.

    Args:
        curves: At most four, with one seed or more.
        title: What stands above.
    """
    known = np.concatenate([curve.returns[~np.isnan(curve.returns)] for curve in curves])
    low, high, step = _ticks(float(known.min()), float(known.max()))
    longest = max(curve.timesteps for curve in curves)

    def place(timestep: float, value: float) -> Point:
        across, up = timestep / longest, (value - low) / (high - low)
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (
            HEIGHT - TOP - BOTTOM
        )

    parts = [_text(LEFT, 16, title, weight=600)]
    for idx in range(round((high - low) / step) + 1):
        value = low + idx * step
        _, y = place(0, value)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#8884"/>')
        parts.append(_text(LEFT - 8, y + 4, f"{round(value, 6):,g}", anchor="end"))
    for quarter in range(5):
        x, _ = place(longest * quarter / 4, low)
        amount = f"{longest * quarter / 4000:g}k" if quarter else "0"
        parts.append(_text(x, HEIGHT - BOTTOM + 18, amount, anchor="middle"))
    middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
    parts.append(_text(middle, HEIGHT - 8, "timesteps", anchor="middle"))
    parts += _lines(curves, place)
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{title}"><rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _lines(curves: Sequence[Curve], place: Place) -> Iterator[str]:
    ends: list[float] = []
    for curve, colour in zip(curves, COLOURS, strict=False):
        num_seeds, num_parts = curve.returns.shape
        known = ~np.isnan(curve.returns).all(axis=0)
        at = (np.flatnonzero(known) + 1) * curve.timesteps / num_parts
        rows = curve.returns[:, known]
        if num_seeds > 1:
            yield _band(at, np.nanmin(rows, 0), np.nanmax(rows, 0), place, f"{colour}1a")
        if num_seeds >= _FEWEST_FOR_QUARTILES:
            quartiles = np.nanpercentile(rows, (25, 75), axis=0)
            yield _band(at, quartiles[0], quartiles[1], place, f"{colour}40")
        points = [place(*each) for each in zip(at, np.nanmedian(rows, 0), strict=True)]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        end = _free(points[-1][1] - 5, ends)
        ends.append(end)
        seeds = "1 seed" if num_seeds == 1 else f"{num_seeds} seeds"
        yield _text(WIDTH - RIGHT + 10, end + 4, curve.title, fill=colour, weight=600)
        yield _text(WIDTH - RIGHT + 10, end + 18, seeds, fill=colour)


def _free(wanted: float, taken: Sequence[float]) -> float:
    """Return the height for a label that is nearest to the wanted one and far enough from others."""
    beside = [other + side * LABEL_HEIGHT for other in taken for side in (-1, 1)]
    free = [
        height
        for height in (wanted, *beside)
        if TOP / 2 <= height <= HEIGHT - BOTTOM / 2
        and all(abs(height - other) >= LABEL_HEIGHT for other in taken)
    ]
    return min(free, key=lambda height: abs(height - wanted), default=wanted)


def _band(at: Array, low: Array, high: Array, place: Place, colour: str) -> str:
    there = [place(*each) for each in zip(at, high, strict=True)]
    back = [place(*each) for each in zip(at[::-1], low[::-1], strict=True)]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in there + back) + "Z"
    return f'<path d="{path}" fill="{colour}"/>'


def _ticks(low: float, high: float) -> tuple[float, float, float]:
    """Return round ends of an axis, and the distance of its marks."""
    span = max(high - low, 1e-6)
    power = 10.0 ** math.floor(math.log10(span / 4))
    step = next(factor * power for factor in (1, 2, 5, 10) if span / (factor * power) <= 6)
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", fill: str = "#333", weight: int = 400
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" '
        f'font-family="Inter, sans-serif" font-size="12" font-weight="{weight}">{text}</text>'
    )
