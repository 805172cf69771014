"""Memory of the buffers that hyperparameters ask for, by arithmetic."""

from collections.abc import Mapping
from typing import Any

from gymlab.domain.environments import SpaceInfo
from gymlab.domain.runners import AlgorithmManifest, MemoryModel

BYTES_BESIDE_OBSERVATION = 16
"""Reward, flags and bookkeeping of one stored transition."""
ENV_BYTES = 100_000
"""One Gymnasium environment with what counts its episodes; CartPole and LunarLander take less."""
UNKNOWN_OBSERVATION_BYTES = 64
UNKNOWN_ACTION_BYTES = 8
_SENSIBLE = 1e18


def number(values: Mapping[str, Any], name: str | None, default: float = 0) -> float:
    """Return a hyperparameter as a number that is not negative; the default where it is none."""
    value = values.get(name, default) if name is not None else default
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return max(0.0, float(value)) if is_number and abs(value) < _SENSIBLE else default


def transition_bytes(
    model: MemoryModel, observed: SpaceInfo | None, acted: SpaceInfo | None
) -> float:
    """Return the bytes of one stored transition."""
    observation = (observed.size_bytes if observed else None) or UNKNOWN_OBSERVATION_BYTES
    action = (acted.size_bytes if acted else None) or UNKNOWN_ACTION_BYTES
    if model.buffer_size_field is not None:
        copies = model.buffer_observation_copies
        return copies * observation + action + BYTES_BESIDE_OBSERVATION
    return observation + action + 2 * BYTES_BESIDE_OBSERVATION


def capacity(model: MemoryModel, values: Mapping[str, Any]) -> float:
    """Return the transitions that its buffers have room for."""
    if model.buffer_size_field is not None:
        return number(values, model.buffer_size_field)
    if model.rollout_length_field is not None:
        rollout = number(values, model.rollout_length_field)
        return rollout * number(values, model.num_envs_field, 1)
    return 0.0


def buffer_bytes(
    algorithm: AlgorithmManifest,
    values: Mapping[str, Any],
    *,
    observed: SpaceInfo | None,
    acted: SpaceInfo | None,
    timesteps: float | None = None,
) -> int:
    """Return the bytes of the buffers.

    Args:
        algorithm: Says which hyperparameters decide.
        values: Hyperparameters.
        observed: What the agent is given.
        acted: What it answers.
        timesteps: Transitions that fill a replay buffer; None for as many as there is room for.
    """
    model = algorithm.memory
    size = capacity(model, values)
    if timesteps is not None and model.buffer_size_field is not None:
        size = min(size, timesteps)
    return int(size * transition_bytes(model, observed, acted))


def env_bytes(algorithm: AlgorithmManifest, values: Mapping[str, Any]) -> int:
    """Return the bytes of all environments beyond the first."""
    num_envs = number(values, algorithm.memory.num_envs_field, 1)
    return int(max(0.0, num_envs - 1) * ENV_BYTES)
