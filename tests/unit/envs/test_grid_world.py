"""The grid world plays by its own documentation."""

import math
from typing import Any

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from gymlab.envs.grid_world import GridWorldEnv
from gymlab.errors import InvalidInputError

UP, RIGHT, DOWN, LEFT = (np.int64(action) for action in range(4))


def make(**kwargs: Any) -> GridWorldEnv:
    """Make an open board of three by three unless told otherwise."""
    return GridWorldEnv(**{"size": 3, "walls": [], "traps": [], **kwargs})


def test_an_episode_to_the_goal() -> None:
    """Four moves, a little cost each, and one reward."""
    env = make()
    observation, info = env.reset(seed=0)
    assert (int(observation), info["distance_to_goal"]) == (0, 4)
    rewards = []
    for action in (RIGHT, RIGHT, DOWN, DOWN):
        observation, reward, terminated, truncated, info = env.step(action)
        rewards.append(reward)
        assert not truncated
    assert terminated
    assert int(observation) == 8
    assert info["termination"] == "goal"
    assert rewards == pytest.approx([-0.01, -0.01, -0.01, 0.99])


def test_a_trap_ends_the_episode() -> None:
    """The reason is told."""
    env = make(traps=[[0, 1]])
    env.reset(seed=0)
    _, reward, terminated, _, info = env.step(RIGHT)
    assert terminated
    assert info["termination"] == "trap"
    assert reward == pytest.approx(-1.01)


def test_a_wall_and_the_edge_stop_a_move() -> None:
    """The agent stays and pays for the timestep."""
    env = make(walls=[[0, 1]])
    env.reset(seed=0)
    for action in (UP, LEFT, RIGHT):
        observation, reward, terminated, _, _ = env.step(action)
        assert (int(observation), reward, terminated) == (0, -0.01, False)


def test_slipping_is_as_likely_as_documented() -> None:
    """With 0.5 half of the moves go straight and a quarter to each side."""
    env = make(size=9, start=[4, 4], slipperiness=0.5)
    counts = {"right": 0, "up": 0, "down": 0}
    env.reset(seed=1)
    for _ in range(4000):
        env.reset()
        observation, _, _, _, info = env.step(RIGHT)
        name = {41: "right", 31: "up", 49: "down"}[int(observation)]
        counts[name] += 1
        assert info["is_slip"] == (name != "right")
    # Five standard deviations of a binomial count: one false alarm in a million.
    assert counts["right"] == pytest.approx(2000, abs=160)
    assert counts["up"] == pytest.approx(1000, abs=140)


def test_a_fully_slippery_floor_never_goes_straight() -> None:
    """1 is allowed and means that every move slides."""
    env = make(size=9, start=[4, 4], slipperiness=1)
    env.reset(seed=1)
    for _ in range(50):
        env.reset()
        assert int(env.step(RIGHT)[0]) in {31, 49}


def test_the_same_seed_gives_the_same_episode() -> None:
    """Random starts and slips come from the seed alone."""
    episodes = []
    for _ in range(2):
        env = make(size=8, slipperiness=0.4, random_start=True)
        observation, _ = env.reset(seed=42)
        seen = [int(observation)]
        seen.extend(int(env.step(np.int64(step % 4))[0]) for step in range(100))
        episodes.append(seen)
    assert episodes[0] == episodes[1]


def test_random_starts_cover_the_board() -> None:
    """Every cell but the goal is drawn sooner or later."""
    env = make(random_start=True)
    env.reset(seed=3)
    assert {int(env.reset()[0]) for _ in range(300)} == set(range(8))


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"slipperiness": 2}, "slipperiness"),
        ({"slipperiness": -0.1}, "slipperiness"),
        ({"slipperiness": math.nan}, "slipperiness"),
        ({"slipperiness": math.inf}, "slipperiness"),
        ({"slipperiness": "wet"}, "slipperiness"),
        ({"slipperiness": True}, "slipperiness"),
        ({"goal_reward": math.inf}, "goal_reward"),
        ({"trap_reward": math.nan}, "trap_reward"),
        ({"step_reward": 1e9}, "step_reward"),
        ({"discount": 1.01}, "discount"),
        ({"reward": "dense"}, "reward"),
        ({"reward": None}, "reward"),
    ],
)
def test_an_impossible_argument_is_refused(arguments: dict[str, Any], field: str) -> None:
    """NaN and infinity are not numbers here."""
    with pytest.raises(InvalidInputError) as caught:
        make(**arguments)
    assert [problem.field for problem in caught.value.fields] == [f"env_kwargs.{field}"]


@pytest.mark.parametrize("reward", ["sparse", "shaped"])
def test_it_keeps_gymnasiums_contract_without_any_wrapper(reward: str) -> None:
    """The raw environment passes the checker with warnings as errors."""
    env = GridWorldEnv(reward=reward, slipperiness=0.2, random_start=True, render_mode="rgb_array")
    check_env(env, skip_render_check=True)


def test_shaping_pays_for_coming_nearer() -> None:
    """A step towards the goal is worth more than one away from it."""
    env = make(size=5, start=[2, 2], reward="shaped")
    env.reset(seed=0)
    towards = env.step(RIGHT)[1]
    away = env.step(LEFT)[1]
    assert towards > 0 > away
