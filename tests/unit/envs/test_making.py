"""`make_env` makes what the catalogue lists and refuses everything else with a reason."""

from typing import Any

import numpy as np
import pytest

from gymlab.envs.making import listed_environments, make_env, resolve_env_id
from gymlab.errors import DependencyMissingError, EnvironmentNotFoundError, InvalidInputError


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        ("CartPole-v1", "CartPole-v1"),
        ("CartPole-v0", "CartPole-v1"),
        ("LunarLander-v2", "LunarLander-v3"),
        ("LunarLanderContinuous-v2", "LunarLanderContinuous-v3"),
        ("LunarLanderContinuous-v3", "LunarLanderContinuous-v3"),
        ("Taxi-v3", "Taxi-v4"),
        ("CliffWalking-v0", "CliffWalking-v1"),
        ("Hopper-v4", "Hopper-v5"),
        ("BipedalWalker-v2", "BipedalWalker-v3"),
    ],
)
def test_current_and_older_ids_are_made(asked: str, made: str) -> None:
    """An older id makes the environment that replaced it."""
    env = make_env(asked)
    assert env.spec is not None
    assert env.spec.id == made
    assert (resolve_env_id(asked).notice is None) == (asked == made)
    env.close()


@pytest.mark.parametrize(
    "env_id",
    [
        "",
        "Nope-v0",
        "os:system-v0",
        "gymlab.envs.grid_world:GridWorldEnv",
        "CartPole-v9",
        "x" * 10_000,
        "phys2d/CartPole-v1",
        "GymV21Environment-v0",
        "../CartPole-v1",
        "CartPole-v1\x00",
    ],
)
def test_an_id_outside_the_catalogue_is_not_found(env_id: str) -> None:
    """No module is imported and no message repeats ten thousand characters."""
    with pytest.raises(EnvironmentNotFoundError) as caught:
        make_env(env_id)
    assert len(caught.value.detail) < 300


def test_an_unknown_id_gets_the_closest_ones() -> None:
    """A typing mistake is answered with what was meant."""
    with pytest.raises(EnvironmentNotFoundError) as caught:
        make_env("LunarLandr-v3")
    assert "LunarLander-v3" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("env_id", "kwargs", "field"),
    [
        ("CartPole-v1", {"gravity": 3}, "gravity"),
        ("LunarLander-v3", {"gravity": 5.0}, "gravity"),
        ("FrozenLake-v1", {"map_name": "99x99"}, "map_name"),
        ("FrozenLake-v1", {"desc": ["SFX"]}, "desc"),
        ("FrozenLake-v1", {"desc": ["SF", "G"]}, "desc"),
        ("FrozenLake-v1", {"desc": ["SF"]}, "desc"),
        ("FrozenLake-v1", {"desc": ["FG"]}, "desc"),
        ("FrozenLake-v1", {"desc": ["SG" * 100]}, "desc"),
        ("FrozenLake-v1", {"desc": 5}, "desc"),
        ("Hopper-v5", {"xml_file": "/etc/passwd"}, "xml_file"),
        ("Hopper-v5", {"frame_skip": 0}, "frame_skip"),
        ("MiniGrid-DoorKey-5x5-v0", {"size": 1}, "size"),
        ("MiniGrid-DoorKey-5x5-v0", {"size": 2}, "size"),
        ("MiniGrid-Empty-5x5-v0", {"agent_start_pos": [99, 99]}, "agent_start_pos"),
        ("MiniGrid-Empty-5x5-v0", {"observation": "smell"}, "observation"),
        ("ALE/Pong-v5", {"mode": 77}, "mode"),
        ("ALE/Pong-v5", {"game": "breakout"}, "game"),
        ("CartPole-v1", {"max_episode_steps": 0}, "max_episode_steps"),
        ("CartPole-v1", {"max_episode_steps": -1}, "max_episode_steps"),
        ("gymlab/GridWorld-v0", {"size": 10_000}, "size"),
    ],
)
def test_an_argument_that_is_refused_is_named(
    env_id: str, kwargs: dict[str, Any], field: str
) -> None:
    """The problem belongs to the field that caused it."""
    with pytest.raises(InvalidInputError) as caught:
        make_env(env_id, kwargs)
    assert f"env_kwargs.{field}" in {problem.field for problem in caught.value.fields}


def test_arguments_change_the_environment() -> None:
    """What is set is what is made."""
    env = make_env("LunarLander-v3", {"continuous": True, "max_episode_steps": 7})
    assert env.action_space.shape == (2,)
    assert env.spec is not None
    assert env.spec.max_episode_steps == 7


def test_a_time_limit_truncates() -> None:
    """The cliff has no limit of its own, and a poor policy would walk for ever."""
    env = make_env("CliffWalking-v1", {"max_episode_steps": 3})
    env.reset(seed=0)
    ends = [env.step(np.int64(0))[3] for _ in range(3)]
    assert ends == [False, False, True]


def test_the_same_seed_gives_the_same_episode() -> None:
    """Two environments with one seed cannot be told apart."""
    first, second = make_env("LunarLander-v3"), make_env("LunarLander-v3")
    for env in (first, second):
        env.action_space.seed(5)
    observations = [[env.reset(seed=4)[0]] for env in (first, second)]
    for seen, env in zip(observations, (first, second), strict=True):
        seen.extend(env.step(env.action_space.sample())[0] for _ in range(50))
    np.testing.assert_array_equal(observations[0], observations[1])


def test_nothing_is_written_into_the_working_folder(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MuJoCo's compiler would leave its log wherever the process stands."""
    monkeypatch.chdir(tmp_path)
    make_env("HalfCheetah-v5").close()
    assert list(tmp_path.iterdir()) == []


def test_a_level_that_cannot_be_made_says_why() -> None:
    """It is known, so the answer is not "not found"."""
    with pytest.raises(DependencyMissingError, match="pattern pictures"):
        make_env("MiniGrid-WFC-MazeSimple-v0")


def test_the_catalogue_has_every_family() -> None:
    """Nothing that is installed is forgotten."""
    families = {environment.family.id for environment in listed_environments().values()}
    assert families == {
        "gymlab",
        "classic-control",
        "toy-text",
        "box2d",
        "mujoco",
        "atari",
        "minigrid",
    }


def test_a_level_prints_nothing_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """A run's log belongs to the run."""
    env = make_env("BabyAI-GoToLocal-v0")
    for seed in range(30):
        env.reset(seed=seed)
    assert capsys.readouterr().out == ""
    env.close()
