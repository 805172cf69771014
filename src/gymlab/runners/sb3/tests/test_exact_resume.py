"""A run that continues from a checkpoint is bit for bit the run that was never interrupted."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from gymlab.domain.code import source_code
from gymlab.domain.events import EventType
from gymlab.runner_api.runner import Resume
from gymlab.runners.sb3 import runner
from gymlab.runners.sb3.learner_state import STATE_FILE, from_bytes
from gymlab.runners.sb3.replay_file import LARGEST_REPLAY_BYTES
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
REWARD = """
def reward_function(obs, action, next_obs, reward, terminated, truncated, info):
    return {"own": reward, "still": -abs(float(next_obs[0])), "late": 0.1 * (action == 1)}
"""
ARRAYS = """
def reward_function(obs, action):
    return {"still": -abs(obs[..., 0]), "late": 0.1 * (action == 1)}
"""
WRAPPERS = (
    {
        "id": "curriculum",
        "kwargs": {"option": "gravity", "begin": -3.0, "end": -10.0, "over_timesteps": 600},
    },
    {"id": "action_repeat", "kwargs": {"num_repeats": 2}},
    {"id": "sticky_actions", "kwargs": {"probability": 0.3}},
    {"id": "frame_stack", "kwargs": {"num_frames": 3}},
    {"id": "seeds", "kwargs": {"seeds": [3, 1, 4, 1, 5]}},
    {"id": "time_limit", "kwargs": {"max_episode_steps": 30}},
    {"id": "term_weight", "kwargs": {"term": "late", "over_timesteps": 500}},
    {"id": "scale_reward", "kwargs": {"factor": 0.5}},
)
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
    "ppo, own reward": (
        "ppo", "CartPole-v1", _PPO | {"reward_code": source_code(REWARD)}, 700,
    ),
    "ppo, reward of arrays": (
        "ppo", "CartPole-v1", _PPO | {"num_envs": 8, "reward_code": source_code(ARRAYS)}, 1400,
    ),
    "ppo, wrappers": (
        "ppo", "LunarLander-v3", _PPO | {"reward_code": source_code(REWARD), "wrappers": WRAPPERS}, 700,
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


QUICK = frozenset({
    "ppo, normalised", "ppo, own reward", "ppo, reward of arrays", "ppo, wrappers", "ppo, lander", "ppo, walker", "ppo, stacked pictures", "a2c", "dqn", "sac",
    "td3", "recurrent ppo", "ars",
})  # fmt: skip
"""What every run of the tests does; the others are marked slow."""


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=() if case in QUICK else pytest.mark.slow) for case in CASES],
)
def test_a_resumed_run_is_bit_identical(case: str) -> None:
    """Weights, optimizers, generators, episodes, rows and environments are all the same."""
    algorithm, env_id, settings, total = CASES[case]
    spec = make_spec(algorithm, env_id, total, **settings)
    whole = _trained(spec, checkpoint_every=total // 5)
    expected = _last_state(whole)
    assert len(whole.checkpoints) >= 3

    for (timestep, members), (num_episodes, num_rows) in list(
        zip(whole.checkpoints, whole.marks, strict=True)
    )[1:-1:2]:
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


@pytest.mark.parametrize(
    ("algorithm", "env_id", "settings"),
    [("ppo", "CartPole-v1", _PPO), ("sac", "Pendulum-v1", _REPLAY)],
)
def test_a_changed_learning_rate_is_kept_by_a_resume(
    algorithm: str, env_id: str, settings: dict[str, Any]
) -> None:
    """It is used from the next update on, said, stored at once, and continues exactly."""
    spec = make_spec(algorithm, env_id, 500, **settings)
    context = RecordingContext(spec)
    context.changes = {200: {"learning_rate": 0.02, "gamma": 0.5}}
    RUNNER.train(context)
    (timestep, members), (num_episodes, num_rows) = context.checkpoints[0], context.marks[0]
    point = Resume(timestep, num_episodes, 0, 0.0, {**members.durable, **members.transient})
    resumed = _trained(spec, resume=point)

    texts = [text for kind, text in context.events if kind is EventType.HYPERPARAMETER_CHANGED]
    assert len(texts) == 1
    assert texts[0].endswith("to 0.02")
    assert 200 <= timestep < 300
    rates = [row[2]["optim/learning_rate"] for row in context.rows[num_rows:]]
    assert set(rates[1:]) == {0.02}
    assert resumed.rows == context.rows[num_rows:]
    assert _last_state(resumed)["files"] == _last_state(context)["files"]


def test_a_linear_schedule_replaces_the_initial_value() -> None:
    """What is left of the budget decides the rate, as if it had been so from the beginning."""
    spec = make_spec("a2c", "CartPole-v1", 480, **_ROLLOUT)
    context = RecordingContext(spec)
    context.changes = {240: {"learning_rate": "lin_0.1"}}
    RUNNER.train(context)
    timestep, _, metrics, _ = context.rows[-1]

    assert metrics["optim/learning_rate"] == pytest.approx(0.1 * (1 - timestep / 480), abs=0.011)


def test_the_largest_kept_buffer_is_what_the_manifest_says() -> None:
    """The server tells people from the manifest what training does."""
    manifest = tomllib.loads((Path(runner.__file__).parent / "runner.toml").read_text())
    limits = {
        item["memory"]["largest_saved_bytes"]
        for item in manifest["algorithms"]
        if "buffer_size_field" in item.get("memory", {})
    }

    assert limits == {LARGEST_REPLAY_BYTES}
