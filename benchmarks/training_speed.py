"""Training speed inside the lab over the same script by hand, side by side.

Each round trains three times, in turns: by hand, in the lab, and in the lab with one
viewer at 30 pictures a second. The first of a round changes from round to round, so
that a machine that grows warm or busy favours none. A ratio is that of one round.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.figure import Figure, Plan, median_figure
from benchmarks.lab import Lab, MeasurementError, running_lab
from benchmarks.viewer import ROOT, Seen, Viewer

UNWATCHED_BAR = 0.97
WATCHED_BAR = 0.93
WATCHED_FPS = 30


@dataclass(frozen=True, slots=True)
class Case:
    """One training to compare."""

    script: str
    title: str
    env_id: str
    algorithm: str
    timesteps: int


CASES = (
    Case("ppo-cartpole", "PPO CartPole-v1", "CartPole-v1", "ppo", 100_000),
    Case("ppo-lunarlander", "PPO LunarLander-v3", "LunarLander-v3", "ppo", 100_000),
    Case("dqn-cartpole", "DQN CartPole-v1", "CartPole-v1", "dqn", 50_000),
)


@dataclass(frozen=True, slots=True)
class Round:
    """Timesteps per second of one round, and what its viewer saw."""

    by_hand: float
    unwatched: float
    watched: float
    seen: Seen


def measure(plan: Plan) -> Sequence[Figure]:
    """Compare every case."""
    figures: list[Figure] = []
    with running_lab() as lab:
        for case in CASES:
            rounds = [_round(lab, case, plan, number) for number in range(plan.repeats)]
            figures += _figures(case, rounds)
    return figures


def _figures(case: Case, rounds: Sequence[Round]) -> list[Figure]:
    by_hand = sorted(one.by_hand for one in rounds)[len(rounds) // 2]
    fps = sorted(one.seen.num_frames / one.seen.duration_s for one in rounds)[len(rounds) // 2]
    return [
        median_figure(
            f"training speed in the lab / by hand, {case.title}, unwatched",
            [one.unwatched / one.by_hand for one in rounds],
            unit="",
            bar=UNWATCHED_BAR,
            better="higher",
            note=f"by hand {by_hand:,.0f} timesteps/s; {len(rounds)} rounds in turns",
        ),
        median_figure(
            f"training speed in the lab / by hand, {case.title}, one viewer",
            [one.watched / one.by_hand for one in rounds],
            unit="",
            bar=WATCHED_BAR,
            better="higher",
            note=f"the viewer asked for {WATCHED_FPS} pictures a second and received {fps:.1f}",
        ),
    ]


def _round(lab: Lab, case: Case, plan: Plan, number: int) -> Round:
    timesteps = plan.size(case.timesteps, 5_000)
    speeds: dict[str, float] = {}
    seen: Seen | None = None
    order = ("by hand", "unwatched", "watched")
    for index in range(3):
        lab.wait_until_quiet(num_workers=1)
        match order[(index + number) % 3]:
            case "by hand":
                speeds["by hand"] = _by_hand(case, timesteps, number)
            case "unwatched":
                speeds["unwatched"] = _unwatched(lab, case, timesteps, number)
            case _:
                speeds["watched"], seen = _watched(lab, case, timesteps, number)
    if seen is None or seen.num_frames == 0:
        raise MeasurementError(f"nobody saw a picture of {case.title}")
    return Round(speeds["by hand"], speeds["unwatched"], speeds["watched"], seen)


def _by_hand(case: Case, timesteps: int, seed: int) -> float:
    script = [sys.executable, "-m", "benchmarks.by_hand", case.script]
    numbers = ["--timesteps", str(timesteps), "--seed", str(seed)]
    done = subprocess.run([*script, *numbers], cwd=ROOT, check=True, capture_output=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result["timesteps"] / result["learn_s"]


def _start(lab: Lab, case: Case, timesteps: int, seed: int) -> str:
    return lab.create(
        case.env_id, "sb3", case.algorithm, preset="tuned", total_timesteps=timesteps, seed=seed
    )


def _unwatched(lab: Lab, case: Case, timesteps: int, seed: int) -> float:
    run = lab.wait(_start(lab, case, timesteps, seed), "completed")
    return run["timestep"] / run["duration_s"]


def _watched(lab: Lab, case: Case, timesteps: int, seed: int) -> tuple[float, Seen]:
    viewer = Viewer()
    run_id = _start(lab, case, timesteps, seed)
    viewer.watch(lab.frames_url(run_id, fps=WATCHED_FPS))
    run = lab.wait(run_id, "completed")
    return run["timestep"] / run["duration_s"], viewer.stop()
