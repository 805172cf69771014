"""A chart's question: 5 series of 1,000,000 rows at 2,000 points each, against 10,000 rows."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.figure import Figure, Plan, median_figure
from benchmarks.generating_shim import SERIES
from benchmarks.lab import Lab, MeasurementError, running_lab
from benchmarks.stand_in import interpreter

MANY_ROWS, FEW_ROWS = 1_000_000, 10_000
POINTS = 2_000
BAR_MS = 150.0
BAR_RATIO = 3.0
QUERIES_PER_REPEAT = 4
INDEXING_TIMEOUT_S = 600.0


def measure(plan: Plan) -> Sequence[Figure]:
    """Ask both runs in turns over one connection."""
    with (
        tempfile.TemporaryDirectory(prefix="gymlab-bench-") as folder,
        running_lab(python=interpreter(Path(folder), "generating"), warm_workers=0) as lab,
    ):
        few = _generate(lab, FEW_ROWS)
        many = _generate(lab, plan.size(MANY_ROWS, 50_000))
        first_ms = _ask(lab, many)
        pairs = [
            (_ask(lab, many), _ask(lab, few)) for _ in range(plan.repeats * QUERIES_PER_REPEAT)
        ]
    few_ms = median(pair[1] for pair in pairs)
    return [
        median_figure(
            "metrics query, 5 series x 1,000,000 rows, 2,000 points each",
            [pair[0] for pair in pairs],
            unit="ms",
            bar=BAR_MS,
            better="lower",
            note=f"the very first one {first_ms:.0f} ms",
        ),
        median_figure(
            "the same over 10,000 rows",
            [pair[0] / pair[1] for pair in pairs],
            unit="x",
            bar=BAR_RATIO,
            better="lower",
            note=f"10,000 rows take {few_ms:.0f} ms",
        ),
    ]


def _generate(lab: Lab, num_rows: int) -> str:
    """Let a run of so many rows be written and indexed; return its id."""
    run_id = lab.create("CartPole-v1", "fake", "random", total_timesteps=num_rows)
    lab.wait(run_id, "completed", timeout_s=INDEXING_TIMEOUT_S)
    deadline = time.monotonic() + INDEXING_TIMEOUT_S
    while (indexed := _last_seq(lab, run_id)) < num_rows:
        if time.monotonic() > deadline:
            raise MeasurementError(f"{indexed} of {num_rows} rows are indexed")
        time.sleep(0.2)
    return run_id


def _last_seq(lab: Lab, run_id: str) -> int:
    rows = lab.get(f"/runs/{run_id}/metrics", tail=1)["items"]
    return int(rows[-1]["seq"]) if rows else 0


def _ask(lab: Lab, run_id: str) -> float:
    params = {"names": ",".join(SERIES), "max_points": POINTS}
    begun = time.perf_counter()
    response = lab.http.get(f"/runs/{run_id}/metrics", params=params)
    taken_ms = (time.perf_counter() - begun) * 1000
    series = response.raise_for_status().json()["series"]
    lengths = {name: len(one["value"]) for name, one in series.items()}
    # Minima and maxima come in pairs per bucket, so a few points more or less are honest.
    if set(lengths) != set(SERIES) or not all(
        POINTS * 0.9 < n < POINTS * 1.1 for n in lengths.values()
    ):
        raise MeasurementError(f"not {POINTS} points of each series: {lengths}")
    return taken_ms
