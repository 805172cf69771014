"""Rewards made of the events of a game."""

import numpy as np
import pytest

from gymlab.envs.games.snake import SnakeEnv
from gymlab.envs.games.snake_vector import SnakeVectorEnv
from gymlab.envs.rewarding.formula import FormulaReward
from gymlab.envs.rewarding.function import Transition
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


def test_many_games_are_paid_as_one_by_one() -> None:
    """What happens in a vectorised game is worth what it is worth in a scalar one."""
    reward = FormulaReward(
        {"apple": "10 + length", "closer": "0.5 / max(hunger, 1)", "step": "-0.1"}, SnakeEnv
    )
    games = SnakeVectorEnv(4, size=6, apples=5)
    games.reset(seed=0)
    games.action_space.seed(0)
    paid = 0
    for _ in range(60):
        *_, info = games.step(games.action_space.sample())
        totals, terms = reward.of_many(info["events"], info["measures"], 4)
        for idx in range(4):
            alone = {
                part: {name: float(column[idx]) for name, column in info[part].items()}
                for part in ("events", "measures")
            }
            alone["events"] = {name: count for name, count in alone["events"].items() if count}
            total, parts = reward(Transition(None, 0, None, 0.0, False, False, alone))
            assert totals[idx] == pytest.approx(total)
            assert {name: column[idx] for name, column in terms.items() if column[idx]} == parts
            paid += "apple" in (parts or {})
    assert paid > 3
    with pytest.raises(TrainingFailedError, match="event step: Division by zero"):
        FormulaReward({"step": "1 / (hunger * 0)"}, SnakeEnv).of_many(
            info["events"], info["measures"], 4
        )


def test_an_unknown_event_is_refused() -> None:
    """Before anything is played."""
    with pytest.raises(InvalidInputError, match="no event 'landed'"):
        FormulaReward({"landed": "1"}, SnakeEnv)
