"""What a zip of Stable-Baselines3 says of the policy in it, read without opening a pickle.

The zip's `data` is JSON in which whatever is no JSON stands as base64 of a pickle, with the plain
values of the object beside it. Loading it runs those pickles; here only the plain values are read.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from pydantic import ValidationError

from gymlab.domain.runs import MAX_TOTAL_TIMESTEPS
from gymlab.errors import InvalidInputError, ModelRefusedError
from gymlab.runner_api.archives import ArchiveRules, member_names, read_archive
from gymlab.runner_api.model_files import ForeignModel
from gymlab.runners.sb3.config import CONFIGS, parse_config

FORMAT = "sb3-zip"
DATA, POLICY, OWN = "data", "policy.pth", "gymlab.json"
NORMALISATION = "normalization.safetensors"
_VERSION = "_stable_baselines3_version"
_ALLOWED = frozenset({
    DATA,
    POLICY,
    OWN,
    NORMALISATION,
    _VERSION,
    "system_info.txt",
    "pytorch_variables.pth",
})
_OPTIMIZER = re.compile(r"^[a-z_.]{1,40}optimizer\.pth$")
_MAX_DATA_BYTES = 16 * 1024 * 1024
_SERIALIZED, _TYPE = ":serialized:", ":type:"

_KNOWN_POLICY_ARGUMENTS = frozenset({
    "net_arch", "activation_fn", "ortho_init", "log_std_init", "use_sde", "full_std", "use_expln",
    "n_critics", "n_quantiles", "lstm_hidden_size", "n_lstm_layers", "shared_lstm",
    "enable_critic_lstm", "with_bias", "squash_output", "optimizer_class", "optimizer_kwargs",
})  # fmt: skip
_STANDARD = {
    "share_features_extractor": {"True", "False"},
    "normalize_images": {"True"},
    "features_extractor_class": {"FlattenExtractor", "NatureCNN", "CombinedExtractor"},
    "features_extractor_kwargs": {"{}"},
}
"""Arguments that may stand there, but only with what our own networks have."""
_ACTIVATIONS = {
    "Tanh": "tanh",
    "ReLU": "relu",
    "ELU": "elu",
    "LeakyReLU": "leaky_relu",
    "SiLU": "silu",
    "GELU": "gelu",
}
_CLASS_NAME = re.compile(r"^<class '[\w.]*?(\w+)'>$")
NORMALISATION_NOTE = (
    "The file holds no statistics of observations. If it was trained with VecNormalize, it acts "
    "without them, and badly: Stable-Baselines3 keeps them in a pickle beside the zip, which is "
    "never opened."
)


def looks_like_model(content: bytes | memoryview) -> bool:
    """Tell whether a file has the two members that every saved model has."""
    return {DATA, POLICY} <= member_names(content)


def open_model(content: bytes | memoryview) -> dict[str, bytes]:
    """Return the members of a saved model.

    Raises:
        ModelRefusedError: It is damaged, too large, or holds what does not belong there.
    """
    members = read_archive(content, ArchiveRules(_is_allowed))
    for name in (DATA, POLICY):
        if name not in members:
            raise ModelRefusedError(f"The file has no {name}.")
    return members


def describe_model(content: bytes | memoryview) -> ForeignModel:
    """Read what a saved model says of itself.

    Raises:
        ModelRefusedError: Its plain values are not enough to build the policy.
    """
    members = open_model(content)
    data = _object(DATA, members[DATA])
    own = _object(OWN, members[OWN]) if OWN in members else {}
    algorithm = _algorithm(data)
    values = own.get("hyperparameters") if own else _hyperparameters(algorithm, data)
    if not isinstance(values, dict):
        raise ModelRefusedError(f"{OWN} names no hyperparameters.")
    try:
        config = parse_config(algorithm, cast("dict[str, Any]", values))
    except InvalidInputError as error:
        raise ModelRefusedError(f"The policy cannot be built here: {error.detail}") from error
    env_id, env_kwargs = own.get("env_id"), own.get("env_kwargs")
    return ForeignModel(
        algorithm=algorithm,
        hyperparameters=config.model_dump(),
        timestep=_timestep(data),
        env_id=env_id if isinstance(env_id, str) else None,
        env_kwargs=cast("dict[str, Any]", env_kwargs) if isinstance(env_kwargs, dict) else {},
        versions=_versions(members),
        notes=() if own else (NORMALISATION_NOTE,),
    )


def _is_allowed(name: str) -> bool:
    return name in _ALLOWED or _OPTIMIZER.fullmatch(name) is not None


def _object(name: str, content: bytes) -> dict[str, Any]:
    if len(content) > _MAX_DATA_BYTES:
        raise ModelRefusedError(f"{name} is over {_MAX_DATA_BYTES // 1024**2} MB.")
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelRefusedError(f"{name} is no JSON that can be read.") from error
    if not isinstance(document, dict):
        raise ModelRefusedError(f"{name} is no JSON object.")
    return cast("dict[str, Any]", document)


def _algorithm(data: Mapping[str, Any]) -> str:
    """Tell the algorithm by the settings that only it has."""
    signs = (
        ("n_delta", "ars"),
        ("cg_max_steps", "trpo"),
        ("top_quantiles_to_drop_per_net", "tqc"),
        ("clip_range", "recurrent_ppo" if _is_recurrent(data) else "ppo"),
        ("gae_lambda", "a2c"),
        ("target_entropy", "sac"),
        ("policy_delay", "ddpg" if _policy_arguments(data).get("n_critics") == 1 else "td3"),
        ("exploration_fraction", "qrdqn" if _is_quantile(data) else "dqn"),
    )
    for setting, algorithm in signs:
        if setting in data:
            return algorithm
    raise ModelRefusedError(
        "The file does not say which algorithm it was trained by.",
        hint=f"These are read: {', '.join(CONFIGS)}.",
    )


def _is_recurrent(data: Mapping[str, Any]) -> bool:
    return "_last_lstm_states" in data or "recurrent" in _of_policy(data, "__module__")


def _is_quantile(data: Mapping[str, Any]) -> bool:
    return "n_quantiles" in data or "qrdqn" in _of_policy(data, "__module__")


def _of_policy(data: Mapping[str, Any], name: str) -> str:
    """Return a plain attribute of the policy's class."""
    declared = data.get("policy_class")
    found = cast("dict[str, Any]", declared).get(name) if isinstance(declared, dict) else ""
    return found if isinstance(found, str) else ""


def _policy_arguments(data: Mapping[str, Any]) -> dict[str, Any]:
    given = data.get("policy_kwargs")
    values = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    return {name: value for name, value in values.items() if name not in {_SERIALIZED, _TYPE}}


def _hyperparameters(algorithm: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is plain and allowed here; what is neither keeps its default."""
    fields = CONFIGS[algorithm].model_fields
    found: dict[str, Any] = {}
    for name in fields:
        value = data.get(name)
        if isinstance(value, bool | int | float | str) and _is_valid(algorithm, name, value):
            found[name] = value
    num_envs = data.get("n_envs")
    if isinstance(num_envs, int) and _is_valid(algorithm, "num_envs", num_envs):
        found["num_envs"] = num_envs
    found["normalize"] = False
    return found | _network(algorithm, data)


def _is_valid(algorithm: str, name: str, value: object) -> bool:
    try:
        CONFIGS[algorithm].model_validate({name: value})
    except ValidationError:
        return False
    return True


def _network(algorithm: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what decides the network; refuse what would need the file's own code."""
    fields = CONFIGS[algorithm].model_fields
    found: dict[str, Any] = {}
    for name, value in _policy_arguments(data).items():
        if name in _STANDARD:
            _require_standard(name, value)
        elif name not in _KNOWN_POLICY_ARGUMENTS:
            raise ModelRefusedError(
                f"The policy was made with {name[:80]!r}, which cannot be rebuilt from plain values."
            )
        elif name == "net_arch":
            found |= _layers(value)
        elif name == "activation_fn":
            found[name] = _activation(value)
        elif name in fields:
            found[name] = value
    if algorithm == "ars" and "policy" in fields:
        is_linear = "Linear" in _of_policy(data, "__doc__")
        found["policy"] = "LinearPolicy" if is_linear else "MlpPolicy"
    return {name: value for name, value in found.items() if name in fields}


def _require_standard(name: str, value: object) -> None:
    matched = _CLASS_NAME.match(str(value))
    shown = matched[1] if matched else str(value)
    if shown not in _STANDARD[name]:
        raise ModelRefusedError(
            f"The policy was made with {name} = {shown[:80]}, which cannot be rebuilt here.",
            hint="Only networks of Stable-Baselines3 itself are read.",
        )


def _layers(value: object) -> dict[str, object]:
    """Return the hidden layers of the policy, and those of the values where they are others."""
    items = cast("list[object]", value) if isinstance(value, list) else []
    # Before Stable-Baselines3 1.8 the table stood in a list.
    (table,) = items if len(items) == 1 else [cast("object", value)]
    if not isinstance(table, dict):
        return {"net_arch": value}
    parts = cast("dict[str, object]", table)
    critic = next((name for name in ("vf", "qf") if name in parts), "vf")
    if set(parts) != {"pi", critic}:
        raise ModelRefusedError(
            f"Its layers cannot be rebuilt here: {str(parts)[:80]}.",
            hint="Layers of a policy `pi` and of values `vf` or `qf` are read.",
        )
    if parts["pi"] == parts[critic]:
        return {"net_arch": parts["pi"]}
    return {"net_arch": parts["pi"], "net_arch_value": parts[critic]}


def _activation(value: object) -> str:
    matched = _CLASS_NAME.match(str(value))
    known = _ACTIVATIONS.get(matched[1]) if matched else None
    if known is None:
        raise ModelRefusedError(
            f"The activation function {str(value)[:80]} is not known here.",
            hint=f"These are: {', '.join(_ACTIVATIONS)}.",
        )
    return known


def _timestep(data: Mapping[str, Any]) -> int:
    value = data.get("num_timesteps")
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return min(max(value, 0), MAX_TOTAL_TIMESTEPS) if is_count and isinstance(value, int) else 0


def _versions(members: Mapping[str, bytes]) -> dict[str, str]:
    text = members.get(_VERSION, b"")[:40].decode("ascii", errors="replace").strip()
    return {"stable-baselines3": text} if re.fullmatch(r"[0-9][0-9A-Za-z.+-]*", text) else {}
