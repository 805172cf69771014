"""The environment alone at the same num_envs, with actions drawn before: what no engine can beat.

Stepped by what steps it fastest here: our own games by their vectorised twin, the others by EnvPool where it
is installed and has them, else by Gymnasium in lockstep; the note says which.
"""
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeStubs=false, reportUnknownArgumentType=false

import importlib
import time
from typing import Any

import gymnasium as gym
import numpy as np

from benchmarks.speed.rows import Row
from benchmarks.speed.script import Script, Taken, held_bytes, main
from gymlab.envs.registration import register_environments

WARM_UP = 50
MAX_DRAWN = 5_000


def _make(row: Row) -> tuple[Any, str]:
    if row.env_id.startswith("gymlab/"):
        register_environments()
        env: Any = gym.make_vec(
            row.env_id, num_envs=row.num_envs, vectorization_mode="vector_entry_point"
        )
        return env, "our own in NumPy"
    try:
        envpool = importlib.import_module("envpool")
        if row.env_id in envpool.list_all_envs():
            return envpool.make_gymnasium(row.env_id, num_envs=row.num_envs), "EnvPool"
    except ImportError:
        pass
    return gym.make_vec(row.env_id, num_envs=row.num_envs), "Gymnasium"


def train(script: Script) -> Taken:
    """Step so many timesteps."""
    row = script.row
    begun = time.perf_counter()
    env, how = _make(row)
    env.reset()
    space = getattr(env, "single_action_space", None) or env.action_space
    space.seed(script.seed)
    calls = max(1, script.timesteps // row.num_envs)
    drawn = [
        np.stack([space.sample() for _ in range(row.num_envs)])
        for _ in range(min(calls, MAX_DRAWN))
    ]
    for actions in drawn[:WARM_UP]:
        env.step(actions)
    setup_s = time.perf_counter() - begun
    begun = time.perf_counter()
    for call in range(calls):
        env.step(drawn[call % len(drawn)])
    duration_s = time.perf_counter() - begun
    return Taken(calls * row.num_envs, duration_s, setup_s, held_bytes(), None, how)


if __name__ == "__main__":
    main(train)
