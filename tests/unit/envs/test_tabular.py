"""Environments as tables, and their exact solutions."""

from typing import Any

import gymnasium
import numpy as np
import pytest

from gymlab.envs.grid_world import GridWorldEnv
from gymlab.envs.making import make_env
from gymlab.envs.tabular import MAX_STATES, Table, backup, solve, table_of

GRID = "gymlab/GridWorld-v0"
LAKE = "FrozenLake-v1"
CLIFF = "CliffWalking-v1"
TAXI = "Taxi-v3"
ALL = [
    (GRID, {}),
    (GRID, {"slipperiness": 0.4, "reward": "shaped", "size": 8}),
    (LAKE, {}),
    (LAKE, {"is_slippery": False, "map_name": "8x8"}),
    (CLIFF, {}),
    (CLIFF, {"is_slippery": True}),
    (TAXI, {}),
    (TAXI, {"is_rainy": True}),
]


def table(env_id: str, kwargs: dict[str, Any]) -> Table:
    """Return the table of an environment."""
    env = make_env(env_id, kwargs)
    found = table_of(env)
    env.close()
    assert found is not None
    return found


@pytest.mark.parametrize(("env_id", "kwargs"), ALL)
def test_a_table_is_whole(env_id: str, kwargs: dict[str, Any]) -> None:
    """Probabilities add up, every cell has a state, and something is judged."""
    found = table(env_id, kwargs)
    judged = found.is_judged
    assert np.allclose(found.probabilities.sum(axis=2)[judged], 1.0)
    assert len(found.pages) == len(found.states)
    assert all(len(page) == found.rows * found.columns for page in found.states)
    assert len(found.kinds) == len(found.nexts)
    assert found.nexts.max() < len(found.nexts)
    assert len(found.arrows) == found.nexts.shape[1]
    assert judged.sum() > 1
    assert {"start", "goal"} <= set(found.kinds)


@pytest.mark.parametrize(("env_id", "kwargs"), ALL)
def test_the_table_is_what_is_played(env_id: str, kwargs: dict[str, Any]) -> None:
    """Every transition of random episodes stands in it, with its reward and end."""
    found = table(env_id, kwargs)
    env = make_env(env_id, kwargs)
    env.action_space.seed(1)
    state, _ = env.reset(seed=1)
    for _ in range(500):
        action = int(env.action_space.sample())
        after, reward, terminated, truncated, _ = env.step(action)
        outcomes = zip(
            found.nexts[state, action],
            found.rewards[state, action],
            found.ends[state, action],
            found.probabilities[state, action],
            strict=True,
        )
        assert any(
            (following, ends) == (after, terminated) and abs(worth - float(reward)) < 1e-9
            for following, worth, ends, probability in outcomes
            if probability > 0
        )
        state = after
        if terminated or truncated:
            state, _ = env.reset()
    env.close()


@pytest.mark.parametrize("kwargs", [{}, {"slipperiness": 0.3}, {"reward": "shaped", "size": 9}])
def test_the_solution_is_that_of_the_grid_world_itself(kwargs: dict[str, Any]) -> None:
    """Its own planning finds the same values with the same discount."""
    env = GridWorldEnv(**kwargs)
    found = table_of(env)
    assert found is not None
    exact = env.optimal_values()
    values = solve(found, env.problem.discount).values
    mask = found.is_judged
    assert np.allclose(values[mask], exact.values.reshape(-1)[mask], atol=1e-7)


@pytest.mark.parametrize(
    ("env_id", "kwargs", "state", "value"),
    [
        # Published: the best policy reaches the goal of the slippery lake in 0.74 of all episodes.
        (LAKE, {"is_slippery": False}, 0, 0.99**5),
        # Thirteen steps along the cliff.
        (CLIFF, {}, 36, -sum(0.99**step for step in range(13))),
    ],
)
def test_known_values(env_id: str, kwargs: dict[str, Any], state: int, value: float) -> None:
    """As one can work them out by hand."""
    assert solve(table(env_id, kwargs), 0.99).values[state] == pytest.approx(value)


def test_the_slippery_lake_is_won_as_often_as_published() -> None:
    """0.74 is its optimum with a time limit; without one and undiscounted, 14 of 17."""
    assert solve(table(LAKE, {}), 1.0).values[0] == pytest.approx(14 / 17, abs=1e-3)


@pytest.mark.parametrize(("env_id", "kwargs"), ALL)
def test_the_solution_is_a_fixed_point(env_id: str, kwargs: dict[str, Any]) -> None:
    """One more sweep changes nothing: Bellman's optimality equation holds."""
    found = table(env_id, kwargs)
    solution = solve(found, 0.95)
    again = backup(found, solution.values, 0.95)
    assert np.allclose(again.max(axis=1), solution.values, atol=1e-8)


@pytest.mark.parametrize("env_id", ["CartPole-v1", "Blackjack-v1", "gymlab/Snake-v0"])
def test_other_environments_have_no_table(env_id: str) -> None:
    """Though their states may be few."""
    env = make_env(env_id)
    assert table_of(env) is None
    env.close()


def test_too_large_a_lake_has_none() -> None:
    """A map of a user's own may be of any size."""
    side = 51
    rows = ["S" + "F" * (side - 1), *["F" * side] * (side - 2), "F" * (side - 1) + "G"]
    env = gymnasium.make("FrozenLake-v1", desc=rows)
    assert side**2 > MAX_STATES
    assert table_of(env) is None
    env.close()
