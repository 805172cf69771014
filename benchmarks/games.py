"""Stepping our own games: N at once in NumPy against the same games one at a time."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.figure import Figure, Plan, median_figure
from gymlab.envs.games.snake import SnakeEnv
from gymlab.envs.games.snake_vector import SnakeVectorEnv

NUM_ENVS = 1024
BAR = 300_000.0
OBSERVATIONS = ("features", "vision", "grid")


def measure(plan: Plan) -> Sequence[Figure]:
    """Step Snake 10x10 with random actions, episodes beginning anew included."""
    num_rounds = plan.size(400, 5)
    together = [_together("features", num_rounds) for _ in range(plan.repeats)]
    alone = [_alone(plan.size(40_000, 200)) for _ in range(plan.repeats)]
    return [
        median_figure(
            f"Snake 10x10, stepping {NUM_ENVS:,} at once",
            together,
            unit="timesteps/s",
            bar=None if plan.is_smoke else BAR,
            better="higher",
        ),
        median_figure(
            "Snake 10x10, stepping one alone",
            alone,
            unit="timesteps/s",
            bar=None,
            better="higher",
        ),
        *(
            median_figure(
                f"Snake 10x10, stepping {NUM_ENVS:,} at once, seen as {observation}",
                [_together(observation, num_rounds) for _ in range(plan.repeats)],
                unit="timesteps/s",
                bar=None,
                better="higher",
            )
            for observation in OBSERVATIONS[1:]
        ),
    ]


def _together(observation: str, num_rounds: int) -> float:
    env = SnakeVectorEnv(NUM_ENVS, size=10, observation=observation)
    env.reset(seed=0)
    actions = np.random.default_rng(0).integers(4, size=(num_rounds, NUM_ENVS))
    return num_rounds * NUM_ENVS / _timed(env, actions)


def _timed(env: SnakeVectorEnv, actions: Any) -> float:
    begun = time.perf_counter()
    for each in actions:
        env.step(each)
    return time.perf_counter() - begun


def _alone(num_timesteps: int) -> float:
    env = SnakeEnv(size=10)
    env.reset(seed=0)
    actions = np.random.default_rng(0).integers(4, size=num_timesteps)
    begun = time.perf_counter()
    for action in actions:
        if env.step(action)[2]:
            env.reset()
    return num_timesteps / (time.perf_counter() - begun)
