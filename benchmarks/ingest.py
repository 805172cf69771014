"""Rows of 8 runs at once, from real workers through real shims into the index.

First flat out, for the speed, from a pause that lets all begin together. Then at 20,000 rows a second in all, for the longest time
that telemetry kept a worker's training thread.
"""

import contextlib
import json
import tempfile
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure, Plan
from benchmarks.lab import Lab, MeasurementError, running_lab
from benchmarks.stand_in import interpreter
from benchmarks.timed_worker import MARK

RUNS = 8
RATE_BAR = 20_000
BLOCKED_BAR_MS = 5.0
LAG_BAR_S = 1.0
FLAT_OUT_ROWS = 100_000
"""Of each run; some are written before the pause."""
HELD_SECONDS = 30
NUM_ENVS = 16
"""Each makes a row per timestep; the runner rests between steps of all of them."""
TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True)
class Ingested:
    """One ingest of 8 runs."""

    num_rows: int
    rows_per_s: float
    lag_s: float
    """From the last row of all to the moment when the index had every row."""
    num_calls: int
    longest_s: float
    longest_blocked_s: float


def measure(plan: Plan) -> Sequence[Figure]:
    """Measure the speed and the longest block."""
    flat_out = _flat_out(plan.size(FLAT_OUT_ROWS, 50_000))
    held = _held(RATE_BAR // RUNS * plan.size(HELD_SECONDS, 5))
    return [
        Figure(
            what=f"ingest from {RUNS} runs, flat out",
            measured=flat_out.rows_per_s,
            unit="rows/s",
            bar=RATE_BAR,
            better="higher",
            note=f"{flat_out.num_rows:,} rows, from the common start until all are indexed; "
            "workers, shims and server share the cores",
        ),
        Figure(
            what=f"longest block of a worker by telemetry, {RUNS} runs at {RATE_BAR:,} rows/s",
            measured=held.longest_blocked_s * 1000,
            unit="ms",
            bar=BLOCKED_BAR_MS,
            better="lower",
            note=f"{held.num_calls:,} calls, {held.rows_per_s:,.0f} rows/s; with the time that "
            f"other processes had the core {held.longest_s * 1000:.1f} ms; "
            f"flat out {flat_out.longest_blocked_s * 1000:.1f} ms",
        ),
        Figure(
            what=f"from the last row written to all indexed, {RATE_BAR:,} rows/s",
            measured=held.lag_s,
            unit="s",
            bar=LAG_BAR_S,
            better="lower",
        ),
    ]


def _flat_out(rows_per_run: int) -> Ingested:
    with _lab_with_timed_workers() as lab:
        run_ids: list[str] = []
        for seed in range(RUNS):
            run_ids.append(_start(lab, rows_per_run, rate=0, seed=seed))
            lab.wait(run_ids[-1], "running")
            lab.post(f"/runs/{run_ids[-1]}/pause")
            lab.wait(run_ids[-1], "paused")
        before = sum(_rows(lab, run_id)[-1]["seq"] for run_id in run_ids)
        begun = time.time()
        for run_id in run_ids:
            lab.post(f"/runs/{run_id}/resume")
        indexed_at = _wait_until_indexed(lab, run_ids, rows_per_run)
        num_rows = RUNS * rows_per_run - before
        return _result(lab, run_ids, indexed_at, num_rows, num_rows / (indexed_at - begun))


def _held(rows_per_run: int) -> Ingested:
    with _lab_with_timed_workers() as lab:
        rate = RATE_BAR // RUNS
        run_ids = [_start(lab, rows_per_run, rate=rate, seed=seed) for seed in range(RUNS)]
        indexed_at = _wait_until_indexed(lab, run_ids, rows_per_run)
        files = [_rows(lab, run_id) for run_id in run_ids]
        begin = max(_written_at(rows[0]) for rows in files)
        end = min(_written_at(rows[-1]) for rows in files)
        together = sum(begin <= _written_at(row) <= end for rows in files for row in rows)
        if end <= begin:
            raise MeasurementError("the runs never wrote at the same time")
        return _result(lab, run_ids, indexed_at, RUNS * rows_per_run, together / (end - begin))


@contextlib.contextmanager
def _lab_with_timed_workers() -> Generator[Lab]:
    with (
        tempfile.TemporaryDirectory(prefix="gymlab-bench-") as folder,
        running_lab(
            python=interpreter(Path(folder), "timed"), warm_workers=0, max_runs=RUNS
        ) as lab,
    ):
        yield lab


def _start(lab: Lab, rows_per_run: int, *, rate: int, seed: int) -> str:
    hyperparameters = {
        "episode_length": 1,
        "num_envs": NUM_ENVS,
        "timesteps_per_second": rate,
        "learner_every": 10**8,
    }
    return lab.create(
        "CartPole-v1",
        "fake",
        "random",
        total_timesteps=rows_per_run,
        hyperparameters=hyperparameters,
        seed=seed,
    )


def _wait_until_indexed(lab: Lab, run_ids: Sequence[str], rows_per_run: int) -> float:
    """Return the time at which a question about the last run's last row was answered."""
    deadline = time.monotonic() + TIMEOUT_S
    for run_id in run_ids:
        while _last_seq(lab, run_id) < rows_per_run:
            if time.monotonic() > deadline:
                raise MeasurementError(f"run {run_id} was not indexed in {TIMEOUT_S:g} s")
            time.sleep(0.1)
    return time.time()


def _last_seq(lab: Lab, run_id: str) -> int:
    rows = lab.get(f"/runs/{run_id}/metrics", tail=1)["items"]
    return int(rows[-1]["seq"]) if rows else 0


def _rows(lab: Lab, run_id: str) -> list[dict[str, Any]]:
    lines = (lab.run_dir(run_id) / "metrics.jsonl").read_bytes().splitlines()
    return [json.loads(line) for line in lines]


def _written_at(row: dict[str, Any]) -> float:
    return datetime.fromisoformat(row["timestamp"]).timestamp()


def _result(
    lab: Lab, run_ids: Sequence[str], indexed_at: float, num_rows: int, rows_per_s: float
) -> Ingested:
    for run_id in run_ids:
        lab.wait(run_id, "completed")
    blocks = [_block(lab, run_id) for run_id in run_ids]
    last = max(_written_at(_rows(lab, run_id)[-1]) for run_id in run_ids)
    return Ingested(
        num_rows=num_rows,
        rows_per_s=rows_per_s,
        lag_s=max(0.0, indexed_at - last),
        num_calls=sum(block["num_calls"] for block in blocks),
        longest_s=max(block["longest_s"] for block in blocks),
        longest_blocked_s=max(block["longest_blocked_s"] for block in blocks),
    )


def _block(lab: Lab, run_id: str) -> dict[str, Any]:
    log = (lab.run_dir(run_id) / "log.txt").read_text(encoding="utf-8")
    lines = [line for line in log.splitlines() if line.startswith(MARK)]
    if not lines:
        raise MeasurementError(f"the worker of run {run_id} did not say how long it was blocked")
    document: dict[str, Any] = json.loads(lines[-1].removeprefix(MARK))
    return document
