"""Zips of Stable-Baselines3: what is read acts the same, and nothing in them runs."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

import base64
import io
import json
import os
import pickle
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from safetensors.numpy import save
from sb3_contrib import ARS, QRDQN, TQC, TRPO, RecurrentPPO
from stable_baselines3 import A2C, DDPG, DQN, PPO, SAC, TD3
from stable_baselines3.common.base_class import BaseAlgorithm

from gymlab.domain.runs import RunSpec
from gymlab.errors import ModelRefusedError
from gymlab.runner_api.archives import MAX_RATIO
from gymlab.runners.sb3.acting import load_actor
from gymlab.runners.sb3.model_weights import read_model, write_model
from gymlab.runners.sb3.model_zip import NORMALISATION_NOTE, describe_model, looks_like_model

CARTPOLE, PENDULUM = "CartPole-v1", "Pendulum-v1"
MODELS: dict[str, tuple[type[Any], str, str, dict[str, Any]]] = {
    "ppo": (PPO, "MlpPolicy", CARTPOLE, {"n_steps": 16, "batch_size": 16}),
    "ppo_wide": (
        PPO,
        "MlpPolicy",
        CARTPOLE,
        {"n_steps": 16, "batch_size": 16, "policy_kwargs": {
            "net_arch": {"pi": [32, 16], "vf": [32, 16]}, "activation_fn": torch.nn.ELU,
        }},
    ),
    "ppo_two_networks": (
        PPO,
        "MlpPolicy",
        CARTPOLE,
        {"n_steps": 16, "batch_size": 16, "policy_kwargs": {
            "net_arch": {"pi": [16], "vf": [32, 8]},
        }},
    ),
    "sac_two_networks": (
        SAC,
        "MlpPolicy",
        PENDULUM,
        {"buffer_size": 100, "policy_kwargs": {"net_arch": {"pi": [16], "qf": [32, 8]}}},
    ),
    "ppo_sde": (PPO, "MlpPolicy", PENDULUM, {"n_steps": 16, "batch_size": 16, "use_sde": True}),
    "a2c": (A2C, "MlpPolicy", CARTPOLE, {}),
    "dqn": (DQN, "MlpPolicy", CARTPOLE, {"buffer_size": 100, "policy_kwargs": {"net_arch": [8]}}),
    "sac": (SAC, "MlpPolicy", PENDULUM, {"buffer_size": 100}),
    "td3": (TD3, "MlpPolicy", PENDULUM, {"buffer_size": 100}),
    "ddpg": (DDPG, "MlpPolicy", PENDULUM, {"buffer_size": 100}),
    "trpo": (TRPO, "MlpPolicy", CARTPOLE, {"n_steps": 16, "batch_size": 16}),
    "qrdqn": (QRDQN, "MlpPolicy", CARTPOLE, {"buffer_size": 100}),
    "tqc": (TQC, "MlpPolicy", PENDULUM, {"buffer_size": 100}),
    "ars": (ARS, "LinearPolicy", PENDULUM, {}),
    "recurrent_ppo": (
        RecurrentPPO, "MlpLstmPolicy", CARTPOLE, {"n_steps": 16, "batch_size": 16}
    ),
}  # fmt: skip


class Bomb:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self._path),)


def saved(name: str) -> tuple[BaseAlgorithm, bytes]:
    """Return a model with random weights and the zip that it saves."""
    algorithm, policy, env_id, options = MODELS[name]
    model = algorithm(policy, env_id, seed=3, device="cpu", **options)
    model.num_timesteps = 1234
    stream = io.BytesIO()
    model.save(stream)
    return model, stream.getvalue()


def spec_of(name: str, content: bytes, **changes: Any) -> RunSpec:
    """Return the specification of a run for what a file says."""
    described = describe_model(content)
    values: dict[str, Any] = {
        "run_id": "0" * 12,
        "env_id": MODELS[name][2],
        "runner": "sb3",
        "algorithm": described.algorithm,
        "hyperparameters": dict(described.hyperparameters),
        "total_timesteps": 1,
        "seed": 0,
    }
    return RunSpec.model_validate(values | changes)


def changed(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Return a zip with other members."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return stream.getvalue()


def with_weights(content: bytes, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """Return a zip with other weights."""

    def replace(members: dict[str, bytes]) -> None:
        state = torch.load(io.BytesIO(members["policy.pth"]), weights_only=True)
        stream = io.BytesIO()
        torch.save(change(dict(state)), stream)
        members["policy.pth"] = stream.getvalue()

    return changed(content, replace)


@pytest.mark.parametrize("name", list(MODELS))
def test_a_saved_model_acts_the_same_after_reading(name: str) -> None:
    """256 of 256 actions are identical, whatever the algorithm."""
    model, content = saved(name)
    assert looks_like_model(content)
    described = describe_model(content)
    assert (described.algorithm, described.timestep) == (
        re.split("_wide|_sde|_two", name)[0],
        1234,
    )
    assert described.notes == (NORMALISATION_NOTE,)
    spec = spec_of(name, content)
    actor = load_actor(spec, read_model(spec, content))
    env = gymnasium.make(spec.env_id)
    env.observation_space.seed(0)
    state = None
    for index in range(256):
        observation = env.observation_space.sample()
        expected, state = model.predict(
            observation, state=state, episode_start=np.array([index == 0]), deterministic=True
        )
        np.testing.assert_array_equal(actor.act(observation, deterministic=True), expected)


@pytest.mark.parametrize("name", ["ppo", "sac", "recurrent_ppo"])
def test_what_is_written_is_read_by_the_library_and_by_us(name: str, tmp_path: Path) -> None:
    """A zip of ours is one of Stable-Baselines3, and comes back as the same files."""
    _, content = saved(name)
    spec = spec_of(name, content)
    members = read_model(spec, content)
    written = write_model(spec, members, timestep=77)
    path = tmp_path / "model.zip"
    path.write_bytes(written)
    loaded = MODELS[name][0].load(path, device="cpu")
    assert loaded.num_timesteps == 77
    described = describe_model(written)
    assert (described.env_id, described.timestep, described.notes) == (spec.env_id, 77, ())
    assert described.hyperparameters == spec.hyperparameters
    assert read_model(spec, written) == members


def test_statistics_of_observations_travel_along() -> None:
    """The normalisation is a member of its own that the library does not look at."""
    _, content = saved("ppo")
    spec = spec_of("ppo", content)
    spec = spec.model_copy(update={"hyperparameters": {**spec.hyperparameters, "normalize": True}})
    statistics = save({"observation.mean": np.ones(4), "observation.var": np.full(4, 2.0)})
    members = {**read_model(spec, content), "normalization.safetensors": statistics}
    written = write_model(spec, members, timestep=1)
    assert read_model(spec, written) == members


def test_pickles_in_the_settings_do_not_run(tmp_path: Path) -> None:
    """Only the plain values beside a pickle are read."""
    _, content = saved("ppo")
    mark = tmp_path / "ran"

    def poison(members: dict[str, bytes]) -> None:
        data = json.loads(members["data"])
        bomb = base64.b64encode(pickle.dumps(Bomb(mark))).decode()
        for key in ("policy_class", "lr_schedule", "observation_space", "policy_kwargs"):
            data[key] = {":type:": "<class 'object'>", ":serialized:": bomb}
        data["innocent"] = {":serialized:": bomb}
        members["data"] = json.dumps(data).encode()

    poisoned = changed(content, poison)
    spec = spec_of("ppo", poisoned)
    assert "policy.safetensors" in read_model(spec, poisoned)
    assert not mark.exists()


@pytest.mark.parametrize("legacy", [False, True])
def test_pickles_in_the_weights_do_not_run(tmp_path: Path, *, legacy: bool) -> None:
    """Weights that bring code along are refused unopened, in the new form and in the old one."""
    _, content = saved("ppo")
    mark = tmp_path / "ran"

    def poison(members: dict[str, bytes]) -> None:
        stream = io.BytesIO()
        torch.save({"x": Bomb(mark)}, stream, _use_new_zipfile_serialization=not legacy)
        members["policy.pth"] = stream.getvalue()

    poisoned = changed(content, poison)
    with pytest.raises(ModelRefusedError):
        read_model(spec_of("ppo", poisoned), poisoned)
    assert not mark.exists()


def test_a_member_that_does_not_belong_there_is_refused() -> None:
    """Names are compared with a list, so that no path leads anywhere."""
    _, content = saved("ppo")
    for name in ("../../evil.py", "/etc/passwd", "code.py", "vecnormalize.pkl", "a/policy.pth"):
        with pytest.raises(ModelRefusedError, match="does not belong"):
            describe_model(
                changed(content, lambda members, name=name: members.update({name: b"x"}))
            )


def test_bombs_are_refused_before_they_are_unpacked() -> None:
    """Sizes are judged by the directory, in the zip and in the weights inside it."""
    _, content = saved("ppo")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data", b" " * (MAX_RATIO * 2**20))
        archive.writestr("policy.pth", b"x")
    with pytest.raises(ModelRefusedError, match="never shrink so much"):
        describe_model(stream.getvalue())
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data/0", b"\0" * 2**22)
    bomb = changed(content, lambda members: members.update({"policy.pth": inner.getvalue()}))
    with pytest.raises(ModelRefusedError, match="compressed"):
        read_model(spec_of("ppo", bomb), bomb)


def test_weights_of_another_network_are_refused() -> None:
    """More, fewer or other arrays are no policy of this specification."""
    _, content = saved("ppo")
    spec = spec_of("ppo", content)
    _, wide = saved("ppo_wide")
    with pytest.raises(ModelRefusedError, match="another network"):
        read_model(spec, wide)
    with pytest.raises(ModelRefusedError, match="another network"):
        read_model(spec_of("ppo", content, env_id="Acrobot-v1"), content)
    missing = with_weights(
        content, lambda state: {k: v for k, v in state.items() if "value" not in k}
    )
    with pytest.raises(ModelRefusedError, match="another network"):
        read_model(spec, missing)


def test_arrays_larger_than_their_data_are_refused() -> None:
    """A view with strides of 0 would fill the memory once it is copied."""
    _, content = saved("ppo")
    huge = torch.zeros(1).expand(2**20, 2**20)
    grown = with_weights(content, lambda state: {**state, "action_net.weight": huge})
    with pytest.raises(ModelRefusedError, match="larger than its data"):
        read_model(spec_of("ppo", content), grown)


def test_networks_that_need_the_files_own_code_are_refused() -> None:
    """What cannot be built of plain values is said, not guessed."""
    _, content = saved("ppo")

    def with_argument(name: str, value: object) -> bytes:
        def change(members: dict[str, bytes]) -> None:
            data = json.loads(members["data"])
            data["policy_kwargs"] = {":serialized:": "", name: value}
            members["data"] = json.dumps(data).encode()

        return changed(content, change)

    for name, value in (
        ("features_extractor_class", "<class '__main__.MyNet'>"),
        ("net_arch", {"pi": [8], "vf": [16], "extra": [8]}),
        ("net_arch", {"pi": [8], "vf": "wide"}),
        ("net_arch", [{"pi": [8]}, {"vf": [8]}]),
        ("activation_fn", "<class '__main__.Mine'>"),
        ("mystery", 1),
        ("net_arch", ["x"]),
    ):
        with pytest.raises(ModelRefusedError):
            describe_model(with_argument(name, value))


def test_damaged_files_are_refused() -> None:
    """Truncations always fail; flipped bits fail or change nothing that matters, and never crash."""
    _, content = saved("ppo")
    spec = spec_of("ppo", content)
    assert not looks_like_model(b"")
    assert not looks_like_model(b"PK\x03\x04 no zip")
    for length in range(0, len(content), max(1, len(content) // 40)):
        with pytest.raises(ModelRefusedError):
            read_model(spec, content[:length])
    generator = np.random.default_rng(0)
    for _ in range(60):
        flipped = bytearray(content)
        flipped[int(generator.integers(len(content)))] ^= 1 << int(generator.integers(8))
        try:
            describe_model(bytes(flipped))
            read_model(spec, bytes(flipped))
        except ModelRefusedError:
            continue
