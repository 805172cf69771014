"""What a viewer costs: one training, watched every other few seconds.

Speeds of two runs differ by more than a viewer costs; neighbouring moments of one run do not.
"""

import json
import time
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from benchmarks.lab import Json, Lab, MeasurementError, running_lab
from benchmarks.speed.measuring import body_of, why_missing
from benchmarks.speed.rows import Row, row_of
from benchmarks.speed.wish import Wish

LIVE_TIMESTEPS = {"cartpole-ppo": 2_000_000, "lunarlander-ppo": 2_000_000}
"""Row -> a budget of most of a minute."""
WATCHED_FPS = 30
WINDOW_S = 2.0
LATE_S = 1.0
"""A picture that takes longer than this to come belongs to a run that ended."""
FEWEST_WINDOWS = 5


@dataclass(frozen=True, slots=True)
class Window:
    """Some seconds of a run."""

    begun_at: float
    """Seconds since 1970."""
    ended_at: float
    is_watched: bool


def cost_of_live_view(wish: Wish) -> None:
    """Train with one viewer at 30 pictures a second, who looks away every other window."""
    with running_lab(max_runs=1, auto_calibration=0) as lab:
        for number in range(wish.repeats):
            for row_id in LIVE_TIMESTEPS:
                for engine in wish.engines:
                    if row_id in wish.rows:
                        _watch(wish, lab, row_id, engine, number)


def _watch(wish: Wish, lab: Lab, row_id: str, engine: str, number: int) -> None:
    item: Json = {
        "row": row_id, "column": engine, "round": number, "fraction": wish.fraction,
    }  # fmt: skip
    row = row_of(row_id)
    if wish.extras.has("live", item) or why_missing(lab, row, engine):
        return
    lab.wait_until_quiet(num_workers=1)
    timesteps = wish.timesteps(LIVE_TIMESTEPS[row_id])
    watched, unwatched = _speeds(lab, row, engine, timesteps, number)
    wish.extras.put("live", {**item, "watched": watched, "unwatched": unwatched})


def _speeds(lab: Lab, row: Row, engine: str, timesteps: int, seed: int) -> tuple[float, float]:
    """Return the median speeds of a run in timesteps a second, watched and not."""
    body = {**body_of(row, engine), "total_timesteps": timesteps, "seed": seed}
    run_id = str(lab.post("/runs", body)["id"])
    lab.poll(f"/runs/{run_id}", ("running", "completed"), timeout_s=60.0)
    windows = list(_windows(lab, run_id))
    lab.wait(run_id, "completed")
    known = _progress(lab, run_id)
    speeds = [
        (window.is_watched, _speed_in(window, known))
        for window in windows
        if known[0][0] <= window.begun_at and window.ended_at <= known[-1][0]
    ]
    if len(speeds) < FEWEST_WINDOWS:
        raise MeasurementError(f"only {len(speeds)} windows in {timesteps:,} timesteps")
    watched, unwatched = ([speed for is_on, speed in speeds if is_on is on] for on in (True, False))
    return median(watched), median(unwatched)


def _windows(lab: Lab, run_id: str) -> Iterator[Window]:
    """Watch and look away in turns until the run ends."""
    is_watched = False
    while lab.get(f"/runs/{run_id}")["status"] == "running":
        begun = time.time()
        try:
            num_pictures = _look(lab, run_id) if is_watched else 0
        except (TimeoutError, WebSocketException):
            return
        if not is_watched:
            time.sleep(WINDOW_S)
        elif num_pictures == 0:
            raise MeasurementError("nobody saw a picture")
        yield Window(begun, time.time(), is_watched)
        is_watched = not is_watched


def _look(lab: Lab, run_id: str) -> int:
    num_pictures, until = 0, time.time() + WINDOW_S
    with connect(lab.frames_url(run_id, fps=WATCHED_FPS), max_size=None) as connection:
        while time.time() < until:
            num_pictures += isinstance(connection.recv(timeout=LATE_S), bytes)
    return num_pictures


def _progress(lab: Lab, run_id: str) -> list[tuple[float, int]]:
    """Return moments and timesteps by then."""
    lines = (lab.run_dir(run_id) / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["kind"] == "learner"]
    return [(datetime.fromisoformat(row["timestamp"]).timestamp(), row["timestep"]) for row in rows]


def _speed_in(window: Window, known: list[tuple[float, int]]) -> float:
    done = [_timestep_at(moment, known) for moment in (window.begun_at, window.ended_at)]
    return (done[1] - done[0]) / (window.ended_at - window.begun_at)


def _timestep_at(moment: float, known: list[tuple[float, int]]) -> float:
    pairs = list(pairwise(known))
    place = bisect(known, moment, key=lambda mark: mark[0]) - 1
    (t0, n0), (t1, n1) = pairs[min(max(place, 0), len(pairs) - 1)]
    return n0 + (n1 - n0) * (moment - t0) / max(t1 - t0, 1e-9)
