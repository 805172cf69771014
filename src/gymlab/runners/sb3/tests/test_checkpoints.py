"""Checkpoints: complete, plain data, and never run when read."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false
# ruff: noqa: ARG002 - environments have the arguments of Gymnasium

import io
import pickle
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3.common.vec_env import VecNormalize

from gymlab.errors import TrainingFailedError
from gymlab.runner_api.runner import Resume
from gymlab.runners.sb3 import callback
from gymlab.runners.sb3.building import build_model
from gymlab.runners.sb3.config import parse_config
from gymlab.runners.sb3.interaction import load_interaction
from gymlab.runners.sb3.learner_state import (
    durable_members,
    from_bytes,
    load_generators,
    load_learner,
    to_bytes,
)
from gymlab.runners.sb3.replay_file import REPLAY_FILE, load_replay, replay_members
from gymlab.runners.sb3.runner import RUNNER
from gymlab.runners.sb3.tests.recording_context import RecordingContext, make_spec
from gymlab.runners.sb3.tests.tensors import assert_same
from gymlab.runners.sb3.vector_env import build_vector_env
from gymlab.runners.sb3.weights import ObservationNormaliser, load_policy, policy_members


def small_model(algorithm: str, env_id: str = "Pendulum-v1", **settings: Any) -> Any:
    """Return an algorithm of the library on a small environment."""
    replay = {"buffer_size": 64, "batch_size": 8, "learning_starts": 8, "net_arch": [8]}
    if algorithm in {"sac", "td3", "dqn"}:
        settings = replay | settings
    config = parse_config(algorithm, settings)
    env = build_vector_env(lambda _: gym.make(env_id), config, config.num_envs)
    model, _ = build_model(algorithm, config, env, seed=3, device="cpu")
    return model


@pytest.mark.parametrize(
    ("algorithm", "settings"),
    [
        ("ppo", {"n_steps": 16, "batch_size": 16, "n_epochs": 1, "normalize": True}),
        ("ppo", {"n_steps": 16, "batch_size": 16, "n_epochs": 1, "use_sde": True}),
        ("recurrent_ppo", {"n_steps": 16, "batch_size": 16, "n_epochs": 1, "lstm_hidden_size": 4}),
        ("sac", {"use_sde": True, "normalize": True}),
        ("td3", {"action_noise": "ornstein-uhlenbeck", "num_envs": 2}),
        ("sac", {"ent_coef": 0.1}),
    ],
)
def test_a_state_survives_saving_and_loading(algorithm: str, settings: dict[str, Any]) -> None:
    """Every tensor, counter, optimizer and generator comes back in a fresh algorithm."""
    model = small_model(algorithm, **settings)
    model.learn(32)
    saved = durable_members(model, {"gradient_steps": 5, "reported_at": 7})
    fresh = small_model(algorithm, **settings)
    state = load_learner(fresh, saved)
    load_interaction(fresh, state["interaction"])
    load_generators(fresh, state)
    again = durable_members(fresh, {"gradient_steps": 5, "reported_at": 7})

    assert again.keys() == saved.keys()
    assert again["policy.safetensors"] == saved["policy.safetensors"]
    assert again.get("normalization.safetensors") == saved.get("normalization.safetensors")
    assert_same(
        from_bytes("state.pt", saved["state.pt"]), from_bytes("state.pt", again["state.pt"])
    )


def test_random_numbers_continue_where_they_were() -> None:
    """torch, NumPy, Python and the action space give the same next numbers."""
    model = small_model("sac")
    model.learn(16)
    members = durable_members(model, {})

    def draw(algorithm: Any) -> list[Any]:
        sample = algorithm.action_space.sample().tolist()
        of_numpy = np.random.rand(2).tolist()  # noqa: NPY002 - what the library draws from
        return [torch.rand(2).tolist(), of_numpy, sample]

    expected = draw(model)
    other = small_model("sac")
    load_generators(other, load_learner(other, members))

    assert draw(other) == expected


def test_only_the_filled_part_of_a_replay_buffer_is_saved() -> None:
    """And it comes back at the same place, full or not."""
    for timesteps in (24, 100):
        model = small_model("dqn", "CartPole-v1")
        model.learn(timesteps)
        buffer = model.replay_buffer
        members = replay_members(buffer)
        other = small_model("dqn", "CartPole-v1").replay_buffer
        load_replay(other, members)
        filled = min(timesteps, 64)

        assert (other.pos, other.full) == (buffer.pos, buffer.full)
        for name in (
            "observations",
            "next_observations",
            "actions",
            "rewards",
            "dones",
            "timeouts",
        ):
            assert (getattr(other, name)[:filled] == getattr(buffer, name)[:filled]).all()
        arrays = from_bytes(REPLAY_FILE, members[REPLAY_FILE])["arrays"]
        assert {len(array) for array in arrays.values()} == {filled}


def test_replay_buffers_of_dictionaries_are_saved() -> None:
    """Each part of the observation has its own array."""

    class Parts(gym.Env[Any, Any]):
        observation_space = spaces.Dict({"a": spaces.Box(-1, 1, (2,)), "b": spaces.Discrete(3)})
        action_space = spaces.Discrete(2)

        def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
            super().reset(seed=seed)
            self.observation_space.seed(seed)
            return self.observation_space.sample(), {}

        def step(self, action: Any) -> Any:
            return self.observation_space.sample(), 1.0, False, False, {}

    config = parse_config(
        "dqn", {"buffer_size": 64, "learning_starts": 8, "batch_size": 4, "normalize": True}
    )
    env = build_vector_env(lambda _: Parts(), config, 1)
    model: Any = build_model("dqn", config, env, seed=0, device="cpu")[0]
    model.learn(20)
    arrays = from_bytes(REPLAY_FILE, replay_members(model.replay_buffer)[REPLAY_FILE])["arrays"]
    normalise = ObservationNormaliser(policy_members(model), clip_obs=10.0)
    observation = {"a": np.array([5.0, -5.0], np.float32), "b": 1}
    expected = model.get_vec_normalize_env().normalize_obs(observation)

    assert {"observations/a", "observations/b", "next_observations/a"} <= arrays.keys()
    assert (normalise(observation)["a"] == expected["a"]).all()
    assert normalise(observation)["b"] == 1


def test_large_replay_buffers_are_left_out_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once per run; the run that continues fills the buffer again before it learns."""
    monkeypatch.setattr(callback, "LARGEST_REPLAY_BYTES", 100)
    settings: dict[str, Any] = {
        "buffer_size": 500,
        "learning_starts": 32,
        "batch_size": 8,
        "net_arch": [8],
    }
    spec = make_spec("dqn", total_timesteps=200, **settings)
    context = RecordingContext(spec, checkpoint_every=50)
    RUNNER.train(context)
    timestep, members = context.checkpoints[0]
    continued = RecordingContext(spec, resume=Resume(timestep, 0, 0, 0.0, members.durable))
    RUNNER.train(continued)

    assert len([m for _, m in context.events if "replay buffer" in m]) == 1
    assert all(not members.transient for _, members in context.checkpoints)
    assert any("fill it" in message for _, message in continued.events)
    first_report = continued.rows[0]
    assert first_report[0] >= timestep + 32


class Bomb:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> Any:
        """Return what a naive reader would call."""
        return (print, ("a pickle was executed",))


@pytest.mark.parametrize("name", ["state.pt", "replay_buffer.pt"])
def test_files_with_code_are_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a bare pickle nor one inside an archive of torch is executed."""
    archive = io.BytesIO()
    torch.save({"format": 1, "counters": Bomb()}, archive)
    for data in (pickle.dumps(Bomb()), archive.getvalue(), b"", b"PK\x03\x04 torn"):
        with pytest.raises(TrainingFailedError, match=name):
            from_bytes(name, data)

    assert "executed" not in capsys.readouterr().out


def test_damaged_files_are_refused_or_still_right() -> None:
    """Cut or altered anywhere, a file gives a sentence, never another kind of error."""
    model = small_model("ppo", net_arch=[2], normalize=True)
    whole = durable_members(model, {})
    generator = np.random.default_rng(0)
    details = [
        read_damaged(model, {**whole, name: damaged(data, generator)}, name)
        for name, data in whole.items()
        for _ in range(60)
    ]
    refusals = [detail for detail in details if detail is not None]

    assert len(refusals) > 30
    assert all("another" in text or "cannot be read" in text for text in refusals)


def damaged(data: bytes, generator: np.random.Generator) -> bytes:
    """Cut a file off or alter one byte of it."""
    torn = bytearray(data)
    position = int(generator.integers(len(torn)))
    if generator.random() < 0.3:
        return bytes(torn[:position])
    torn[position] ^= int(generator.integers(1, 256))
    return bytes(torn)


def read_damaged(model: Any, members: dict[str, bytes], name: str) -> str | None:
    """Return the sentence with which a file is refused, or None where it can be read."""
    try:
        if name == "state.pt":
            from_bytes(name, members[name])
        else:
            load_policy(model.policy, members)
            ObservationNormaliser(members, clip_obs=1.0)
    except TrainingFailedError as error:
        return error.detail
    return None


@pytest.mark.parametrize("missing", ["policy.safetensors", "state.pt"])
def test_incomplete_checkpoints_are_refused(missing: str) -> None:
    """The message names the file."""
    model = small_model("ppo")
    members = durable_members(model, {})
    del members[missing]

    with pytest.raises(TrainingFailedError, match=missing):
        load_learner(model, members)


def test_checkpoints_of_another_network_are_refused() -> None:
    """A shape that differs is an error, not a half-loaded policy."""
    members = durable_members(small_model("ppo", net_arch=[8]), {})

    with pytest.raises(TrainingFailedError, match="another shape"):
        load_learner(small_model("ppo", net_arch=[16]), members)


def test_another_format_is_refused() -> None:
    """A later version may store something else."""
    with pytest.raises(TrainingFailedError, match="format"):
        from_bytes("state.pt", to_bytes({"format": 99}))


def test_shared_networks_are_stored_once() -> None:
    """The convolutions that policy and value function share appear under one name."""

    class Pictures(gym.Env[Any, Any]):
        observation_space = spaces.Box(0, 255, (40, 40, 1), np.uint8)
        action_space = spaces.Discrete(2)

        def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
            return np.zeros((40, 40, 1), np.uint8), {}

    config = parse_config("ppo", {"n_steps": 2, "batch_size": 2})
    env = build_vector_env(lambda _: Pictures(), config, 1)
    model, _ = build_model("ppo", config, env, seed=0, device="cpu")
    other, _ = build_model("ppo", config, env, seed=1, device="cpu")
    num_parameters = sum(parameter.numel() for parameter in model.policy.parameters())
    members = durable_members(model, {})
    load_learner(other, members)

    assert len(members["policy.safetensors"]) < 4 * num_parameters * 1.1
    assert_same(dict(model.policy.state_dict()), dict(other.policy.state_dict()))


@pytest.mark.parametrize("clip_obs", [10.0, 0.5])
def test_observations_are_normalised_as_in_training(clip_obs: float) -> None:
    """To the last bit, for any observation."""
    model = small_model("ppo", n_steps=32, batch_size=32, normalize=True, clip_obs=clip_obs)
    model.learn(64)
    normalise = ObservationNormaliser(policy_members(model), clip_obs=clip_obs)
    trained: VecNormalize = model.get_vec_normalize_env()
    generator = np.random.default_rng(0)
    for _ in range(20):
        observation = generator.normal(scale=5, size=3).astype(np.float32)
        assert (normalise(observation) == trained.normalize_obs(observation)).all()


def test_a_recurrent_policy_remembers_within_an_episode_only() -> None:
    """The same observations after a reset give the same actions; the memory matters between."""
    spec = make_spec(
        "recurrent_ppo",
        "Pendulum-v1",
        total_timesteps=64,
        n_steps=32,
        batch_size=32,
        n_epochs=1,
        lstm_hidden_size=8,
    )
    context = RecordingContext(spec)
    RUNNER.train(context)
    actor = RUNNER.load_actor(spec, context.checkpoints[-1][1].durable)
    observation = np.array([0.5, 0.5, 1.0], np.float32)
    first = [actor.act(observation, deterministic=True).item() for _ in range(3)]
    actor.reset()
    second = [actor.act(observation, deterministic=True).item() for _ in range(3)]

    assert first == second
    assert len(set(first)) == 3
