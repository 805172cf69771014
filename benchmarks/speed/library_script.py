"""Stable-Baselines3, or SBX, as somebody without a lab would use it; run in a fresh process.

It imports nothing of gymlab. `learn` alone is on the clock, as `duration_s` of a run is; SBX compiles within it.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingImports=false

import importlib
import time
from collections.abc import Callable
from typing import Any

import torch
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.vec_env import VecEnv, VecNormalize

from benchmarks.speed.rows import Row, scheduled
from benchmarks.speed.script import Script, Taken, held_bytes, main

_OURS = {"num_envs", "normalize", "net_arch", "learning_rate", "clip_range"}


def _rate(value: float | str) -> float | Callable[[float], float]:
    rate, falls = scheduled(value)
    return (lambda left: rate * left) if falls else rate


def _environment(row: Row, seed: int) -> VecEnv:
    env = make_vec_env(row.env_id, n_envs=row.num_envs, seed=seed)
    if not row.values.get("normalize"):
        return env
    return VecNormalize(env, gamma=float(row.values.get("gamma", 0.99)))


def train(script: Script) -> Taken:
    """Train, then play greedily."""
    row, values = script.row, script.row.values
    library = importlib.import_module("sbx" if script.column == "sbx" else "stable_baselines3")
    torch.set_num_threads(1)
    given: dict[str, Any] = {name: value for name, value in values.items() if name not in _OURS}
    for name in ("learning_rate", "clip_range"):
        if name in values:
            given[name] = _rate(values[name])
    if script.column == "sbx" and "clip_range" in values:
        given["clip_range"] = scheduled(values["clip_range"])[0]  # it knows no schedule for it
    if script.column == "sb3":
        given["device"] = script.device
    if "net_arch" in values:
        given["policy_kwargs"] = {"net_arch": values["net_arch"]}
    begun = time.perf_counter()
    env = _environment(row, script.seed)
    agent = getattr(library, row.algorithm.upper())("MlpPolicy", env, seed=script.seed, **given)
    setup_s = time.perf_counter() - begun
    begun = time.perf_counter()
    agent.learn(script.timesteps)
    learn_s = time.perf_counter() - begun
    held = held_bytes()
    return Taken(
        timesteps=int(agent.num_timesteps),
        duration_s=learn_s,
        setup_s=setup_s,
        memory_bytes=held,
        final_return=_play(row, agent, env, script.num_episodes),
    )


def _play(row: Row, agent: Any, trained_in: VecEnv, num_episodes: int) -> float | None:
    if num_episodes == 0:
        return None
    env: VecEnv = make_vec_env(row.env_id, n_envs=1, seed=100_000)
    if isinstance(trained_in, VecNormalize):
        normalised = VecNormalize(env, training=False, norm_reward=False)
        normalised.obs_rms = trained_in.obs_rms
        env = normalised
    found, _ = evaluate_policy(agent, env, n_eval_episodes=num_episodes, deterministic=True)
    return float(found) if not isinstance(found, list) else None


if __name__ == "__main__":
    main(train)
