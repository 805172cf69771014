"""Runs that continue, that begin with another's policy, and files that do not fit."""

from typing import Any

import pytest
import torch
from safetensors.torch import load as load_tensors

from gymlab.agents.learner import STATE_FILE, TENSORS_FILE
from gymlab.domain.events import EventType
from gymlab.errors import TrainingFailedError
from gymlab.runner_api.rehearsal import RehearsalContext
from gymlab.runners.turbo.runner import RUNNER
from gymlab.runners.turbo.tests.rehearsing import DQN, PPO, SAC, make_spec, settings, trained

NORMALISED = {"normalize": True}
CASES: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "ppo": ("ppo", "CartPole-v1", PPO, 800),
    "ppo, normalised": ("ppo", "MountainCarContinuous-v0", PPO | NORMALISED, 900),
    "ppo, game": ("ppo", "gymlab/Snake-v0", PPO, 900),
    "ppo, Python": ("ppo", "FrozenLake-v1", PPO, 900),
    "ppo, uneven": ("ppo", "CartPole-v1", PPO | {"batch_size": 20}, 800),
    "dqn": ("dqn", "CartPole-v1", DQN, 800),
    "dqn, options": (
        "dqn",
        "CartPole-v1",
        DQN | {"num_envs": 2, "double_q": True, "dueling": True, "n_steps": 3} | NORMALISED,
        800,
    ),
    "dqn, Python": ("dqn", "FrozenLake-v1", DQN | {"n_steps": 3, "tau": 0.1}, 600),
    "sac": ("sac", "MountainCarContinuous-v0", SAC, 600),
}
"""Name -> algorithm, environment, hyperparameters, timesteps."""


def _files(context: RehearsalContext) -> dict[str, bytes]:
    members = context.record.checkpoints[-1].members
    return {name: bytes(data) for name, data in {**members.durable, **members.transient}.items()}


@pytest.mark.parametrize("case", CASES)
def test_a_resumed_run_is_bit_identical(case: str) -> None:
    """Every file of the last checkpoint, every episode and every row is the same."""
    algorithm, env_id, values, total = CASES[case]
    spec = make_spec(algorithm, env_id, total, checkpoint_every_timesteps=total // 6, **values)
    whole = trained(spec, checkpoint_every=total // 6)
    # A rehearsal evaluates once, in the middle of its budget.
    points = [point for point in whole.record.checkpoints if point.timestep < total // 2]
    assert len(points) >= 2
    for point in points:
        resumed = trained(spec, resume=point.resume(), checkpoint_every=total // 6)
        assert resumed.record.episodes == whole.record.episodes[point.episodes :]
        rows = resumed.record.metrics
        assert rows == whole.record.metrics[len(whole.record.metrics) - len(rows) :]
        assert _files(resumed) == _files(whole)
        assert not [text for kind, text in resumed.record.events if kind is EventType.WARNING]


@pytest.mark.parametrize(
    ("algorithm", "env_id", "values"),
    [
        ("ppo", "CartPole-v1", PPO),
        ("dqn", "CartPole-v1", DQN),
        ("sac", "MountainCarContinuous-v0", SAC),
    ],
)
def test_how_often_it_is_saved_changes_nothing(
    algorithm: str, env_id: str, values: dict[str, Any]
) -> None:
    """Many checkpoints or one: the run ends the same."""
    spec = make_spec(algorithm, env_id, 400, checkpoint_every_timesteps=100, **values)
    often = trained(spec, checkpoint_every=1)
    assert len(often.record.checkpoints) > 3
    assert _files(often) == _files(trained(spec))


def test_a_changed_learning_rate_is_used_said_and_kept() -> None:
    """From the next update on, in a checkpoint taken at once, and after a resume."""
    spec = make_spec("ppo", total_timesteps=600, **PPO)
    context = RehearsalContext(spec)
    context.changes = {"learning_rate": 0.02, "gamma": 0.5}
    RUNNER.train(context)
    first = context.record.checkpoints[0]
    resumed = trained(spec, resume=first.resume())
    texts = [
        text for kind, text in context.record.events if kind is EventType.HYPERPARAMETER_CHANGED
    ]
    assert [text[-7:] for text in texts] == ["to 0.02"]
    assert context.record.metrics[-1]["optim/learning_rate"] == 0.02
    assert _files(resumed) == _files(context)


@pytest.mark.parametrize(
    ("algorithm", "env_id", "values"),
    [
        ("ppo", "CartPole-v1", PPO),
        ("dqn", "CartPole-v1", DQN),
        ("sac", "MountainCarContinuous-v0", SAC),
    ],
)
def test_the_weights_come_and_the_rest_is_new(
    algorithm: str, env_id: str, values: dict[str, Any]
) -> None:
    """With a learning rate near zero the policy stays what it was, number for number."""
    normalised = values | NORMALISED
    members = trained(make_spec(algorithm, env_id, **normalised)).record.checkpoints[-1].members
    still = make_spec(algorithm, env_id, 96, **settings(normalised, learning_rate=1e-12))
    weights = load_tensors(
        _files(trained(still, initial_policy=members.durable))["policy.safetensors"]
    )
    for name, tensor in load_tensors(bytes(members.durable["policy.safetensors"])).items():
        torch.testing.assert_close(weights[name], tensor, atol=1e-6, rtol=0)


def test_another_network_is_refused_with_both_shapes() -> None:
    """The sentence names what is there and what is here."""
    members = trained(make_spec("ppo", **PPO)).record.checkpoints[-1].members.durable
    wider = {"layers": [{"type": "dense", "units": 24, "activation": "tanh"}]}
    with pytest.raises(TrainingFailedError) as caught:
        trained(make_spec("ppo", **settings(PPO, network=wider)), initial_policy=members)
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


def test_falling_back_to_python_is_said_with_the_reason() -> None:
    """In the event log, once."""
    said = [text for _, text in trained(make_spec("ppo", "FrozenLake-v1", 96, **PPO)).record.events]
    assert any("stepped by Gymnasium, because it has no compiled form" in text for text in said)
    said = [text for _, text in trained(make_spec("ppo", total_timesteps=96, **PPO)).record.events]
    assert not any("Gymnasium" in text for text in said)


def test_an_update_ends_where_the_policy_moved_too_far() -> None:
    """With a tiny target_kl hardly a step is taken; without one all are."""
    free = trained(make_spec("ppo", total_timesteps=240, **PPO)).record.gradient_steps[-1]
    tied = trained(
        make_spec("ppo", total_timesteps=240, **settings(PPO, target_kl=1e-9, learning_rate=0.1))
    ).record.gradient_steps[-1]
    assert free == 5 * 2 * 3
    assert tied < free / 2
