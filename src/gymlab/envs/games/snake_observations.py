"""What a snake sees: features, rays of vision, or the whole board."""

from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from gymlab.envs.games.snake_rules import RAYS, SnakeRules

if TYPE_CHECKING:
    from gymlab.envs.games.snake import SnakeEnv

FloatArray = NDArray[np.float32]

NUM_FEATURES = 14
NUM_SEEN = 3 * len(RAYS) + 4
HEAD, BODY, APPLE, OBSTACLE = range(4)


def observation_space(rules: SnakeRules) -> spaces.Box:
    """Return the space of the observation that the rules ask for."""
    shape: tuple[int, ...] = (NUM_FEATURES,)
    if rules.observation == "vision":
        shape = (NUM_SEEN,)
    elif rules.observation == "grid":
        shape = (4, rules.size, rules.size)
    return spaces.Box(0.0, 1.0, shape, np.float32)


def observe(env: "SnakeEnv") -> FloatArray:
    """Return what the agent sees of a state."""
    if env.rules.observation == "features":
        return _features(env)
    if env.rules.observation == "vision":
        return _vision(env)
    return _grid(env)


def _features(env: "SnakeEnv") -> FloatArray:
    seen = np.zeros(NUM_FEATURES, np.float32)
    for direction in range(4):
        seen[direction] = env.is_deadly(direction) is not None
    seen[4 + env.heading] = 1
    offset = env.nearest_apple()
    if offset is not None:
        rows, columns = offset
        seen[8:12] = (rows < 0, columns > 0, rows > 0, columns < 0)
    seen[12] = len(env.body) / env.rules.num_cells
    seen[13] = env.hunger / env.rules.max_hunger
    return seen


def _vision(env: "SnakeEnv") -> FloatArray:
    seen = np.zeros(NUM_SEEN, np.float32)
    body, apples = set(env.body), set(env.apples)
    for ray, move in enumerate(RAYS):
        seen[3 * ray : 3 * ray + 3] = _look(env, move, body, apples)
    seen[3 * len(RAYS) + env.heading] = 1
    return seen


def _look(
    env: "SnakeEnv", move: tuple[int, int], body: set[int], apples: set[int]
) -> tuple[float, float, float]:
    """Return 1 / distance to the first wall or obstacle, body and apple along a ray."""
    found: dict[str, Any] = {"wall": 0.0, "body": 0.0, "apple": 0.0}
    cell: int | None = env.body[0]
    for distance in range(1, env.rules.sight + 1):
        cell = env.rules.neighbour(cell, move)
        if cell is None or cell in env.obstacles:
            found["wall"] = 1 / distance
            break
        if cell in body and not found["body"]:
            found["body"] = 1 / distance
        if cell in apples and not found["apple"]:
            found["apple"] = 1 / distance
    return found["wall"], found["body"], found["apple"]


def _grid(env: "SnakeEnv") -> FloatArray:
    seen = np.zeros((4, env.rules.num_cells), np.float32)
    length = len(env.body)
    for idx, cell in enumerate(env.body):
        seen[BODY, cell] = (length - idx) / length
    seen[BODY, env.body[0]] = 0
    seen[HEAD, env.body[0]] = 1
    seen[APPLE, env.apples] = 1
    seen[OBSTACLE, list(env.obstacles)] = 1
    return seen.reshape(4, env.rules.size, env.rules.size)
