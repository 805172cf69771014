"""The scripts that somebody without a lab would write; run in a fresh process by `training_speed`.

They stand here in full, in Stable-Baselines3's own words, and import nothing of gymlab.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.env_util import make_vec_env


def ppo_cartpole(seed: int) -> BaseAlgorithm:
    """Return PPO for CartPole-v1 as rl-baselines3-zoo tuned it."""
    return PPO(
        "MlpPolicy",
        make_vec_env("CartPole-v1", n_envs=8, seed=seed),
        n_steps=32,
        batch_size=256,
        gae_lambda=0.8,
        gamma=0.98,
        n_epochs=20,
        ent_coef=0.0,
        learning_rate=lambda progress: 0.001 * progress,
        clip_range=lambda progress: 0.2 * progress,
        seed=seed,
        device="cpu",
    )


def ppo_lunarlander(seed: int) -> BaseAlgorithm:
    """Return PPO for LunarLander-v3 as rl-baselines3-zoo tuned it."""
    return PPO(
        "MlpPolicy",
        make_vec_env("LunarLander-v3", n_envs=16, seed=seed),
        n_steps=1024,
        batch_size=64,
        gae_lambda=0.98,
        gamma=0.999,
        n_epochs=4,
        ent_coef=0.01,
        seed=seed,
        device="cpu",
    )


def dqn_cartpole(seed: int) -> BaseAlgorithm:
    """Return DQN for CartPole-v1 as rl-baselines3-zoo tuned it."""
    policy: dict[str, Any] = {"net_arch": [256, 256]}
    return DQN(
        "MlpPolicy",
        make_vec_env("CartPole-v1", n_envs=1, seed=seed),
        learning_rate=2.3e-3,
        batch_size=64,
        buffer_size=100_000,
        learning_starts=1000,
        gamma=0.99,
        target_update_interval=10,
        train_freq=256,
        gradient_steps=128,
        exploration_fraction=0.16,
        exploration_final_eps=0.04,
        policy_kwargs=policy,
        seed=seed,
        device="cpu",
    )


SCRIPTS: dict[str, Callable[[int], BaseAlgorithm]] = {
    "ppo-cartpole": ppo_cartpole,
    "ppo-lunarlander": ppo_lunarlander,
    "dqn-cartpole": dqn_cartpole,
}


def main() -> None:
    """Train and say how long `learn` took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("script", choices=SCRIPTS)
    parser.add_argument("--timesteps", type=int, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parsed = parser.parse_args()
    torch.set_num_threads(1)
    agent = SCRIPTS[parsed.script](parsed.seed)
    begun = time.perf_counter()
    agent.learn(parsed.timesteps)  # pyright: ignore[reportUnknownMemberType]
    result = {"timesteps": agent.num_timesteps, "learn_s": time.perf_counter() - begun}
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
