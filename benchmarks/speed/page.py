"""The page of the docs that holds the table, and its plots."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks.speed.extras import Extras, Item
from benchmarks.speed.plot import Point, speed_plot
from benchmarks.speed.rows import COLUMNS

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
PAGE = IMAGES.parent / "guide" / "speed.md"
BEGIN, END = "<!-- the table -->", "<!-- end of the table -->"


def write_page(text: str, page: Path) -> None:
    """Put a text between the marks of a page.

    Raises:
        ValueError: The page has no marks.
    """
    page.write_text(between(page.read_text(encoding="utf-8"), BEGIN, END, text), encoding="utf-8")


def between(page: str, begin: str, end: str, text: str) -> str:
    """Return a page with another text between two marks.

    Raises:
        ValueError: It has no such marks.
    """
    before, first, rest = page.partition(begin)
    _, second, after = rest.partition(end)
    if not first or not second:
        raise ValueError(f"the page has no {begin} and {end}")
    return f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}"


def shown(plot: Path, page: Path) -> str:
    """Return the line of a page that shows a plot."""
    place = Path(os.path.relpath(plot, page.parent)).as_posix()
    return f"![Timesteps per second against the number of environments]({place})"


def write_plots(extras: Extras, folder: Path) -> list[Path]:
    """Draw speed against the number of environments; return the pictures."""
    found = extras.of("num-envs")
    written: list[Path] = []
    for env_id in dict.fromkeys(item["env_id"] for item in found):
        series = _series([item for item in found if item["env_id"] == env_id])
        if series:
            path = folder / f"speed-num-envs-{env_id.lower()}.svg"
            path.write_text(speed_plot(series, f"PPO on {env_id}, timesteps/s"), encoding="utf-8")
            written.append(path)
    return written


def _series(items: Sequence[Item]) -> Mapping[str, Sequence[Point]]:
    """Return column -> (number of environments, median speed), ascending."""
    speeds: dict[str, dict[int, list[float]]] = {}
    for item in items:
        if "timesteps_per_s" in item:
            sizes = speeds.setdefault(item["column"], {})
            sizes.setdefault(int(item["num_envs"]), []).append(float(item["timesteps_per_s"]))
    return {
        column: [(float(size), median(values)) for size, values in sorted(speeds[column].items())]
        for column in COLUMNS
        if column in speeds
    }
