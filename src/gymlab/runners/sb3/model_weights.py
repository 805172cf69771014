"""Weights of a zip of Stable-Baselines3 -> a policy that we built ourselves, and back."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

import io
import json
import pickle
import warnings
import zipfile
from collections.abc import Mapping
from typing import cast

import torch
from stable_baselines3.common.base_class import BaseAlgorithm

from gymlab.domain.runs import RunSpec
from gymlab.errors import ModelRefusedError
from gymlab.runner_api.archives import ArchiveRules, read_archive
from gymlab.runner_api.runner import Members
from gymlab.runners.sb3.acting import SMALLEST_BUFFERS, make_env
from gymlab.runners.sb3.building import build_model
from gymlab.runners.sb3.config import parse_config
from gymlab.runners.sb3.model_zip import NORMALISATION, OWN, POLICY, open_model
from gymlab.runners.sb3.vector_env import build_vector_env
from gymlab.runners.sb3.weights import NORMALISATION_FILE, load_policy, policy_members

_MAX_TENSORS = 4096
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def read_model(spec: RunSpec, content: bytes | memoryview) -> dict[str, bytes]:
    """Build the policy of a specification and fill it with the file's weights.

    Raises:
        ModelRefusedError: The weights are damaged, not plain, or those of another network.
    """
    files = open_model(content)
    tensors = _tensors(files[POLICY])
    model = _untrained(spec)
    _fill(model.policy, tensors)
    members = policy_members(model)
    if NORMALISATION in files:
        members[NORMALISATION_FILE] = files[NORMALISATION]
    return members


def write_model(spec: RunSpec, members: Members, *, timestep: int) -> bytes:
    """Return a zip that `load` of Stable-Baselines3 reads, with our own description beside."""
    model = _untrained(spec)
    load_policy(model.policy, members)
    model.num_timesteps = timestep
    written = io.BytesIO()
    model.save(written)
    own = {
        "env_id": spec.env_id,
        "env_kwargs": spec.env_kwargs,
        "algorithm": spec.algorithm,
        "hyperparameters": spec.hyperparameters,
    }
    with zipfile.ZipFile(written, "a") as archive:
        archive.writestr(zipfile.ZipInfo(OWN, _FIXED_TIME), json.dumps(own))
        if NORMALISATION_FILE in members:
            info = zipfile.ZipInfo(NORMALISATION, _FIXED_TIME)
            archive.writestr(info, bytes(members[NORMALISATION_FILE]))
    return written.getvalue()


def _untrained(spec: RunSpec) -> BaseAlgorithm:
    config = parse_config(spec.algorithm, spec.hyperparameters)
    small = {name: value for name, value in SMALLEST_BUFFERS.items() if hasattr(config, name)}
    config = config.model_copy(update=small)
    vector_env = build_vector_env(lambda _: make_env(spec, render_mode=None), config, 1)
    try:
        with warnings.catch_warnings():
            return build_model(spec.algorithm, config, vector_env, seed=0, device="cpu")[0]
    except (AssertionError, ValueError, TypeError) as error:
        raise ModelRefusedError(
            f"The policy cannot be built for {spec.env_id}: {str(error)[:200]}"
        ) from error
    finally:
        vector_env.close()


def _tensors(content: bytes) -> dict[str, torch.Tensor]:
    # torch's own format is a zip of its own, whose members it unpacks without a limit.
    rules = ArchiveRules(lambda _: True, max_members=_MAX_TENSORS, may_be_compressed=False)
    read_archive(content, rules)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loaded = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError, TypeError,
            AttributeError, IndexError, OSError) as error:  # fmt: skip
        raise ModelRefusedError(
            f"{POLICY} holds more than plain weights or is damaged; it was not opened.",
            hint="Weights are read without running anything that a file brings along.",
        ) from error
    if not isinstance(loaded, Mapping):
        raise ModelRefusedError(f"{POLICY} is no table of weights.")
    found = cast("Mapping[object, object]", loaded)
    return {_name(name): _plain(name, tensor) for name, tensor in found.items()}


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise ModelRefusedError(f"{POLICY} is no table of weights.")
    return name


def _plain(name: object, tensor: object) -> torch.Tensor:
    if not isinstance(tensor, torch.Tensor) or tensor.layout is not torch.strided:
        raise ModelRefusedError(f"{str(name)[:80]!r} in {POLICY} is no plain array.")
    if tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes():
        raise ModelRefusedError(f"{str(name)[:80]!r} in {POLICY} is larger than its data.")
    return tensor


def _fill(policy: torch.nn.Module, tensors: dict[str, torch.Tensor]) -> None:
    try:
        policy.load_state_dict(tensors, strict=True)
    except RuntimeError as error:
        lines = [line.strip() for line in str(error).splitlines()[1:3]]
        raise ModelRefusedError(
            f"The weights are those of another network. {' '.join(lines)[:400]}",
            hint="Choose the environment that it was trained in, and its algorithm.",
        ) from error
