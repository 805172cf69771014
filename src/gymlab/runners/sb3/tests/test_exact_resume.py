"""A run that continues from a checkpoint is bit for bit the run that was never interrupted."""

from typing import Any

import pytest

from gymlab.domain.events import EventType
from gymlab.runner_api.runner import Resume
from gymlab.runners.sb3.learner_state import STATE_FILE, from_bytes
from gymlab.runners.sb3.runner import RUNNER
from gymlab.runners.sb3.tests.recording_context import RecordingContext, make_spec
from gymlab.runners.sb3.tests.tensors import assert_same

_REPLAY: dict[str, Any] = {
    "buffer_size": 400,
    "batch_size": 16,
    "learning_starts": 60,
    "net_arch": [16],
    "gradient_steps": 1,
}
_ROLLOUT: dict[str, Any] = {"n_steps": 16, "num_envs": 3, "net_arch": [16]}
_PPO = _ROLLOUT | {"batch_size": 16, "n_epochs": 2, "learning_rate": "lin_0.001"}

CASES: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "ppo": ("ppo", "CartPole-v1", _PPO, 700),
    "ppo, normalised": ("ppo", "Pendulum-v1", _PPO | {"normalize": True}, 1500),
    "ppo, state-dependent noise": ("ppo", "Pendulum-v1", _PPO | {"use_sde": True}, 1000),
    "ppo, lander": ("ppo", "LunarLander-v3", _PPO, 900),
    "ppo, walker": ("ppo", "BipedalWalker-v3", _PPO, 900),
    "ppo, stacked pictures": (
        "ppo", "MiniGrid-Empty-5x5-v0", _PPO | {"frame_stack": 3}, 700,
    ),
    "a2c": ("a2c", "CartPole-v1", _ROLLOUT, 800),
    "a2c, normalised": ("a2c", "Pendulum-v1", _ROLLOUT | {"normalize": True}, 1400),
    "dqn": ("dqn", "CartPole-v1", _REPLAY | {"train_freq": 4, "target_update_interval": 70}, 800),
    "dqn, lander": ("dqn", "LunarLander-v3", _REPLAY | {"train_freq": 4}, 500),
    "dqn, frugal buffer": (
        "dqn", "CartPole-v1", _REPLAY | {"train_freq": 4, "optimize_memory_usage": True}, 800,
    ),
    "sac": ("sac", "Pendulum-v1", _REPLAY, 500),
    "sac, normalised": ("sac", "Pendulum-v1", _REPLAY | {"normalize": True, "use_sde": True}, 500),
    "td3": ("td3", "Pendulum-v1", _REPLAY | {"num_envs": 2, "action_noise_std": 0.1}, 500),
    "td3, coloured noise": (
        "td3", "Pendulum-v1", _REPLAY | {"action_noise": "ornstein-uhlenbeck"}, 500,
    ),
    "ddpg": ("ddpg", "Pendulum-v1", _REPLAY, 400),
    "trpo": ("trpo", "CartPole-v1", _ROLLOUT | {"batch_size": 16}, 500),
    "qrdqn": ("qrdqn", "CartPole-v1", _REPLAY | {"train_freq": 4, "n_quantiles": 8}, 600),
    "tqc": ("tqc", "Pendulum-v1", _REPLAY | {"n_quantiles": 5}, 300),
    "ars": ("ars", "CartPole-v1", {"n_delta": 1, "n_top": 1, "normalize": True}, 4000),
    "recurrent ppo": (
        "recurrent_ppo", "CartPole-v1", _PPO | {"lstm_hidden_size": 8, "num_envs": 2}, 400,
    ),
}  # fmt: skip
"""Name -> algorithm, environment, hyperparameters, timesteps."""


def _trained(spec: Any, **options: Any) -> RecordingContext:
    context = RecordingContext(spec, **options)
    RUNNER.train(context)
    return context


def _last_state(context: RecordingContext) -> dict[str, Any]:
    members = context.checkpoints[-1][1].durable
    state = from_bytes(STATE_FILE, members[STATE_FILE])
    others = {name: bytes(data) for name, data in members.items() if name != STATE_FILE}
    return {"state": state, "files": others}


@pytest.mark.parametrize("case", CASES)
def test_a_resumed_run_is_bit_identical(case: str) -> None:
    """Weights, optimizers, generators, episodes, rows and environments are all the same."""
    algorithm, env_id, settings, total = CASES[case]
    spec = make_spec(algorithm, env_id, total, **settings)
    whole = _trained(spec, checkpoint_every=total // 5)
    expected = _last_state(whole)
    assert len(whole.checkpoints) >= 4

    for (timestep, members), (num_episodes, num_rows) in list(
        zip(whole.checkpoints, whole.marks, strict=True)
    )[:-1:2]:
        point = Resume(timestep, num_episodes, 0, 0.0, {**members.durable, **members.transient})
        resumed = _trained(spec, resume=point, checkpoint_every=total // 5)

        assert resumed.episodes == whole.episodes[num_episodes:]
        assert resumed.rows == whole.rows[num_rows:]
        found = _last_state(resumed)
        assert_same(found["state"], expected["state"])
        assert found["files"] == expected["files"]
        assert not [event for event in resumed.events if event[0] is EventType.WARNING]


def test_checkpoints_change_nothing() -> None:
    """A run with many checkpoints ends as one with a single checkpoint at the end."""
    for algorithm, env_id, settings in (
        ("ppo", "CartPole-v1", _PPO),
        ("sac", "Pendulum-v1", _REPLAY),
    ):
        spec = make_spec(algorithm, env_id, 300, **settings)
        many, one = _trained(spec, checkpoint_every=1), _trained(spec)

        assert len(many.checkpoints) > len(one.checkpoints) == 1
        assert many.episodes == one.episodes
        assert many.rows == one.rows
        assert _last_state(many)["files"] == _last_state(one)["files"]
        assert_same(_last_state(many)["state"], _last_state(one)["state"])


def test_environments_that_arrive_elsewhere_begin_new_episodes() -> None:
    """It is said, the episodes are whole ones, and training goes on."""
    spec = make_spec("ppo", "CartPole-v1", 400, **_PPO)
    whole = _trained(spec, checkpoint_every=100)
    timestep, members = whole.checkpoints[0]
    durable = dict(members.durable)
    text = bytes(durable["environments.json"]).decode()
    durable["environments.json"] = text.replace('"digest":"', '"digest":"x', 1).encode()
    resumed = _trained(spec, resume=Resume(timestep, 0, 0, 0.0, durable))

    warnings = [text for kind, text in resumed.events if kind is EventType.WARNING]
    assert any("another observation" in text for text in warnings)
    assert resumed.counters.timestep >= 400
    assert sum(episode.episode_length for episode in resumed.episodes) <= 400 - timestep + 48
