"""What cannot be trained is said before anything starts, with a way out."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

from typing import Any

import pytest
from gymnasium import spaces

from gymlab.runners.sb3.problems import find_problems, read_manifest, space_problems
from gymlab.runners.sb3.runner import RUNNER
from gymlab.runners.sb3.tests.recording_context import make_spec


def test_a_wrong_action_space_names_the_algorithms_that_fit() -> None:
    """DQN cannot act continuously; SAC can."""
    (problem,) = find_problems(make_spec("dqn", "Pendulum-v1"))

    assert "DQN does not work with actions of the kind Box(1)" in problem
    assert "SAC" in problem
    assert "QR-DQN" not in problem.partition("Algorithms that fit")[2]


@pytest.mark.parametrize("algorithm", ["sac", "td3", "ddpg", "tqc"])
def test_continuous_algorithms_refuse_discrete_actions(algorithm: str) -> None:
    """And name PPO."""
    (problem,) = find_problems(make_spec(algorithm, "CartPole-v1"))

    assert "PPO" in problem


@pytest.mark.parametrize(
    ("algorithm", "env_id", "settings", "word"),
    [
        ("ppo", "CartPole-v1", {"n_steps": 1}, "n_steps x num_envs"),
        ("ppo", "CartPole-v1", {"batch_size": 1}, "batch_size"),
        ("ppo", "CartPole-v1", {"use_sde": True}, "discrete actions"),
        ("ppo", "CartPole-v1", {"frame_stack": 4}, "frame_stack"),
        ("a2c", "CartPole-v1", {"n_steps": 1, "normalize_advantage": True}, "n_steps x num_envs"),
        ("trpo", "CartPole-v1", {"n_steps": 2, "sub_sampling_factor": 4}, "sub_sampling_factor"),
        ("recurrent_ppo", "CartPole-v1", {"n_steps": 33, "batch_size": 32}, "last minibatch"),
        ("recurrent_ppo", "CartPole-v1", {"shared_lstm": True}, "enable_critic_lstm"),
        ("dqn", "CartPole-v1", {"num_envs": 2, "train_freq_unit": "episode"}, "num_envs is 2"),
        ("dqn", "CartPole-v1", {"num_envs": 8, "buffer_size": 4}, "buffer_size"),
        ("dqn", "CartPole-v1", {"n_steps": 3, "optimize_memory_usage": True}, "n_steps"),
        ("tqc", "Pendulum-v1", {"n_quantiles": 2}, "top_quantiles_to_drop_per_net"),
        ("ars", "CartPole-v1", {"n_delta": 2, "n_top": 3}, "n_top"),
        ("ppo", "CartPole-v1", {"learning_rat": 1}, "learning_rat"),
        ("ppo", "CartPole-v1", {"batch_size": 0}, "batch_size = 0"),
        ("ppo", "CartPole-v9", {}, "CartPole-v9"),
        ("pppo", "CartPole-v1", {}, "pppo"),
    ],
)
def test_settings_that_would_fail_are_named(
    algorithm: str, env_id: str, settings: dict[str, Any], word: str
) -> None:
    """One sentence with the setting in it."""
    problems = RUNNER.problems(make_spec(algorithm, env_id, **settings))

    assert len(problems) == 1
    assert word in problems[0]


def test_a_replay_buffer_that_cannot_fit_names_the_size_that_would() -> None:
    """Ten million transitions of 376 numbers do not fit into any small machine."""
    spec = make_spec("dqn", "CarRacing-v3", env_kwargs={"continuous": False}, buffer_size=10**7)

    (problem,) = find_problems(spec)

    assert "GB" in problem
    fitting = int(problem.split("buffer_size = ")[1].split(" would")[0].replace(",", ""))
    assert 0 < fitting < 10**7
    smaller = spec.model_copy(update={"hyperparameters": {"buffer_size": fitting // 2}})
    assert find_problems(smaller) == []


@pytest.mark.parametrize(
    ("observed", "acted", "word"),
    [
        (spaces.Box(-1, 1, (3,)), spaces.Box(-float("inf"), float("inf"), (1,)), "bounds"),
        (spaces.Box(-1, 1, (3,)), spaces.Discrete(3, start=1), "begin at 0"),
        (spaces.Discrete(3, start=1), spaces.Discrete(3), "begin at 0"),
        (spaces.Box(-1, 1, (0,)), spaces.Discrete(3), "without any numbers"),
        (spaces.Dict({"a": spaces.Dict({})}), spaces.Discrete(3), "inside"),
        (spaces.Text(5), spaces.Discrete(3), "observations of the kind"),
        (spaces.Box(-1, 1, (3,)), spaces.Dict({}), "No algorithm here fits"),
    ],
)
def test_unusable_spaces_are_explained(
    observed: spaces.Space[Any], acted: spaces.Space[Any], word: str
) -> None:
    """Also those that no environment of the catalogue has."""
    assert any(word in problem for problem in space_problems("ppo", observed, acted))


def test_every_described_algorithm_is_in_the_manifest() -> None:
    """The manifest, the schemas and the classes speak of the same algorithms."""
    manifest = read_manifest()

    assert [item.id for item in manifest.algorithms] == list(RUNNER.describe())
    assert "resume_exact" in manifest.capabilities
    assert RUNNER.versions().keys() >= {"stable-baselines3", "sb3-contrib", "torch", "gymnasium"}
    for item in manifest.algorithms:
        fields = RUNNER.describe()[item.id]["properties"]
        memory = item.memory
        for name in (memory.buffer_size_field, memory.rollout_length_field, memory.num_envs_field):
            assert name is None or name in fields, (item.id, name)
