"""What an evaluation costs beside a plain loop, and how smoothly it is seen live."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figure import Figure, Plan
from benchmarks.lab import FINISHED, POLL_S, Json, Lab, MeasurementError, running_lab
from benchmarks.viewer import Viewer

ROOT = Path(__file__).resolve().parent.parent
MAX_TIMES = 3.0
TRAINED_FOR = 20_000
"""Not to the end: where every episode has the same return, one film shows them all."""
MIN_FILMS = 3
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""A small network is faster with one; the lab's workers have one as well."""
LIVE_FPS = 30.0
LIVE_BAR = 29.0
"""Viewers are never sent more than they ask for, so that a late picture is not made up for."""
OVER = ("completed", "failed", "cancelled")


def measure(plan: Plan) -> Sequence[Figure]:
    """Evaluate a trained CartPole policy with films, and watch another evaluation."""
    with running_lab(warm_workers=0) as lab:
        run_id = lab.create(
            "CartPole-v1",
            "sb3",
            "ppo",
            preset="tuned",
            total_timesteps=plan.size(TRAINED_FOR, 2_000),
            seed=1,
        )
        lab.wait(run_id, *FINISHED)
        return [_cost(plan, lab, run_id), _live(plan, lab, run_id)]


def _cost(plan: Plan, lab: Lab, run_id: str) -> Figure:
    episodes = plan.size(100, 5)
    samples: list[float] = []
    notes: list[str] = []
    for _ in range(min(plan.repeats, 3)):
        # Side by side, so that a busy moment of the machine meets both.
        plain_s, plain_return = _plain(lab, run_id, episodes)
        begun = time.perf_counter()
        done = _evaluate(lab, run_id, num_episodes=episodes, seed=0, record_video=True)
        took_s = time.perf_counter() - begun
        num_films = len({video["episode"] for video in done["videos"]})
        if len(done["videos"]) != 4 or num_films < MIN_FILMS:
            raise MeasurementError(f"{num_films} films only: {done['video_reason']}")
        if abs(done["return_mean"] - plain_return) > 1e-6:
            raise MeasurementError(f"{done['return_mean']} is not {plain_return} of the plain loop")
        samples.append(took_s / plain_s)
        notes.append(f"{took_s:.1f} s with {num_films} films against {plain_s:.1f} s")
    return Figure(
        what=f"evaluation of {episodes} CartPole episodes with films, against a plain loop",
        measured=sorted(samples)[len(samples) // 2],
        unit="times",
        bar=MAX_TIMES,
        better="lower",
        samples=tuple(samples),
        note="; ".join(notes),
    )


def _plain(lab: Lab, run_id: str, episodes: int) -> tuple[float, float]:
    """Return how long a process of its own takes, imports included, and the mean return."""
    folder = lab.home / "runs" / run_id
    newest = max((folder / "checkpoints").glob("[0-9]*"), key=lambda path: int(path.name))
    config = lab.home / "config.json"
    config.write_text(json.dumps(lab.get(f"/runs/{run_id}/config")), encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.plain_evaluation", str(config)]
    begun = time.perf_counter()
    ended = subprocess.run(
        [*command, str(newest / "policy.safetensors"), str(episodes)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | ONE_THREAD,
    )
    return time.perf_counter() - begun, float(ended.stdout.splitlines()[-1])


def _evaluate(lab: Lab, run_id: str, **body: object) -> Json:
    path = f"/runs/{run_id}/evaluations"
    asked = lab.post(path, dict(body))
    while (found := lab.get(f"{path}/{asked['id']}"))["status"] not in OVER:
        time.sleep(POLL_S)
    if found["status"] != "completed":
        raise MeasurementError(f"the evaluation is {found['status']}: {found['failure']}")
    return found


def _live(plan: Plan, lab: Lab, run_id: str) -> Figure:
    viewer = Viewer()
    path = f"/runs/{run_id}/evaluations"
    address = f"{lab.frames_url(run_id, fps=LIVE_FPS)}&source=evaluation"
    viewer.watch(address)
    asked = lab.post(path, {"num_episodes": 100, "record_video": False})
    while lab.get(f"{path}/{asked['id']}")["phase"] != "playing":
        time.sleep(POLL_S)
    time.sleep(plan.size(20, 3))
    seen = viewer.stop()
    lab.post(f"{path}/{asked['id']}/cancel")
    return Figure(
        what=f"fresh pictures a second of an evaluation watched at {LIVE_FPS:.0f}",
        measured=(seen.num_moments - 1) / seen.duration_s if seen.duration_s else 0.0,
        unit="1/s",
        bar=LIVE_BAR,
        better="higher",
        note=f"{seen.num_moments} fresh of {seen.num_frames} in {seen.duration_s:.1f} s",
    )
