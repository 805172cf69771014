"""Why one of our own algorithms cannot train a specification, said before anything starts."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import psutil
from gymnasium import spaces

from gymlab.agents.config_dqn import DqnConfig
from gymlab.agents.config_ppo import PpoConfig
from gymlab.agents.config_replay import ReplayConfig
from gymlab.agents.config_sac import SacConfig
from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.default_networks import (
    ACTION_VALUE_DEFAULTS,
    ACTOR_CRITIC_DEFAULTS,
    SOFT_DEFAULTS,
    chosen_network,
)
from gymlab.agents.parsing import parse_config
from gymlab.domain.network_shapes import Shape, action_outputs, input_shape, report_network
from gymlab.domain.networks import NetworkSpec
from gymlab.domain.requirements import absence
from gymlab.domain.runners import AlgorithmManifest, RunnerManifest
from gymlab.domain.runs import RunSpec
from gymlab.envs.composing import compose_env
from gymlab.envs.space_info import describe_space
from gymlab.errors import LabError

Space = spaces.Space[Any]

_USABLE_MEMORY = 0.8
"""Share of the free memory that a replay buffer may take."""
_BYTES_BESIDE_OBSERVATIONS = 16


def find_problems(
    spec: RunSpec, manifest: RunnerManifest, configs: Mapping[str, type[AgentConfig]]
) -> list[str]:
    """Return one sentence per reason; empty where the specification can be trained.

    Args:
        spec: What is to be trained.
        manifest: The backend's `runner.toml`.
        configs: Algorithm id -> model of its hyperparameters.
    """
    missing = absence(manifest)
    if missing is not None:
        return [missing]
    if spec.algorithm not in configs:
        return [f"No algorithm {spec.algorithm[:100]!r}; there are: {', '.join(configs)}."]
    try:
        config = parse_config(configs[spec.algorithm], spec.hyperparameters)
        env = compose_env(spec)
    except LabError as error:
        return [field.detail for field in error.fields] or [error.detail]
    try:
        observed, acted = env.observation_space, env.action_space
    finally:
        env.close()
    algorithm = next(item for item in manifest.algorithms if item.id == spec.algorithm)
    return list(_space_problems(algorithm, observed, acted)) or list(
        _setting_problems(config, observed, acted)
    )


def _space_problems(manifest: AlgorithmManifest, observed: Space, acted: Space) -> Iterator[str]:
    for what, space, supported in (
        ("actions", acted, manifest.action_spaces),
        ("observations", observed, manifest.observation_spaces),
    ):
        text = describe_space(space).text
        if type(space).__name__ not in supported:
            yield (
                f"{manifest.title} does not work with {what} of the kind {text}; "
                f"it needs {' or '.join(supported)}."
            )
        elif 0 in (space.shape or ()):
            yield f"{what.capitalize()} of the kind {text} hold no numbers."


def _setting_problems(config: AgentConfig, observed: Space, acted: Space) -> Iterator[str]:
    shape, outputs = input_shape(describe_space(observed)), action_outputs(describe_space(acted))
    if shape is None or outputs is None:
        return
    match config:
        case PpoConfig():
            network = chosen_network(config.network, ACTOR_CRITIC_DEFAULTS, shape)
            yield from report_network(network, shape, {"policy": outputs, "value": 1}).problems
            if config.normalize_advantage and config.n_steps * config.num_envs < 2:
                yield "n_steps x num_envs must be at least 2 while normalize_advantage is on."
        case DqnConfig():
            network = chosen_network(config.network, ACTION_VALUE_DEFAULTS, shape)
            heads = {"q": outputs, "state_value": 1} if config.dueling else {"q": outputs}
            yield from report_network(network, shape, heads, may_remember=False).problems
            if network.critic_layers is not None:
                yield "critic_layers is for algorithms with a critic; remove it."
            yield from _memory_problems(config, shape, observed)
        case SacConfig():
            network = chosen_network(config.network, SOFT_DEFAULTS, shape)
            yield from _soft_problems(network, shape, outputs, acted)
            yield from _memory_problems(config, shape, observed)
        case _:
            pass


def _soft_problems(network: NetworkSpec, shape: Shape, outputs: int, acted: Space) -> Iterator[str]:
    if len(shape) != 1:
        yield "SAC reads vectors here, not pictures."
        return
    actor = report_network(network, shape, {"policy": 2 * outputs}, may_remember=False)
    yield from actor.problems
    if network.critic_layers is not None:
        critic = NetworkSpec(layers=network.critic_layers)
        inputs = (shape[0] + outputs,)
        found = report_network(critic, inputs, {"q": 1}, may_remember=False).problems
        yield from (f"critic: {problem}" for problem in found)
    if isinstance(acted, spaces.Box) and not acted.is_bounded():
        yield "SAC needs actions with a lower and an upper bound."


def _memory_problems(config: ReplayConfig, shape: Shape, observed: Space) -> Iterator[str]:
    is_bytes = observed.dtype == np.uint8 and len(shape) == 3
    per_transition = 2 * math.prod(shape) * (1 if is_bytes else 4) + _BYTES_BESIDE_OBSERVATIONS
    needed = config.buffer_size * per_transition
    usable = int(psutil.virtual_memory().available * _USABLE_MEMORY)
    if needed > usable:
        yield (
            f"A replay buffer of {config.buffer_size:,} transitions needs {needed / 1e9:.1f} GB, "
            f"but {usable / 1e9:.1f} GB are free; buffer_size = {usable // per_transition:,} would fit."
        )
