"""Runs that continue, runs that begin with another's policy, and files that do not fit."""

from typing import Any

import pytest
import torch
from safetensors.torch import load as load_tensors

from gymlab.agents.learner import STATE_FILE, TENSORS_FILE
from gymlab.agents.remembering import REPLAY_FILE
from gymlab.domain.events import EventType
from gymlab.errors import TrainingFailedError
from gymlab.runner_api.rehearsal import RehearsalContext
from gymlab.runners.native.runner import RUNNER
from gymlab.runners.native.tests.rehearsing import DQN, PPO, make_spec, trained
from gymlab.runners.native.tests.rehearsing import settings as changed

_MEMORY = {"layers": [{"type": "dense", "units": 8}, {"type": "lstm", "units": 8}]}
_LIGHTER = {
    "layers": [{"type": "gru", "units": 8}],
    "critic_layers": [{"type": "dense", "units": 8}, {"type": "lstm", "units": 4}],
}
_NOISY = {"layers": [{"type": "dense", "units": 8}, {"type": "dropout", "rate": 0.2}]}
CASES: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "ppo": ("ppo", "CartPole-v1", PPO, 700),
    "ppo, normalised": ("ppo", "Pendulum-v1", PPO | {"normalize": True}, 1500),
    "ppo, dropout": ("ppo", "CartPole-v1", PPO | {"network": _NOISY}, 600),
    "ppo, memory": ("ppo", "CartPole-v1", PPO | {"network": _MEMORY, "num_envs": 2}, 500),
    "ppo, memories apart": ("ppo", "CartPole-v1", PPO | {"network": _LIGHTER, "num_envs": 2}, 500),
    "ppo, lander": ("ppo", "LunarLander-v3", PPO, 900),
    "dqn": ("dqn", "CartPole-v1", DQN, 800),
    "dqn, prioritised": (
        "dqn", "CartPole-v1", DQN | {"prioritized_replay": True, "n_steps": 3, "dueling": True}, 600,
    ),
    "dqn, two environments": (
        "dqn", "CartPole-v1", DQN | {"num_envs": 2, "double_q": True, "normalize": True}, 600,
    ),
}  # fmt: skip
"""Name -> algorithm, environment, hyperparameters, timesteps."""


def _files(context: RehearsalContext) -> dict[str, bytes]:
    members = context.record.checkpoints[-1].members
    return {name: bytes(data) for name, data in {**members.durable, **members.transient}.items()}


@pytest.mark.parametrize("case", CASES)
def test_a_resumed_run_is_bit_identical(case: str) -> None:
    """Every file of the last checkpoint, every episode and every row is the same."""
    algorithm, env_id, settings, total = CASES[case]
    spec = make_spec(algorithm, env_id, total, **settings)
    whole = trained(spec, checkpoint_every=total // 4)
    assert len(whole.record.checkpoints) >= 3
    for point in whole.record.checkpoints[:-1:2]:
        resumed = trained(spec, resume=point.resume(), checkpoint_every=total // 4)
        assert resumed.record.episodes == whole.record.episodes[point.episodes :]
        rows = resumed.record.metrics
        assert rows == whole.record.metrics[len(whole.record.metrics) - len(rows) :]
        assert _files(resumed) == _files(whole)
        assert not [text for kind, text in resumed.record.events if kind is EventType.WARNING]


@pytest.mark.parametrize(("algorithm", "settings"), [("ppo", PPO), ("dqn", DQN)])
def test_a_run_that_died_after_its_last_checkpoint_says_nothing_twice(
    algorithm: str, settings: dict[str, Any]
) -> None:
    """Its rows and episodes are there already; resumed, it only ends."""
    spec = make_spec(algorithm, total_timesteps=300, **settings)
    whole = trained(spec)
    last = whole.record.checkpoints[-1]
    assert last.timestep >= 300
    resumed = trained(spec, resume=last.resume())
    record = resumed.record
    assert (record.metrics, record.episodes, record.checkpoints) == ([], [], [])


@pytest.mark.parametrize(("algorithm", "settings"), [("ppo", PPO), ("dqn", DQN)])
def test_checkpoints_change_nothing(algorithm: str, settings: dict[str, Any]) -> None:
    """Many or one: the run ends the same."""
    spec = make_spec(algorithm, total_timesteps=300, **settings)
    assert _files(trained(spec, checkpoint_every=1)) == _files(trained(spec))


@pytest.mark.parametrize(("algorithm", "settings"), [("ppo", PPO), ("dqn", DQN)])
def test_a_changed_learning_rate_is_used_said_and_kept(
    algorithm: str, settings: dict[str, Any]
) -> None:
    """From the next update on, in a checkpoint taken at once, and after a resume."""
    spec = make_spec(algorithm, total_timesteps=600, **settings)
    context = RehearsalContext(spec)
    context.changes = {"learning_rate": 0.02, "gamma": 0.5}
    RUNNER.train(context)
    first = context.record.checkpoints[0]
    resumed = trained(spec, resume=first.resume())
    texts = [
        text for kind, text in context.record.events if kind is EventType.HYPERPARAMETER_CHANGED
    ]
    assert len(texts) == 1
    assert texts[0].endswith("to 0.02")
    assert context.record.metrics[-1]["optim/learning_rate"] == 0.02
    assert _files(resumed) == _files(context)


@pytest.mark.parametrize(("algorithm", "settings"), [("ppo", PPO), ("dqn", DQN)])
def test_the_weights_come_and_the_rest_is_new(algorithm: str, settings: dict[str, Any]) -> None:
    """With a learning rate near zero the policy stays what it was."""
    normalised = changed(settings, normalize=True)
    spec = make_spec(algorithm, total_timesteps=256, **normalised)
    members = trained(spec).record.checkpoints[-1].members.durable
    still = make_spec(algorithm, total_timesteps=96, **changed(normalised, learning_rate=1e-12))
    context = trained(still, initial_policy=members)
    weights = load_tensors(_files(context)["policy.safetensors"])
    for name, tensor in load_tensors(bytes(members["policy.safetensors"])).items():
        torch.testing.assert_close(weights[name], tensor, atol=1e-6, rtol=0)


def test_another_network_is_refused_with_both_shapes() -> None:
    """The sentence names what is there and what is here."""
    members = trained(make_spec("ppo", **PPO)).record.checkpoints[-1].members.durable
    wider = {"layers": [{"type": "dense", "units": 24, "activation": "tanh"}]}
    with pytest.raises(TrainingFailedError) as caught:
        trained(make_spec("ppo", **changed(PPO, network=wider)), initial_policy=members)
    assert "trunk.0 16x4" in caught.value.detail
    assert "trunk.0 24x4" in caught.value.detail


@pytest.mark.parametrize("name", [STATE_FILE, TENSORS_FILE, "policy.safetensors"])
@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff" * 64])
def test_damaged_checkpoints_are_refused(name: str, content: bytes | None) -> None:
    """With a sentence, never with a traceback of the library."""
    spec = make_spec("ppo", total_timesteps=512, **PPO)
    point = trained(make_spec("ppo", total_timesteps=48, **PPO)).record.checkpoints[-1].resume()
    members = {key: data for key, data in point.members.items() if key != name}
    if content is not None:
        members[name] = content
    damaged = type(point)(point.timestep, 0, 0, 0.0, members)
    with pytest.raises(TrainingFailedError):
        trained(spec, resume=damaged)


def test_without_its_memory_a_run_fills_it_again() -> None:
    """It is said, and learning waits."""
    spec = make_spec("dqn", total_timesteps=400, **DQN)
    point = trained(make_spec("dqn", total_timesteps=200, **DQN)).record.checkpoints[-1].resume()
    members = {key: data for key, data in point.members.items() if key != REPLAY_FILE}
    resumed = trained(spec, resume=type(point)(point.timestep, 0, 0, 0.0, members))
    assert any("fill it" in text for _, text in resumed.record.events)
    assert resumed.counters.timestep >= 400


def test_environments_that_arrive_elsewhere_begin_new_episodes() -> None:
    """It is said, and training goes on."""
    for algorithm, settings in (("ppo", PPO), ("dqn", DQN)):
        spec = make_spec(algorithm, total_timesteps=400, **settings)
        small = make_spec(algorithm, total_timesteps=200, **settings)
        point = trained(small).record.checkpoints[-1].resume()
        members = dict(point.members)
        text = bytes(members["environments.json"]).decode()
        members["environments.json"] = text.replace('"digest":"', '"digest":"x', 1).encode()
        resumed = trained(spec, resume=type(point)(point.timestep, 0, 0, 0.0, members))
        assert any(kind is EventType.WARNING for kind, _ in resumed.record.events)
        assert resumed.counters.timestep >= 400
