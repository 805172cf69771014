"""Where the learner stands in its environments: what it saw last and what its wrappers hold.

The environments themselves are the lab's; here is what lies between them and the learner.
"""
# pyright: reportPrivateUsage=false
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, cast, runtime_checkable

import gymnasium as gym
import numpy as np
import torch
from sb3_contrib.common.recurrent.type_aliases import RNNStates
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnvWrapper

_SEEN = ("_last_obs", "_last_original_obs", "_last_episode_starts")
_MEMORY = "_last_lstm_states"


@runtime_checkable
class StatefulWrapper(Protocol):
    """A wrapper that remembers something within an episode."""

    def save_state(self) -> dict[str, Any]:
        """Return what it remembers: numbers and arrays."""
        ...

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Remember what was saved."""
        ...


def interaction_state(model: BaseAlgorithm) -> dict[str, Any]:
    """Return everything between the environments and the learner, as tensors and numbers."""
    found: dict[str, Any] = {name: as_tensors(getattr(model, name)) for name in _SEEN}
    memory = getattr(model, _MEMORY, None)
    if memory is not None:
        found[_MEMORY] = [[part.detach().cpu() for part in pair] for pair in memory]
    normalise = model.get_vec_normalize_env()
    if normalise is not None:
        found["returns"] = as_tensors(normalise.returns)
        found["old_reward"] = as_tensors(normalise.old_reward)
        found["old_obs"] = as_tensors(normalise.old_obs)
    found["wrappers"] = [as_tensors(wrapper.save_state()) for wrapper in _stateful_wrappers(model)]
    return found


def load_interaction(model: BaseAlgorithm, saved: Mapping[str, Any]) -> None:
    """Let the learner go on in environments that were restored.

    Nothing is reset: the first action answers the observation that was seen last.
    """
    for name in _SEEN:
        setattr(model, name, as_arrays(saved[name]))
    if _MEMORY in saved:
        pairs = [tuple(part.to(model.device) for part in pair) for pair in saved[_MEMORY]]
        setattr(model, _MEMORY, RNNStates(*cast("Any", pairs)))
    normalise = model.get_vec_normalize_env()
    if normalise is not None:
        normalise.returns = as_arrays(saved["returns"])
        normalise.old_reward = as_arrays(saved["old_reward"])
        normalise.old_obs = as_arrays(saved["old_obs"])
    wrappers = list(_stateful_wrappers(model))
    for wrapper, state in zip(wrappers, saved["wrappers"], strict=True):
        wrapper.load_state(cast("dict[str, Any]", as_arrays(state)))
    # Seeding the algorithm asked for seeds at the next reset, which is none of a new run.
    _innermost(model)._reset_seeds()  # noqa: SLF001 - `reset` alone is public, and resets


def as_tensors(value: Any) -> Any:
    """Return arrays as tensors, which can be read without pickle; containers part by part."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        parts = cast("Mapping[str, Any]", value)
        return {key: as_tensors(part) for key, part in parts.items()}
    return torch.from_numpy(np.array(value))


def as_arrays(value: Any) -> Any:
    """Return tensors as arrays; containers part by part."""
    if isinstance(value, Mapping):
        parts = cast("Mapping[str, Any]", value)
        return {key: as_arrays(part) for key, part in parts.items()}
    return value.numpy().copy() if isinstance(value, torch.Tensor) else value


def _innermost(model: BaseAlgorithm) -> DummyVecEnv:
    vector_env = model.env
    while isinstance(vector_env, VecEnvWrapper):
        vector_env = vector_env.venv
    return cast("DummyVecEnv", vector_env)


def _stateful_wrappers(model: BaseAlgorithm) -> Iterator[StatefulWrapper]:
    """Yield the wrappers with a memory, environment by environment, from the outside in."""
    if model.env is None:
        return
    for env in _innermost(model).envs:
        layer: Any = env
        while isinstance(layer, gym.Wrapper):
            if isinstance(layer, StatefulWrapper):
                yield layer
            layer = layer.env
