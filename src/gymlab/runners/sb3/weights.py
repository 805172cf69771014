"""A policy as files: weights and the statistics that normalise its observations.

Both are safetensors: plain arrays, nothing that could run when it is read.
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.running_mean_std import RunningMeanStd
from stable_baselines3.common.vec_env import VecNormalize

from gymlab.errors import TrainingFailedError
from gymlab.runner_api.runner import Members

POLICY_FILE = "policy.safetensors"
NORMALISATION_FILE = "normalization.safetensors"

_OBSERVATION = "observation"
_RETURN = "return"

FloatArray = NDArray[np.float64]
Shapes = Mapping[str, tuple[int, ...]]


def policy_members(model: BaseAlgorithm) -> dict[str, bytes]:
    """Return the files that acting needs."""
    members = {POLICY_FILE: save_tensors(_unique_tensors(model.policy))}
    normalise = model.get_vec_normalize_env()
    if normalise is not None:
        members[NORMALISATION_FILE] = save_arrays(_statistics(normalise))
    return members


def load_policy(policy: torch.nn.Module, members: Members) -> None:
    """Put weights into a policy of the same shape.

    Raises:
        TrainingFailedError: The file is missing or belongs to another network.
    """
    if POLICY_FILE not in members:
        raise TrainingFailedError(f"The checkpoint has no {POLICY_FILE}.")
    try:
        tensors = load_tensors(bytes(members[POLICY_FILE]))
    except (SafetensorError, KeyError, ValueError) as error:
        raise TrainingFailedError(f"{POLICY_FILE} cannot be read: {error}") from error
    expected = _unique_tensors(policy)
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    wanted = {name: tuple(tensor.shape) for name, tensor in expected.items()}
    if shapes != wanted:
        raise TrainingFailedError(
            f"The checkpoint holds a network of another shape. {_difference(shapes, wanted)}",
            hint="It was made with other hyperparameters or for another environment.",
        )
    # Not strict: modules that are shared under two names are stored once.
    policy.load_state_dict(tensors, strict=False)


def _difference(found: Shapes, wanted: Shapes) -> str:
    """Return in words the first tensor that differs."""
    name = next(name for name in {**wanted, **found} if found.get(name) != wanted.get(name))
    there, here = found.get(name, "absent"), wanted.get(name, "absent")
    return f"{name}: {there} in the checkpoint, {here} in this network."


def _unique_tensors(policy: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Return the state dict with tensors that are reachable under two names only once."""
    found: dict[str, torch.Tensor] = {}
    seen: set[int] = set()
    for name, tensor in policy.state_dict().items():
        if tensor.data_ptr() in seen and tensor.numel() > 0:
            continue
        seen.add(tensor.data_ptr())
        found[name] = tensor.detach().cpu().contiguous()
    return found


def _moments(normalise: VecNormalize) -> dict[str, RunningMeanStd]:
    """Return every running mean and variance by name."""
    found: dict[str, RunningMeanStd] = {_RETURN: normalise.ret_rms}
    if not normalise.norm_obs:
        return found
    of_observations = normalise.obs_rms
    if isinstance(of_observations, dict):
        return found | {f"{_OBSERVATION}.{key}": rms for key, rms in of_observations.items()}
    return found | {_OBSERVATION: of_observations}


def _statistics(normalise: VecNormalize) -> dict[str, FloatArray]:
    found: dict[str, FloatArray] = {}
    for name, rms in _moments(normalise).items():
        found[f"{name}.mean"] = np.asarray(rms.mean, np.float64)
        found[f"{name}.var"] = np.asarray(rms.var, np.float64)
        found[f"{name}.count"] = np.asarray(rms.count, np.float64)
    return found


def _read_statistics(members: Members) -> dict[str, FloatArray]:
    try:
        return load_arrays(bytes(members[NORMALISATION_FILE]))
    except (SafetensorError, KeyError, ValueError) as error:
        raise TrainingFailedError(f"{NORMALISATION_FILE} cannot be read: {error}") from error


def load_normalisation(normalise: VecNormalize, members: Members) -> None:
    """Put statistics back into a normaliser."""
    arrays = _read_statistics(members)
    for name, rms in _moments(normalise).items():
        rms.mean = arrays[f"{name}.mean"]
        rms.var = arrays[f"{name}.var"]
        rms.count = float(arrays[f"{name}.count"])


class ObservationNormaliser:
    """Normalises observations with statistics that no longer change.

    Equal to `VecNormalize.normalize_obs`: (x - mean) / sqrt(variance + 1e-8), clipped.
    """

    def __init__(self, members: Members, *, clip_obs: float) -> None:
        """Read the statistics; without any, observations pass through."""
        self._clip = clip_obs
        arrays = _read_statistics(members) if NORMALISATION_FILE in members else {}
        self._arrays = {
            name: array for name, array in arrays.items() if name.startswith(_OBSERVATION)
        }

    def __call__(self, observation: Any) -> Any:
        """Return the observation as the policy knows it."""
        if not self._arrays:
            return observation
        if not isinstance(observation, Mapping):
            return self._normalised(observation, _OBSERVATION)
        parts = cast("Mapping[str, Any]", observation)
        return {
            key: self._normalised(part, f"{_OBSERVATION}.{key}")
            if f"{_OBSERVATION}.{key}.mean" in self._arrays
            else part
            for key, part in parts.items()
        }

    def _normalised(self, part: Any, name: str) -> NDArray[np.float32]:
        mean, variance = self._arrays[f"{name}.mean"], self._arrays[f"{name}.var"]
        scaled = (np.asarray(part) - mean) / np.sqrt(variance + 1e-8)
        return np.clip(scaled, -self._clip, self._clip).astype(np.float32)
