"""Trains one seed with one engine in a fresh process and prints what it learned as JSON.

The runner itself trains, without server and worker: what is learned is the same.
"""

import argparse
import json
import sys
import time
import tomllib
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from benchmarks.bands.records import Point, Seed
from benchmarks.machine import this_machine
from benchmarks.speed.rows import Row, row_of
from gymlab.domain.runs import RunSpec
from gymlab.runner_api.rehearsal import RehearsalContext, greedy_return
from gymlab.runner_api.runner import Runner
from gymlab.runner_api.tracking import FinishedEpisode

NUM_EPISODES = 100
EVALUATION_SEED = 1_000_000
NUM_CHOOSING = 10
"""Greedy episodes on which the best checkpoint is chosen."""
NUM_POINTS = 50
LATEST = 20
"""Episodes of training behind a point of a curve."""
CHECKPOINTS = 20
CHOOSES = ("dqn",)
"""Algorithms that forget what they knew, so that their best checkpoint is judged too."""


class _Context(RehearsalContext):
    """Remembers when episodes ended."""

    def __init__(self, spec: RunSpec, checkpoint_every: int | None) -> None:
        super().__init__(spec, checkpoint_every=checkpoint_every)
        self.returns: list[Point] = []

    def _episode_ended(self, episode: FinishedEpisode) -> None:
        super()._episode_ended(episode)
        now = self.counters.timestep if episode.timestep is None else episode.timestep
        if episode.episode_return is not None:
            self.returns.append((now, episode.episode_return))


def curve_of(returns: Sequence[Point], timesteps: int, num_points: int = NUM_POINTS) -> list[Point]:
    """Return the mean return of the latest episodes at evenly spaced timesteps.

    Points before the first episode has ended are left out.
    """
    found: list[Point] = []
    for idx in range(1, num_points + 1):
        now = timesteps * idx // num_points
        latest = [value for ended_at, value in returns if ended_at <= now][-LATEST:]
        if latest:
            found.append((now, sum(latest) / len(latest)))
    return found


def train(row: Row, engine: str, seed: int, timesteps: int) -> Seed:
    """Train one seed, then play greedily."""
    torch.set_num_threads(1)
    runner: Runner = import_module(f"gymlab.runners.{engine}.runner").RUNNER
    every = max(1, timesteps // CHECKPOINTS) if row.algorithm in CHOOSES else None
    spec = RunSpec(
        run_id="bands",
        env_id=row.env_id,
        runner=engine,
        algorithm=row.algorithm,
        hyperparameters=_tuned(engine, row),
        total_timesteps=timesteps,
        seed=seed,
        checkpoint_every_timesteps=every,
    )
    context = _Context(spec, every)
    begun = time.perf_counter()
    runner.train(context)
    duration_s = time.perf_counter() - begun
    policies = [saved.members.durable for saved in context.record.checkpoints]
    best = None
    if every is not None:
        chosen = max(
            policies,
            key=lambda one: greedy_return(
                runner, spec, one, num_episodes=NUM_CHOOSING, first_seed=0
            ),
        )
        best = greedy_return(
            runner, spec, chosen, num_episodes=NUM_EPISODES, first_seed=EVALUATION_SEED
        )
    return Seed(
        row=row.id,
        engine=engine,
        seed=seed,
        timesteps=timesteps,
        curve=curve_of(context.returns, timesteps),
        final_return=greedy_return(
            runner, spec, policies[-1], num_episodes=NUM_EPISODES, first_seed=EVALUATION_SEED
        ),
        best_return=best,
        duration_s=duration_s,
        machine=this_machine(),
    )


def _tuned(engine: str, row: Row) -> dict[str, Any]:
    folder = Path(str(import_module(f"gymlab.runners.{engine}").__file__)).parent
    presets = tomllib.loads((folder / "presets.toml").read_text(encoding="utf-8"))
    fitting = (
        item
        for item in presets[row.algorithm]
        if (item["id"], item.get("env_id")) == ("tuned", row.env_id)
    )
    return dict(next(fitting)["hyperparameters"])


def main() -> None:
    """Read the command line, train, and print the result as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("row")
    parser.add_argument("engine")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--timesteps", type=int, required=True)
    parsed = parser.parse_args()
    found = train(row_of(parsed.row), parsed.engine, parsed.seed, parsed.timesteps)
    sys.stdout.write(json.dumps(asdict(found)) + "\n")


if __name__ == "__main__":
    main()
