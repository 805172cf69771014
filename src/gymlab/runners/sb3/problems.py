"""Why a specification cannot be trained, said before anything starts.

Only what Stable-Baselines3 would fail on is a problem; what is merely unwise trains.
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import psutil
from gymnasium import spaces

from gymlab.domain.environments import SpaceInfo
from gymlab.domain.hyperparameter_rules import broken_rules
from gymlab.domain.requirements import absence
from gymlab.domain.runners import AlgorithmManifest, RunnerManifest
from gymlab.domain.runs import RunSpec
from gymlab.envs.composing import compose_env
from gymlab.envs.space_info import describe_space
from gymlab.errors import LabError
from gymlab.runners.sb3.config import parse_config
from gymlab.runners.sb3.config_shared import EnvironmentConfig
from gymlab.runners.sb3.pictures import wrap_for_training

Space = spaces.Space[Any]
Values = Mapping[str, Any]

_USABLE_MEMORY = 0.8
"""Share of the free memory that a replay buffer may take."""


@cache
def read_manifest() -> RunnerManifest:
    """Return this backend's `runner.toml`."""
    text = files(__package__ or "").joinpath("runner.toml").read_text(encoding="utf-8")
    return RunnerManifest.model_validate(tomllib.loads(text))


def find_problems(spec: RunSpec) -> list[str]:
    """Return one sentence per reason; empty where the specification can be trained."""
    missing = absence(read_manifest())
    if missing is not None:
        return [missing]
    try:
        config = parse_config(spec.algorithm, spec.hyperparameters)
        env = wrap_for_training(compose_env(spec), config)
    except LabError as error:
        return [field.detail for field in error.fields] or [error.detail]
    try:
        observed, acted = env.observation_space, env.action_space
    finally:
        env.close()
    return space_problems(spec.algorithm, observed, acted) or list(
        _setting_problems(spec.algorithm, config, observed, acted)
    )


def space_problems(algorithm: str, observed: Space, acted: Space) -> list[str]:
    """Return what an algorithm cannot do with these spaces, naming those that can."""
    manifest = next(item for item in read_manifest().algorithms if item.id == algorithm)
    found: list[str] = []
    for what, space, supported in (
        ("actions", acted, manifest.action_spaces),
        ("observations", observed, manifest.observation_spaces),
    ):
        if type(space).__name__ not in supported:
            found.append(
                f"{manifest.title} does not work with {what} of the kind "
                f"{describe_space(space).text}; it needs {' or '.join(supported)}. "
                f"{_fitting(observed, acted)}"
            )
    return found or list(_shape_problems(observed, acted))


def _fitting(observed: Space, acted: Space) -> str:
    titles = [item.title for item in read_manifest().algorithms if _fits(item, observed, acted)]
    return f"Algorithms that fit: {', '.join(titles)}." if titles else "No algorithm here fits."


def _fits(manifest: AlgorithmManifest, observed: Space, acted: Space) -> bool:
    return (
        type(acted).__name__ in manifest.action_spaces
        and type(observed).__name__ in manifest.observation_spaces
    )


def _shape_problems(observed: Space, acted: Space) -> Iterator[str]:
    if isinstance(acted, spaces.Box) and not acted.is_bounded():
        yield "The actions have no finite bounds, which Stable-Baselines3 needs."
    if isinstance(acted, spaces.Discrete) and int(acted.start) != 0:
        yield "The actions do not begin at 0, which Stable-Baselines3 needs."
    parts = observed.spaces.values() if isinstance(observed, spaces.Dict) else (observed,)
    for part in parts:
        if isinstance(part, spaces.Dict | spaces.Tuple | spaces.Text):
            yield "Observations inside observations are not supported."
        if isinstance(part, spaces.Discrete) and int(part.start) != 0:
            yield "The observations do not begin at 0, which Stable-Baselines3 needs."
        if isinstance(part, spaces.Box | spaces.MultiDiscrete) and 0 in part.shape:
            yield "An observation without any numbers cannot be learnt from."


def _setting_problems(
    algorithm: str, config: EnvironmentConfig, observed: Space, acted: Space
) -> Iterator[str]:
    values = config.model_dump()
    described = describe_space(observed), describe_space(acted)
    yield from (broken.detail for broken in broken_rules(config.rules(), values, *described))
    if "buffer_size" in values:
        yield from _memory_problems(values, *described)
    yield from _CHECKS.get(algorithm, _no_problems)(values)


def _no_problems(_: Values) -> Iterator[str]:
    return iter(())


def _memory_problems(values: Values, observed: SpaceInfo, acted: SpaceInfo) -> Iterator[str]:
    copies = 1 if values["optimize_memory_usage"] else 2
    bookkeeping = 3 * np.dtype(np.float32).itemsize
    per_transition = copies * (observed.size_bytes or 0) + (acted.size_bytes or 0) + bookkeeping
    needed = values["buffer_size"] * per_transition
    usable = int(psutil.virtual_memory().available * _USABLE_MEMORY)
    if needed > usable:
        yield (
            f"A replay buffer of {values['buffer_size']:,} transitions needs {needed / 1e9:.1f} GB, "
            f"but {usable / 1e9:.1f} GB are free; buffer_size = "
            f"{_round_down(usable // per_transition):,} would fit."
        )


def _round_down(number: int) -> int:
    """Keep two leading digits."""
    digits = max(len(str(number)) - 2, 0)
    return int(number // 10**digits * 10**digits)


def _recurrent_ppo_problems(values: Values) -> Iterator[str]:
    yield from _rollout_problems(values)
    rollout, batch_size = values["n_steps"] * values["num_envs"], values["batch_size"]
    if values["normalize_advantage"] and batch_size > 1 and rollout % batch_size == 1:
        yield (
            f"The last minibatch of a rollout of {rollout} transitions would hold one transition, "
            f"which cannot be normalised; choose another batch_size than {batch_size}."
        )


def _trpo_problems(values: Values) -> Iterator[str]:
    yield from _rollout_problems(values)
    used = -(-values["n_steps"] * values["num_envs"] // values["sub_sampling_factor"])
    if values["normalize_advantage"] and values["sub_sampling_factor"] > 1 and used < 2:
        yield "sub_sampling_factor leaves fewer than 2 transitions of each rollout."


def _rollout_problems(values: Values) -> Iterator[str]:
    if values["normalize_advantage"] and values["n_steps"] * values["num_envs"] < 2:
        yield "n_steps x num_envs must be at least 2 while normalize_advantage is on."


_CHECKS: Mapping[str, Callable[[Values], Iterator[str]]] = {
    "ppo": _rollout_problems,
    "a2c": _rollout_problems,
    "trpo": _trpo_problems,
    "recurrent_ppo": _recurrent_ppo_problems,
}
