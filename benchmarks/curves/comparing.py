"""Whether an engine learns as the others do: the same training by each, side by side.

S seeds, P parts of the budget.
"""

from collections.abc import Iterator, Sequence
from statistics import mean, stdev

import numpy as np

from benchmarks.curves.lines import COMPARED, Drawing, Line
from benchmarks.curves.picture import Array, filled
from benchmarks.curves.records import Learned, of_line

WANTED_SEEDS = 10
"""Seeds behind a curve; fewer are said."""
SETTLED = 0.1
"""Share of the budget after which a curve must lie within the others' band."""
INSIDE = 0.95
"""Share of the parts that must."""


def share_inside(own: Array, others: Array) -> float:
    """Return the share of the parts in which the mean seed lies between the others' extremes.

    Args:
        own: (S, P) returns.
        others: (S, P) returns of the seeds of all other engines.
    """
    settled = slice(int(SETTLED * own.shape[1]), None)
    middle = own[:, settled].mean(0)
    low, high = others[:, settled].min(0), others[:, settled].max(0)
    is_known = ~np.isnan(middle + low + high)
    is_inside = (low <= middle) & (middle <= high)
    return float(is_inside[is_known].mean()) if is_known.any() else 0.0


def inside_of_others(drawing: Drawing, line: Line, records: Sequence[Learned]) -> float | None:
    """Return that share for one engine of a comparison; None where too few others were trained."""
    own = of_line(records, line)
    others = [
        seed for other in drawing.every_line if other != line for seed in of_line(records, other)
    ]
    if not own or len(others) < 2:
        return None
    return share_inside(*(filled([seed.returns for seed in seeds]) for seeds in (own, others)))


def comparison(records: Sequence[Learned]) -> str:
    """Return what each engine learned, as Markdown."""
    rows = [row for drawing in COMPARED for row in _rows(drawing, records)]
    if not rows:
        return "Nothing was trained yet."
    head = (
        "| | engine | seeds | last policy | worst seed | best checkpoint | mean curve within the others' band |",
        "|---|---|---|---|---|---|---|",
    )
    return "\n".join([
        "Mean and standard deviation over the seeds of the mean return of greedy episodes.",
        "",
        *head,
        *rows,
    ])


def _rows(drawing: Drawing, records: Sequence[Learned]) -> Iterator[str]:
    for line in drawing.every_line:
        seeds = of_line(records, line)
        if not seeds:
            continue
        finals = [seed.greedy_return for seed in seeds]
        best = [seed.best_return for seed in seeds if seed.best_return is not None]
        few = "" if len(seeds) >= WANTED_SEEDS else f" of {WANTED_SEEDS} wanted"
        inside = inside_of_others(drawing, line, records)
        yield (
            f"| {line.env_id} {line.algorithm.upper()}, {seeds[0].timesteps:,} timesteps | "
            f"{line.runner} | {len(seeds)}{few} | {_spread(finals)} | {min(finals):,.1f} | "
            f"{_spread(best) if best else '-'} | {'-' if inside is None else f'{inside:.0%}'} |"
        )


def _spread(values: Sequence[float]) -> str:
    return f"{mean(values):,.1f} +- {stdev(values) if len(values) > 1 else 0.0:,.1f}"
