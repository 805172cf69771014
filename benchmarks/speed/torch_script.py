"""Single-file training loops in plain PyTorch, after CleanRL; run in a fresh process by the speed table.

Same hyperparameters and meanings as Stable-Baselines3: a time limit is no end, advantages are normalised for each minibatch.
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

import time
from collections.abc import Callable, Mapping

import gymnasium as gym
import numpy as np
import torch
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from numpy.typing import NDArray

from benchmarks.speed import torch_dqn, torch_ppo, torch_sac
from benchmarks.speed.rows import Row
from benchmarks.speed.script import Script, Taken, held_bytes, main

Act = Callable[[NDArray[np.float32]], int | NDArray[np.float32]]
LOOPS: Mapping[str, Callable[[Row, SyncVectorEnv, int, int], Act]] = {
    "ppo": torch_ppo.train,
    "dqn": torch_dqn.train,
    "sac": torch_sac.train,
}


def train(script: Script) -> Taken:
    """Train, then play greedily."""
    row = script.row
    torch.set_num_threads(1)
    torch.manual_seed(script.seed)
    begun = time.perf_counter()
    envs = SyncVectorEnv(
        [lambda: gym.make(row.env_id)] * row.num_envs, autoreset_mode=AutoresetMode.SAME_STEP
    )
    setup_s = time.perf_counter() - begun
    begun = time.perf_counter()
    act = LOOPS[row.algorithm](row, envs, script.timesteps, script.seed)
    duration_s = time.perf_counter() - begun
    held = held_bytes()
    final = _play(row, act, script.num_episodes) if script.num_episodes else None
    return Taken(script.timesteps, duration_s, setup_s, held, final)


def _play(row: Row, act: Act, num_episodes: int) -> float:
    env, returns = gym.make(row.env_id), []
    for episode in range(num_episodes):
        observation, _ = env.reset(seed=100_000 + episode)
        is_over, total = False, 0.0
        while not is_over:
            observation, reward, terminated, truncated, _ = env.step(act(observation))
            total += float(reward)
            is_over = terminated or truncated
        returns.append(total)
    return float(np.mean(returns))


if __name__ == "__main__":
    main(train)
