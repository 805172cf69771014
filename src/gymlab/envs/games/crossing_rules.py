"""The road of the crossing game: its lanes, its traffic, and what of it is drawn at random."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gymlab.envs.games.arguments import checked_number, checked_reward, checked_whole

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

MOVES: tuple[tuple[int, int], ...] = ((-1, 0), (0, 1), (1, 0), (0, -1), (0, 0))
"""Row and column change of up, right, down, left and waiting."""
PERIODS = (1, 2, 3)
"""Timesteps that a lane's cars take for a cell."""
NOISE_BLOCK = 64
"""Timesteps whose random numbers are drawn at once."""
ROWS_AHEAD, ROWS_BEHIND, COLUMNS_ASIDE = 3, 1, 4


@dataclass(frozen=True, slots=True)
class CrossingRules:
    """Checked arguments. Row 0 is the far pavement, row `lanes + 1` the near one."""

    lanes: int
    columns: int
    traffic: float
    crossings: int
    goal_reward: float
    hit_reward: float
    step_reward: float

    @property
    def num_rows(self) -> int:
        """Rows of the board, the two pavements included."""
        return self.lanes + 2


@dataclass(frozen=True, slots=True)
class Road:
    """What is drawn when an episode begins.

    Letters: L lanes, W cells across.
    """

    directions: IntArray
    """(L,) 1 where cars go right, -1 where they go left."""
    periods: IntArray
    """(L,) timesteps per cell."""
    phases: IntArray
    """(L,) cars move where (timestep + phase) is a multiple of the period."""
    cars: BoolArray
    """(L, W) whether a car is there."""


def make_rules(**arguments: Any) -> CrossingRules:
    """Check the arguments of the environment.

    Raises:
        InvalidInputError: One is impossible; the error names it.
    """
    return CrossingRules(
        lanes=checked_whole("lanes", arguments["lanes"], 1, 12),
        columns=checked_whole("columns", arguments["columns"], 5, 31),
        traffic=checked_number("traffic", arguments["traffic"], 0.0, 0.6),
        crossings=checked_whole("crossings", arguments["crossings"], 1, 100),
        goal_reward=checked_reward("goal_reward", arguments["goal_reward"]),
        hit_reward=checked_reward("hit_reward", arguments["hit_reward"]),
        step_reward=checked_reward("step_reward", arguments["step_reward"]),
    )


def draw_road(rules: CrossingRules, generator: np.random.Generator) -> Road:
    """Draw the lanes, and traffic as dense as it will stay."""
    directions = 1 - 2 * generator.integers(2, size=rules.lanes)
    periods = np.array(PERIODS)[generator.integers(len(PERIODS), size=rules.lanes)]
    phases = generator.integers(max(PERIODS), size=rules.lanes)
    cars = generator.random((rules.lanes, rules.columns)) < rules.traffic
    return Road(directions, periods, phases, cars)


def draw_noise(rules: CrossingRules, generator: np.random.Generator) -> NDArray[np.float64]:
    """Draw (NOISE_BLOCK, L) numbers that decide where new cars come."""
    return generator.random((NOISE_BLOCK, rules.lanes))
