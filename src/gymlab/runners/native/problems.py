"""Why a specification cannot be trained, said before anything starts."""

import importlib.util
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from gymnasium import spaces

from gymlab.agents.config_ppo import PpoConfig
from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.default_networks import ACTOR_CRITIC_DEFAULTS, chosen_network
from gymlab.domain.network_shapes import action_outputs, input_shape, report_network
from gymlab.domain.runners import AlgorithmManifest, RunnerManifest
from gymlab.domain.runs import RunSpec
from gymlab.envs.composing import compose_env
from gymlab.envs.space_info import describe_space
from gymlab.errors import LabError
from gymlab.runners.native.algorithms import CONFIGS, config_of

Space = spaces.Space[Any]


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
        case _:
            pass
