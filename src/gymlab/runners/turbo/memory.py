"""How much memory a run takes, estimated before it starts."""

import math
from collections.abc import Iterator

import numpy as np
import psutil

from gymlab.agents.config_ppo import PpoConfig
from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.observing import ObservationEncoder
from gymlab.domain.runs import RunSpec
from gymlab.envs.composing import compose_env

_USABLE = 0.8
"""Share of the free memory that a run may take."""
_COPIES = 3
"""A rollout in NumPy, in JAX, and what the update makes of it."""
_BYTES_PER_TRANSITION = 48
"""Actions, rewards, values and the like."""


def memory_problem(spec: RunSpec, config: AgentConfig) -> Iterator[str]:
    """Yield a sentence where the run would not fit, with a num_envs that would."""
    if not isinstance(config, PpoConfig):
        return
    env = compose_env(spec)
    try:
        encoder = ObservationEncoder(env.observation_space)
    finally:
        env.close()
    size = math.prod(encoder.shape) * np.dtype(encoder.dtype).itemsize
    per_env = (config.n_steps + 1) * (_COPIES * size + _BYTES_PER_TRANSITION)
    needed = per_env * config.num_envs
    usable = int(psutil.virtual_memory().available * _USABLE)
    if needed > usable:
        fitting = max(1, usable // per_env)
        yield (
            f"A rollout of {config.n_steps:,} timesteps in {config.num_envs:,} environments needs "
            f"about {needed / 1e9:.1f} GB, but {usable / 1e9:.1f} GB are free; "
            f"num_envs = {min(fitting, config.num_envs):,} or shorter rollouts would fit."
        )
