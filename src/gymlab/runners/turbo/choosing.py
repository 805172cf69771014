"""Which engine steps the environments of a run, and why no faster one does.

| engine | what it is | which environments |
|---|---|---|
| `compiled` | EnvPool, C++ on threads of its own | those of `compiled_environments` in `runner.toml`, with their own arguments |
| `vectorised` | our own games, all at once in NumPy | those of `vectorised_environments`, with any arguments and reward formulas |
| `gymnasium` | one environment after the other in Python | all others, and every run with wrappers or code of one's own |
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from gymlab.domain.runners import RunnerManifest
from gymlab.domain.runs import RunSpec
from gymlab.envs.making import listed_environments, resolve_env_id, settable_kwargs

Engine = Literal["compiled", "vectorised", "gymnasium"]

ENVPOOL_IDS: Mapping[str, str] = {}
"""Environment id -> EnvPool's, where they differ."""
LIMIT = "max_episode_steps"


@cache
def read_manifest() -> RunnerManifest:
    """Return this backend's `runner.toml`."""
    text = files(__package__ or "").joinpath("runner.toml").read_text(encoding="utf-8")
    return RunnerManifest.model_validate(tomllib.loads(text))


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine of a run."""

    engine: Engine
    env_id: str
    """Id in the catalogue."""
    reason: str | None = None
    """Why it is no faster one; None where it is the fastest there is for the environment."""


def choose_engine(spec: RunSpec) -> Choice:
    """Return what steps the environments of a run."""
    manifest = read_manifest()
    if spec.environment_code is not None:
        return Choice("gymnasium", spec.env_id, "it is written in Python")
    env_id = resolve_env_id(spec.env_id).env_id
    is_compiled = env_id in manifest.compiled_environments
    changed = _changed_arguments(env_id, spec.env_kwargs) if is_compiled else []
    if not is_compiled and env_id not in manifest.vectorised_environments:
        reason = "it has no compiled form"
    elif spec.reward_code is not None:
        reason = "the reward is computed in Python, step by step"
    elif spec.wrappers:
        reason = "its wrappers are written in Python"
    elif changed:
        reason = f"its compiled form has no {', '.join(changed)}"
    else:
        return Choice("compiled" if is_compiled else "vectorised", env_id)
    return Choice("gymnasium", env_id, reason)


def _changed_arguments(env_id: str, arguments: Mapping[str, Any]) -> list[str]:
    """Return the arguments that are not as EnvPool has them."""
    usual = settable_kwargs(listed_environments()[env_id])
    return sorted(
        name for name, value in arguments.items() if name != LIMIT and value != usual.get(name)
    )
