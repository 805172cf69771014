"""Speed against the number of environments as an SVG that needs no library to be read."""

import math
from collections.abc import Mapping, Sequence

Point = tuple[float, float]
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 400, 76, 132, 28, 48
COLOURS = ("#1f6feb", "#d1242f", "#1a7f37", "#8250df")


def speed_plot(series: Mapping[str, Sequence[Point]], title: str) -> str:
    """Draw lines on two logarithmic axes.

    Args:
        series: Name -> (number of environments, timesteps per second), ascending.
        title: What stands above.
    """
    points = [point for line in series.values() for point in line]
    if not points:
        return f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"/>\n'
    low_x, high_x = _span([x for x, _ in points], 2)
    low_y, high_y = _span([y for _, y in points], 10)

    def place(point: Point) -> Point:
        x = (math.log2(point[0]) - low_x) / (high_x - low_x)
        y = (math.log10(point[1]) - low_y) / (high_y - low_y)
        return LEFT + x * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y * (HEIGHT - TOP - BOTTOM)

    parts = [text(LEFT, 16, f"{title}, both axes logarithmic", weight=600)]
    for value in _round_values(10**low_y, 10**high_y):
        _, y = place((2**low_x, value))
        parts += [
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#8884"/>',
            text(LEFT - 8, y + 4, f"{value:,}", anchor="end"),
        ]
    for power in range(math.ceil(low_x), math.floor(high_x) + 1):
        x, _ = place((2.0**power, 10**low_y))
        parts.append(text(x, HEIGHT - BOTTOM + 18, str(2**power), anchor="middle"))
    middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
    parts.append(text(middle, HEIGHT - 10, "environments", anchor="middle"))
    ends: list[float] = []
    for (name, line), colour in zip(series.items(), COLOURS, strict=False):
        placed = [place(point) for point in line]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in placed)
        parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed]
        end = placed[-1][1]
        while any(abs(end - other) < 14 for other in ends):
            end += 14
        ends.append(end)
        parts.append(text(placed[-1][0] + 8, end + 4, name, fill=colour, weight=600))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{title}"><rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _round_values(low: float, high: float) -> list[int]:
    """Return 1, 2 and 5 times the powers of ten between two values."""
    powers = range(math.floor(math.log10(low)), math.floor(math.log10(high)) + 1)
    found = [round(factor * 10.0**power) for power in powers for factor in (1, 2, 5)]
    return [value for value in found if low <= value <= high]


def _span(values: Sequence[float], base: int) -> tuple[float, float]:
    low, high = math.log(min(values), base), math.log(max(values), base)
    margin = max(0.05 * (high - low), 0.05)
    return low - margin, high + margin


def text(
    x: float, y: float, words: str, *, anchor: str = "start", fill: str = "#333", weight: int = 400
) -> str:
    """Return a line of text."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" '
        f'font-family="Inter, sans-serif" font-size="12" font-weight="{weight}">{words}</text>'
    )
