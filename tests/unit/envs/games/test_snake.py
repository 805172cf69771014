"""Snake plays by its own documentation."""

import json
import math
from typing import Any

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from gymlab.envs.games.snake import SnakeEnv
from gymlab.envs.making import make_env
from gymlab.errors import InvalidInputError

UP, RIGHT, DOWN, LEFT = (np.int64(action) for action in range(4))


def begun(**kwargs: Any) -> SnakeEnv:
    """Make a board of five by five and begin an episode; the snake is at (2, 2), heading right."""
    env = SnakeEnv(**{"size": 5, **kwargs})
    env.reset(seed=0)
    return env


def put_apple(env: SnakeEnv, row: int, column: int) -> None:
    """Let the only apple be in this cell."""
    env.apples = [row * env.rules.size + column]


def test_it_eats_and_grows_one_move_later() -> None:
    """The reward comes at once, the cell with the next move."""
    env = begun()
    put_apple(env, 2, 3)
    _, reward, terminated, _, info = env.step(RIGHT)
    assert (reward, terminated) == (1.0, False)
    assert info["events"] == {"step": 1.0, "apple": 1.0}
    assert len(env.body) == 3
    env.step(UP)
    assert len(env.body) == 4


def test_it_runs_into_a_wall() -> None:
    """The reason is told, and the snake stays where it was."""
    env = begun()
    for _ in range(2):
        env.step(RIGHT)
    put_apple(env, 0, 0)
    _, reward, terminated, truncated, info = env.step(RIGHT)
    assert (reward, terminated, truncated) == (-1.0, True, False)
    assert info["termination"] == "wall"
    assert info["events"] == {"step": 1.0, "died": 1.0}
    assert env.render_state()["snake"][0] == [2, 4]


def test_it_wraps_where_told_so() -> None:
    """Leaving on the right enters on the left."""
    env = begun(wrap=True)
    put_apple(env, 0, 2)
    for _ in range(3):
        _, _, terminated, _, _ = env.step(RIGHT)
        assert not terminated
    assert env.render_state()["snake"][0] == [2, 0]


def test_it_bites_itself() -> None:
    """Around in a circle of four cells, five cells long."""
    env = begun(growth=2)
    put_apple(env, 2, 3)
    env.step(RIGHT)
    put_apple(env, 0, 0)
    for action in (DOWN, LEFT):
        env.step(action)
    assert env.step(UP)[4]["termination"] == "self"


def test_it_may_follow_its_own_tail() -> None:
    """The cell that the tail leaves is free."""
    env = begun(growth=1)
    put_apple(env, 2, 3)
    env.step(RIGHT)
    put_apple(env, 0, 0)
    for action in (DOWN, LEFT, UP, RIGHT, DOWN):
        assert not env.step(action)[2]


def test_it_cannot_turn_back() -> None:
    """The action against its heading is no action."""
    env = begun()
    env.step(LEFT)
    assert env.render_state()["snake"][0] == [2, 3]


def test_it_starves() -> None:
    """After `max_hunger` timesteps without an apple."""
    env = begun(wrap=True, max_hunger=10)
    put_apple(env, 0, 0)
    infos = [env.step(RIGHT) for _ in range(10)]
    assert [each[2] for each in infos] == [False] * 9 + [True]
    assert infos[-1][4]["termination"] == "starvation"
    assert infos[-1][1] == -1.0


def test_a_full_board_is_won() -> None:
    """No cell is left for an apple."""
    env = begun()
    put_apple(env, 2, 3)
    env.obstacles = frozenset(set(range(25)) - {*env.body, 13})
    env.body = type(env.body)([12, 11, 10])
    env.pending = 1
    _, reward, terminated, _, info = env.step(RIGHT)
    assert (reward, terminated, info["termination"]) == (1.0, True, "goal")
    assert info["events"] == {"step": 1.0, "apple": 1.0, "full": 1.0}


def test_events_tell_the_way_to_the_apple() -> None:
    """Closer and farther."""
    env = begun()
    put_apple(env, 0, 3)
    assert "closer" in env.step(RIGHT)[4]["events"]
    assert "farther" in env.step(RIGHT)[4]["events"]


def test_features_warn_of_what_is_deadly() -> None:
    """In the corner, up and right are walls and left is its neck."""
    env = begun()
    put_apple(env, 4, 0)
    for action in (RIGHT, RIGHT, UP):
        env.step(action)
    observation = env.step(UP)[0]
    assert list(observation[:4]) == [1, 1, 1, 0]
    assert list(observation[4:8]) == [1, 0, 0, 0]
    assert list(observation[8:12]) == [0, 0, 1, 1]


def test_vision_sees_as_far_as_asked() -> None:
    """The wall is three cells away: unseen with a range of two."""
    far, near = (
        begun(observation="vision", vision_range=5),
        begun(observation="vision", vision_range=2),
    )
    assert far.reset(seed=0)[0][0] == pytest.approx(1 / 3)
    assert near.reset(seed=0)[0][0] == 0


def test_obstacles_leave_every_cell_reachable() -> None:
    """They touch neither each other nor the edge."""
    env = SnakeEnv(size=12, obstacles=200)
    for seed in range(20):
        env.reset(seed=seed)
        blocks = [divmod(cell, 12) for cell in env.obstacles]
        assert len(blocks) > 5
        for idx, (row, column) in enumerate(blocks):
            assert 0 < row < 11
            assert 0 < column < 11
            assert row != 6
            assert all(max(abs(row - r), abs(column - c)) > 1 for r, c in blocks[:idx])


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"size": 1}, "size"),
        ({"size": 10_000}, "size"),
        ({"size": 7.5}, "size"),
        ({"size": True}, "size"),
        ({"obstacles": -1}, "obstacles"),
        ({"apples": 0}, "apples"),
        ({"apples": 10**9}, "apples"),
        ({"growth": -1}, "growth"),
        ({"max_hunger": 1}, "max_hunger"),
        ({"observation": "pixels"}, "observation"),
        ({"observation": ["grid"]}, "observation"),
        ({"vision_range": 0}, "vision_range"),
        ({"wrap": 1}, "wrap"),
        ({"apple_reward": math.inf}, "apple_reward"),
        ({"death_reward": math.nan}, "death_reward"),
        ({"step_reward": "x" * 10_000}, "step_reward"),
    ],
)
def test_an_impossible_argument_is_refused(arguments: dict[str, Any], field: str) -> None:
    """The error names it and stays short."""
    with pytest.raises(InvalidInputError) as caught:
        SnakeEnv(**arguments)
    assert [problem.field for problem in caught.value.fields] == [f"env_kwargs.{field}"]
    assert len(caught.value.detail) < 200


@pytest.mark.parametrize("size", [1, 10_000])
def test_the_catalogue_refuses_an_impossible_board(size: int) -> None:
    """As a run would ask for it."""
    with pytest.raises(InvalidInputError) as caught:
        make_env("gymlab/Snake-v0", {"size": size})
    assert caught.value.fields[0].field == "env_kwargs.size"


@pytest.mark.parametrize("observation", ["features", "vision", "grid"])
def test_it_keeps_gymnasiums_contract_without_any_wrapper(observation: str) -> None:
    """The raw environment passes the checker with warnings as errors."""
    env = SnakeEnv(observation=observation, apples=3, obstacles=4, render_mode="rgb_array")
    check_env(env, skip_render_check=True)


def test_its_picture_is_json_and_pixels() -> None:
    """Both show the same moment; the pixels are those of a small square."""
    env = SnakeEnv(obstacles=3, render_mode="rgb_array")
    env.reset(seed=1)
    state = json.loads(json.dumps(env.render_state(), allow_nan=False))
    assert state["game"] == "snake"
    assert state["snake"] == [[5, 5], [5, 4], [5, 3]]
    assert len(state["obstacles"]) == 3
    frame = env.render()
    assert frame is not None
    assert frame.shape == (480, 480, 3)
