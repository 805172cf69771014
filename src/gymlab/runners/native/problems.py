"""Why a specification cannot be trained, said before anything starts."""

import importlib.util
import math
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import psutil
from gymnasium import spaces

from gymlab.agents.config_dqn import DqnConfig
from gymlab.agents.config_ppo import PpoConfig
from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.default_networks import (
    ACTION_VALUE_DEFAULTS,
    ACTOR_CRITIC_DEFAULTS,
    chosen_network,
)
from gymlab.domain.network_shapes import Shape, action_outputs, input_shape, report_network
from gymlab.domain.runners import AlgorithmManifest, RunnerManifest
from gymlab.domain.runs import RunSpec
from gymlab.envs.composing import compose_env
from gymlab.envs.space_info import describe_space
from gymlab.errors import LabError
from gymlab.runners.native.algorithms import CONFIGS, config_of

Space = spaces.Space[Any]

_USABLE_MEMORY = 0.8
"""Share of the free memory that a replay buffer may take."""
_BYTES_BESIDE_OBSERVATIONS = 16


@cache
def read_manifest() -> RunnerManifest:
    """Return this backend's `runner.toml`."""
    text = files(__package__ or "").joinpath("runner.toml").read_text(encoding="utf-8")
    return RunnerManifest.model_validate(tomllib.loads(text))


def find_problems(spec: RunSpec) -> list[str]:
    """Return one sentence per reason; empty where the specification can be trained."""
    missing = [name for name in read_manifest().requires if importlib.util.find_spec(name) is None]
    if missing:
        return [f"{', '.join(missing)} is not installed: {read_manifest().install_hint}"]
    if spec.algorithm not in CONFIGS:
        return [f"No algorithm {spec.algorithm[:100]!r}; there are: {', '.join(CONFIGS)}."]
    try:
        config = config_of(spec)
        env = compose_env(spec)
    except LabError as error:
        return [field.detail for field in error.fields] or [error.detail]
    try:
        observed, acted = env.observation_space, env.action_space
    finally:
        env.close()
    manifest = next(item for item in read_manifest().algorithms if item.id == spec.algorithm)
    return list(_space_problems(manifest, observed, acted)) or list(
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
        case _:
            pass


def _memory_problems(config: DqnConfig, shape: Shape, observed: Space) -> Iterator[str]:
    is_bytes = observed.dtype == np.uint8 and len(shape) == 3
    per_transition = 2 * math.prod(shape) * (1 if is_bytes else 4) + _BYTES_BESIDE_OBSERVATIONS
    needed = config.buffer_size * per_transition
    usable = int(psutil.virtual_memory().available * _USABLE_MEMORY)
    if needed > usable:
        yield (
            f"A replay buffer of {config.buffer_size:,} transitions needs {needed / 1e9:.1f} GB, "
            f"but {usable / 1e9:.1f} GB are free; buffer_size = {usable // per_transition:,} would fit."
        )
