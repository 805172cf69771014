"""Learning curves with bands as an SVG that needs no library to be read."""

from collections.abc import Mapping, Sequence

from benchmarks.bands.bands import Band
from benchmarks.speed.plot import BOTTOM, COLOURS, HEIGHT, LEFT, RIGHT, TOP, WIDTH, text

NUM_TICKS = 5
LEAST_GAP = 14.0
"""Pixels between two names at the right."""
Place = tuple[float, float]


def bands_plot(bands: Mapping[str, Band], title: str, caption: str) -> str:
    """Draw the mean of each band over its spread.

    Args:
        bands: Name -> band; at least one has points.
        title: What stands above.
        caption: What stands below the axis.
    """
    drawn = {name: band for name, band in bands.items() if band.timesteps}
    low = min(min(band.low) for band in drawn.values())
    high = max(max(band.high) for band in drawn.values())
    last = max(band.timesteps[-1] for band in drawn.values())
    axes = _Axes(low, high if high > low else low + 1.0, last)
    parts = [text(LEFT, 16, title, weight=600), *axes.ticks()]
    parts.append(text(LEFT + axes.width / 2, HEIGHT - 10, caption, anchor="middle"))
    names: list[float] = []
    for (name, band), colour in zip(drawn.items(), COLOURS, strict=False):
        upper = axes.places(band.timesteps, band.high)
        lower = axes.places(band.timesteps, band.low)
        middle = axes.places(band.timesteps, band.middle)
        parts.append(f'<path d="{_path([*upper, *lower[::-1]])}Z" fill="{colour}" opacity=".15"/>')
        parts.append(f'<path d="{_path(middle)}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(_name(name, middle[-1], colour, names))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{title}"><rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )


class _Axes:
    """Where a timestep and a return lie."""

    width = WIDTH - LEFT - RIGHT
    height = HEIGHT - TOP - BOTTOM

    def __init__(self, low: float, high: float, last: int) -> None:
        self._low, self._high, self._last = low, high, last

    def places(self, timesteps: Sequence[int], values: Sequence[float]) -> list[Place]:
        return [
            (self._x(now), self._y(value)) for now, value in zip(timesteps, values, strict=True)
        ]

    def ticks(self) -> list[str]:
        parts: list[str] = []
        for idx in range(NUM_TICKS + 1):
            value = self._low + (self._high - self._low) * idx / NUM_TICKS
            y, now = self._y(value), self._last * idx // NUM_TICKS
            parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#8884"/>')
            parts.append(text(LEFT - 8, y + 4, f"{value:,.0f}", anchor="end"))
            parts.append(text(self._x(now), HEIGHT - BOTTOM + 18, f"{now:,}", anchor="middle"))
        return parts

    def _x(self, timestep: float) -> float:
        return LEFT + self.width * timestep / self._last

    def _y(self, value: float) -> float:
        return HEIGHT - BOTTOM - self.height * (value - self._low) / (self._high - self._low)


def _path(places: Sequence[Place]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def _name(name: str, end: Place, colour: str, taken: list[float]) -> str:
    y = end[1]
    while any(abs(y - other) < LEAST_GAP for other in taken):
        y += LEAST_GAP
    taken.append(y)
    return text(end[0] + 8, y + 4, name, fill=colour, weight=600)
