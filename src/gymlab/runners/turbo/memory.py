"""How much memory a rollout takes, estimated before it starts."""

import math
from collections.abc import Iterator

import numpy as np
import psutil

from gymlab.agents.config_ppo import PpoConfig
from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.default_networks import ACTOR_CRITIC_DEFAULTS, chosen_network
from gymlab.agents.observing import ObservationEncoder
from gymlab.domain.network_shapes import report_network
from gymlab.domain.runs import RunSpec
from gymlab.envs.composing import compose_env

_USABLE = 0.8
"""Share of the free memory that a run may take."""
_COPIES = 3
"""Of observations: a rollout in NumPy, in JAX, and what the update makes of it."""
_LAYERS_ALIVE = 2
"""Widest layers whose outputs for a whole rollout exist at the same time."""
_BYTES_BESIDE = 64
"""Actions, noise, rewards, values and the like of one transition."""
_BYTES_PER_NUMBER = 4


def memory_problem(
    spec: RunSpec, config: AgentConfig, free_bytes: int | None = None
) -> Iterator[str]:
    """Yield a sentence where the rollout would not fit, with a num_envs that would.

    Args:
        spec: What is to be trained.
        config: Its hyperparameters.
        free_bytes: Memory that is free; None asks the machine.
    """
    if not isinstance(config, PpoConfig):
        return
    env = compose_env(spec)
    try:
        encoder = ObservationEncoder(env.observation_space)
    finally:
        env.close()
    network = chosen_network(config.network, ACTOR_CRITIC_DEFAULTS, encoder.shape)
    report = report_network(network, encoder.shape, {"policy": 1, "value": 1})
    layers = (*report.layers, *report.critic_layers)
    widest = max((math.prod(layer.shape or ()) for layer in layers), default=0)
    seen = math.prod(encoder.shape) * np.dtype(encoder.dtype).itemsize
    per_transition = _COPIES * seen + _LAYERS_ALIVE * widest * _BYTES_PER_NUMBER + _BYTES_BESIDE
    per_env = (config.n_steps + 1) * per_transition
    needed = per_env * config.num_envs
    free = psutil.virtual_memory().available if free_bytes is None else free_bytes
    usable = int(free * _USABLE)
    if needed > usable:
        fitting = min(usable // per_env, config.num_envs)
        way_out = f"num_envs = {fitting:,} would fit" if fitting else "make n_steps smaller"
        yield (
            f"A rollout of {config.n_steps:,} timesteps in {config.num_envs:,} environments needs "
            f"about {needed / 1e9:.1f} GB, but {usable / 1e9:.1f} GB are free; {way_out}."
        )
