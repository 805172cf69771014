"""What the seeds of an engine have in common, and whether it learns as the others do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from benchmarks.bands.records import Seed, of
from benchmarks.machine import gpu_text
from benchmarks.speed.rows import COLUMNS, ROWS, Row

ENGINES = ("sb3", "native", "turbo")
WANTED = 10
"""Seeds behind a band; fewer are said."""
SETTLED = 0.1
"""Share of the budget after which a curve must lie within the others' band."""
INSIDE = 0.95
"""Share of the points that must."""


@dataclass(frozen=True, slots=True)
class Band:
    """Mean and spread of the curves of several seeds."""

    timesteps: Sequence[int]
    middle: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


def band_of(seeds: Sequence[Seed]) -> Band:
    """Return mean, lowest and highest at the timesteps at which every seed has a point."""
    curves: list[dict[int, float]] = [dict(seed.curve) for seed in seeds]
    common = [
        now
        for now in (sorted(curves[0]) if curves else [])
        if all(now in curve for curve in curves)
    ]
    rows = [[curve[now] for curve in curves] for now in common]
    return Band(
        common, [mean(row) for row in rows], [min(row) for row in rows], [max(row) for row in rows]
    )


def share_inside(band: Band, others: Band, timesteps: int) -> float:
    """Return the share of a band's middle that lies between the others' lowest and highest seed."""
    bounds = {
        now: (low, high)
        for now, low, high in zip(others.timesteps, others.low, others.high, strict=True)
    }
    judged = [
        bounds[now][0] <= value <= bounds[now][1]
        for now, value in zip(band.timesteps, band.middle, strict=True)
        if now in bounds and now > SETTLED * timesteps
    ]
    return sum(judged) / len(judged) if judged else 0.0


def table(records: Sequence[Seed], fraction: float = 1.0) -> str:
    """Return what each engine learned, as Markdown."""
    dates = sorted({item.machine["date"][:10] for item in records if item.machine})
    machine = next((item.machine for item in records if item.machine), None)
    if machine is None:
        return "Nothing was trained yet.\n"
    span = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    lines = [
        (
            f"{span}, {machine['cpu']}, {gpu_text(machine)}: mean and standard deviation over the "
            "seeds of the mean return of 100 greedy episodes."
        ),
        "",
        "| | engine | seeds | last policy | worst seed | best checkpoint | mean curve within the others' band |",
        "|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *_lines(records, fraction)]) + "\n"


def _lines(records: Sequence[Seed], fraction: float) -> Iterator[str]:
    for row in ROWS:
        timesteps = int(row.timesteps * fraction)
        for engine in ENGINES:
            seeds = of(records, row.id, engine, timesteps)
            if not seeds:
                continue
            finals = [seed.final_return for seed in seeds]
            best = [seed.best_return for seed in seeds if seed.best_return is not None]
            few = "" if len(seeds) >= WANTED else f" of {WANTED} wanted"
            inside = _inside(records, row, engine, timesteps)
            yield (
                f"| {row.title} | {COLUMNS[engine]} | {len(seeds)}{few} | {_spread(finals)} | "
                f"{min(finals):,.1f} | {_spread(best) if best else '-'} | "
                f"{'-' if inside is None else f'{inside:.0%}'} |"
            )


def _inside(records: Sequence[Seed], row: Row, engine: str, timesteps: int) -> float | None:
    others = [
        seed
        for other in ENGINES
        if other != engine
        for seed in of(records, row.id, other, timesteps)
    ]
    if len(others) < 2:
        return None
    own = band_of(of(records, row.id, engine, timesteps))
    return share_inside(own, band_of(others), timesteps)


def _spread(values: Sequence[float]) -> str:
    return f"{mean(values):,.1f} +- {stdev(values) if len(values) > 1 else 0.0:,.1f}"
