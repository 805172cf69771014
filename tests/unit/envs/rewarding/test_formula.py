"""Rewards made of the events of a game."""

import numpy as np
import pytest

from gymlab.envs.games.snake import SnakeEnv
from gymlab.envs.rewarding.formula import FormulaReward
from gymlab.envs.rewarding.shaping import ShapedEnv
from gymlab.errors import InvalidInputError, TrainingFailedError

RIGHT, UP = np.int64(1), np.int64(0)


def shaped(**formulas: str) -> tuple[ShapedEnv, SnakeEnv]:
    """Begin a game with an apple right in front of the snake."""
    game = SnakeEnv(size=5)
    env = ShapedEnv(game, FormulaReward(formulas, game))
    env.reset(seed=0)
    game.apples = [13]
    return env, game


def test_events_are_added_up_and_the_own_reward_goes_through() -> None:
    """The terms are named after the events."""
    env, _ = shaped(apple="10 + length", step="-0.5", died="-1")
    _, reward, _, _, _ = env.step(RIGHT)
    assert reward == 1.0
    assert env.take() == (12.5, {"step": -0.5, "apple": 13.0})


def test_a_division_by_zero_names_event_and_numbers() -> None:
    """And says what to do."""
    env, _ = shaped(apple="1 / hunger")
    with pytest.raises(
        TrainingFailedError, match=r"event apple: Division by zero: `hunger` is 0\."
    ) as caught:
        env.step(RIGHT)
    assert "hunger = 0" in caught.value.detail
    assert "max(hunger, 1)" in str(caught.value.hint)


def test_an_unknown_event_is_refused() -> None:
    """Before anything is played."""
    with pytest.raises(InvalidInputError, match="no event 'landed'"):
        FormulaReward({"landed": "1"}, SnakeEnv)
