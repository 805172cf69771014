"""The learner's state as a checkpoint file: tensors and plain containers, read without pickle.

Two moments matter when training continues. Weights, optimizers, counters and statistics are put
back before `learn` is called; random generators and exploration noise after its preparations,
because these draw numbers and reset the noise.
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

import io
import pickle  # for the name of its error alone
import random
import struct
import warnings
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import torch
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.noise import OrnsteinUhlenbeckActionNoise, VectorizedActionNoise

from gymlab.errors import TrainingFailedError
from gymlab.runner_api.runner import Members
from gymlab.runners.sb3.interaction import interaction_state
from gymlab.runners.sb3.weights import (
    NORMALISATION_FILE,
    load_normalisation,
    load_policy,
    policy_members,
)

STATE_FILE = "state.pt"
_FORMAT = 1

_DAMAGED = (
    pickle.UnpicklingError,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What reading a damaged archive provokes in torch."""

_COUNTERS = (
    "num_timesteps",
    "_n_updates",
    "_n_calls",
    "_episode_num",
    "exploration_rate",
    "_current_progress_remaining",
    "old_count",
)
_TENSORS = ("log_ent_coef", "weights")


def durable_members(
    model: BaseAlgorithm, learner: Mapping[str, int], changed: Mapping[str, Any] | None = None
) -> dict[str, bytes]:
    """Return the files of a checkpoint that are always kept.

    Args:
        model: The algorithm at a safe point.
        learner: Counters of the reports about the learner.
        changed: Hyperparameters that are no longer those of the specification.
    """
    state = {
        "format": _FORMAT,
        "counters": _present(model, _COUNTERS),
        "tensors": {
            name: value.detach().cpu() for name, value in _present(model, _TENSORS).items()
        },
        "optimizers": _optimizer_states(model),
        "generators": _generators(model),
        "noise": _noise_state(model),
        "exploration": _exploration_matrices(model),
        "interaction": interaction_state(model),
        "logged": _logged(model),
        "learner": dict(learner),
        "changed": dict(changed or {}),
    }
    return {**policy_members(model), STATE_FILE: to_bytes(state)}


def to_bytes(state: Mapping[str, Any]) -> bytes:
    """Serialise tensors and plain containers."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getvalue()


def from_bytes(name: str, data: bytes | bytearray | memoryview) -> dict[str, Any]:
    """Read what `to_bytes` wrote; nothing in it can run.

    Raises:
        TrainingFailedError: The file is damaged or of another format.
    """
    try:
        with warnings.catch_warnings():
            # A damaged header makes torch guess about the file's origin before it gives up.
            warnings.simplefilter("ignore")
            state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except _DAMAGED as error:
        raise TrainingFailedError(f"The checkpoint's {name} cannot be read: {error}") from error
    if not isinstance(state, dict) or cast("dict[str, Any]", state).get("format") != _FORMAT:
        raise TrainingFailedError(f"The checkpoint's {name} has another format.")
    return cast("dict[str, Any]", state)


def load_learner(model: BaseAlgorithm, members: Members) -> dict[str, Any]:
    """Put weights, optimizers, counters and statistics back: all that the learner itself holds.

    A run that continues also needs `load_interaction` (or new episodes) and `load_generators`;
    one that only begins with the weights of another needs `load_policy` and nothing of this.

    Returns:
        The state, for `load_interaction` and `load_generators`.
    """
    if STATE_FILE not in members:
        raise TrainingFailedError(f"The checkpoint has no {STATE_FILE}.")
    state = from_bytes(STATE_FILE, members[STATE_FILE])
    load_policy(model.policy, members)
    for name, value in state["counters"].items():
        setattr(model, name, value)
    with torch.no_grad():
        for name, value in state["tensors"].items():
            getattr(model, name).copy_(value)
    if state["optimizers"]:
        model.set_parameters(state["optimizers"], exact_match=False, device=model.device)
    normalise = model.get_vec_normalize_env()
    if normalise is not None and NORMALISATION_FILE in members:
        load_normalisation(normalise, members)
    model.logger.name_to_value.update(state.get("logged", {}))
    return state


def load_generators(model: BaseAlgorithm, state: Mapping[str, Any]) -> None:
    """Put random generators and exploration noise back, at the start of the first rollout."""
    generators = state["generators"]
    torch.set_rng_state(generators["torch"])
    if "cuda" in generators and model.device.type == "cuda":
        torch.cuda.set_rng_state(generators["cuda"], model.device)
    name, keys, position, has_gauss, cached = generators["numpy"]
    state_of_numpy = (name, keys.numpy().astype(np.uint32), position, has_gauss, cached)
    np.random.set_state(state_of_numpy)  # noqa: NPY002 - the generator that the backend draws from
    version, internal, gauss = generators["python"]
    random.setstate((version, tuple(internal), gauss))
    model.action_space.np_random.bit_generator.state = generators["action_space"]
    _load_noise(model, state["noise"])
    distribution = _state_dependent_noise(model)
    for key, value in state["exploration"].items():
        setattr(distribution, key, value.to(model.device))


def _present(model: BaseAlgorithm, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(model, name, None) for name in names}
    return {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in values.items()
        if value is not None
    }


def _logged(model: BaseAlgorithm) -> dict[str, float]:
    """Return what was measured last; a report soon after a resume repeats some of it."""
    logged = cast("Mapping[str, Any]", model.logger.name_to_value)
    return {name: float(value) for name, value in logged.items()}


def _optimizer_states(model: BaseAlgorithm) -> dict[str, Any]:
    return {name: state for name, state in model.get_parameters().items() if name != "policy"}


def _generators(model: BaseAlgorithm) -> dict[str, Any]:
    name, keys, position, has_gauss, cached = cast("Any", np.random.get_state())  # noqa: NPY002 - as above
    version, internal, gauss = random.getstate()
    found: dict[str, Any] = {
        "torch": getattr(model, "generator_before_update", torch.get_rng_state()),
        "numpy": (str(name), torch.from_numpy(keys.astype(np.int64)), position, has_gauss, cached),
        "python": (version, list(internal), gauss),
        "action_space": dict(model.action_space.np_random.bit_generator.state),
    }
    if model.device.type == "cuda":
        found["cuda"] = torch.cuda.get_rng_state(model.device)
    return found


def _noises(model: BaseAlgorithm) -> list[OrnsteinUhlenbeckActionNoise]:
    noise = model.action_noise
    every = noise.noises if isinstance(noise, VectorizedActionNoise) else [noise]
    return [one for one in every if isinstance(one, OrnsteinUhlenbeckActionNoise)]


def _noise_state(model: BaseAlgorithm) -> list[torch.Tensor]:
    return [torch.from_numpy(np.array(noise.noise_prev)) for noise in _noises(model)]


def _load_noise(model: BaseAlgorithm, saved: list[torch.Tensor]) -> None:
    for noise, value in zip(_noises(model), saved, strict=True):
        noise.noise_prev = value.numpy()


def _state_dependent_noise(model: BaseAlgorithm) -> Any:
    """Return the gSDE distribution, or None where exploration is another."""
    if not model.use_sde:
        return None
    actor = getattr(model, "actor", None) or model.policy
    return cast("Any", actor).action_dist


def _exploration_matrices(model: BaseAlgorithm) -> dict[str, torch.Tensor]:
    distribution = _state_dependent_noise(model)
    if distribution is None:
        return {}
    names = ("exploration_mat", "exploration_matrices")
    return {name: getattr(distribution, name).detach().cpu() for name in names}
