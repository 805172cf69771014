"""N games at once are N games one at a time, to the last bit."""

from itertools import pairwise
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gymlab.envs.games.crossing import CrossingEnv
from gymlab.envs.games.crossing_vector import CrossingVectorEnv
from gymlab.envs.games.grid_world_vector import GridWorldVectorEnv
from gymlab.envs.games.lantern import LanternEnv
from gymlab.envs.games.lantern_vector import LanternVectorEnv
from gymlab.envs.games.orbit import OrbitEnv
from gymlab.envs.games.orbit_vector import OrbitVectorEnv
from gymlab.envs.games.snake import SnakeEnv
from gymlab.envs.games.snake_vector import SnakeVectorEnv
from gymlab.envs.games.vector import VectorGame
from gymlab.envs.grid_world import GridWorldEnv
from gymlab.errors import InvalidInputError

NUM_GAMES = 3
NUM_TIMESTEPS = 120

SNAKES = st.fixed_dictionaries({
    "size": st.integers(5, 8),
    "wrap": st.booleans(),
    "obstacles": st.integers(0, 4),
    "apples": st.integers(1, 20),
    "growth": st.integers(0, 3),
    "max_hunger": st.integers(10, 30),
    "observation": st.sampled_from(["features", "vision", "grid"]),
    "vision_range": st.integers(1, 10),
    "step_reward": st.sampled_from([0.0, -0.01]),
})

ORBITS = st.fixed_dictionaries({
    "target": st.sampled_from([0.4, 0.9, 1.6]),
    "thrust": st.sampled_from([0.3, 2.0]),
    "wind": st.sampled_from([0.0, 0.1]),
})
CAVES = st.fixed_dictionaries({
    "size": st.integers(5, 9),
    "lantern": st.integers(1, 6),
    "traps": st.integers(0, 9),
    "rock": st.sampled_from([0.0, 0.2, 0.4]),
    "oil": st.integers(10, 50),
    "breadcrumbs": st.booleans(),
})
ROADS = st.fixed_dictionaries({
    "lanes": st.integers(1, 6),
    "columns": st.integers(5, 12),
    "traffic": st.sampled_from([0.0, 0.1, 0.3]),
    "crossings": st.integers(1, 3),
})
BOARDS = st.fixed_dictionaries({
    "size": st.integers(2, 7),
    "random_start": st.booleans(),
    "slipperiness": st.sampled_from([0.0, 0.3, 1.0]),
    "reward": st.sampled_from(["sparse", "shaped"]),
})
SEEDS = st.integers(0, 2**31)
SLOPPINESS = st.sampled_from([0.2, 0.6, 1.0])
patient = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def play_alone(env: gym.Env[Any, Any], actions: list[Any], seed: int, limit: int) -> list[Any]:
    """Play one game, beginning a new episode in the timestep in which one ends."""
    seen: list[Any] = [env.reset(seed=seed)[0]]
    length = 0
    for action in actions:
        length += 1
        observation, reward, terminated, _, info = env.step(action)
        truncated = not terminated and length >= limit
        events = {name for name, count in info["events"].items() if count}
        over = terminated or truncated
        reason = (info.get("termination") or "time_limit") if over else None
        last = observation if over else None
        measures = info["measures"]
        if over:
            observation, length = env.reset()[0], 0
        seen.append((observation, reward, terminated, truncated, events, measures, reason, last))
    return seen


def compare(
    vector: VectorGame, alone: list[gym.Env[Any, Any]], *, seed: int, limit: int, sloppiness: float
) -> None:
    """Play both with the same actions and hold every number against its twin."""
    vector.action_space.seed(seed)
    drawn = [vector.action_space.sample() for _ in range(NUM_TIMESTEPS)]
    draws = np.random.default_rng(seed)
    for earlier, later in pairwise(drawn):
        keeps = draws.random(len(alone)) > sloppiness
        later[keeps] = earlier[keeps]
    expected = [
        play_alone(env, [each[idx] for each in drawn], seed + idx, limit)
        for idx, env in enumerate(alone)
    ]
    observations, _ = vector.reset(seed=seed)
    for idx, trajectory in enumerate(expected):
        assert np.array_equal(observations[idx], trajectory[0])
        assert observations[idx].dtype == trajectory[0].dtype
    for count, actions in enumerate(drawn, start=1):
        given_back = vector.step(actions)
        for idx, trajectory in enumerate(expected):
            hold_against(given_back, idx, trajectory[count])


def hold_against(given_back: tuple[Any, ...], idx: int, expected: tuple[Any, ...]) -> None:
    """Compare one game's timestep with the scalar one's."""
    observations, rewards, terminated, truncated, info = given_back
    observation, reward, is_terminated, is_truncated, events, measures, reason, last = expected
    assert np.array_equal(observations[idx], observation)
    assert rewards[idx] == reward
    assert (terminated[idx], truncated[idx]) == (is_terminated, is_truncated)
    assert {name for name, happened in info["events"].items() if happened[idx]} == events
    assert {name: values[idx] for name, values in info["measures"].items()} == measures
    if reason is not None:
        assert info["termination"][idx] == reason
        assert info["_final_obs"][idx]
        assert np.array_equal(info["final_obs"][idx], last)
    else:
        assert "termination" not in info or info["termination"][idx] is None


@patient
@given(SNAKES, SEEDS, SLOPPINESS)
def test_snakes(arguments: dict[str, Any], seed: int, sloppiness: float) -> None:
    """Every rule, every observation, every random draw."""
    vector = SnakeVectorEnv(NUM_GAMES, max_episode_steps=40, **arguments)
    alone = [SnakeEnv(**arguments) for _ in range(NUM_GAMES)]
    compare(vector, alone, seed=seed, limit=40, sloppiness=sloppiness)


@patient
@given(ORBITS, SEEDS, SLOPPINESS)
def test_orbits(arguments: dict[str, Any], seed: int, sloppiness: float) -> None:
    """Every bit of the physics."""
    vector = OrbitVectorEnv(NUM_GAMES, max_episode_steps=90, **arguments)
    alone = [OrbitEnv(**arguments) for _ in range(NUM_GAMES)]
    compare(vector, alone, seed=seed, limit=90, sloppiness=sloppiness)


@patient
@given(CAVES, SEEDS, SLOPPINESS)
def test_caves(arguments: dict[str, Any], seed: int, sloppiness: float) -> None:
    """Every cave and what is seen of it."""
    vector = LanternVectorEnv(NUM_GAMES, max_episode_steps=40, **arguments)
    alone = [LanternEnv(**arguments) for _ in range(NUM_GAMES)]
    compare(vector, alone, seed=seed, limit=40, sloppiness=sloppiness)


@patient
@given(ROADS, SEEDS, SLOPPINESS)
def test_roads(arguments: dict[str, Any], seed: int, sloppiness: float) -> None:
    """Every car, also those of a second block of random numbers."""
    vector = CrossingVectorEnv(NUM_GAMES, max_episode_steps=100, **arguments)
    alone = [CrossingEnv(**arguments) for _ in range(NUM_GAMES)]
    compare(vector, alone, seed=seed, limit=100, sloppiness=sloppiness)


@patient
@given(BOARDS, SEEDS, SLOPPINESS)
def test_grid_worlds(arguments: dict[str, Any], seed: int, sloppiness: float) -> None:
    """Every slip and every start."""
    vector = GridWorldVectorEnv(NUM_GAMES, max_episode_steps=40, **arguments)
    alone = [GridWorldEnv(**arguments) for _ in range(NUM_GAMES)]
    compare(vector, alone, seed=seed, limit=40, sloppiness=sloppiness)


@pytest.mark.parametrize("num_envs", [0, -1, 10**6, 1.5, True])
def test_an_impossible_number_of_games_is_refused(num_envs: Any) -> None:
    """Nothing is allocated for it."""
    with pytest.raises(InvalidInputError, match="num_envs"):
        SnakeVectorEnv(num_envs)
