"""The rules of Snake that do not change while it is played, and how an episode begins."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gymlab.envs.games.arguments import (
    checked_choice,
    checked_flag,
    checked_reward,
    checked_whole,
)

MIN_SIZE, MAX_SIZE = 5, 40
MAX_APPLES = 20
START_LENGTH = 3
OBSERVATIONS = ("features", "vision", "grid")
MOVES: tuple[tuple[int, int], ...] = ((-1, 0), (0, 1), (1, 0), (0, -1))
"""Row and column change of up, right, down and left."""
RAYS: tuple[tuple[int, int], ...] = (
    (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1),
)  # fmt: skip
"""Directions of sight: up, and on clockwise."""
RIGHT = 1


@dataclass(frozen=True, slots=True)
class SnakeRules:
    """Checked arguments of a game of Snake; cells are numbered row by row from 0."""

    size: int
    wrap: bool
    obstacles: int
    apples: int
    growth: int
    max_hunger: int
    observation: str
    vision_range: int
    apple_reward: float
    death_reward: float
    step_reward: float

    @property
    def num_cells(self) -> int:
        """Cells of the board."""
        return self.size * self.size

    @property
    def start(self) -> tuple[int, ...]:
        """The first body, head first: in the middle, heading right."""
        row, column = self.size // 2, self.size // 2
        return tuple(row * self.size + column - idx for idx in range(START_LENGTH))

    @property
    def sight(self) -> int:
        """Cells that a ray of vision goes at most; a ray around a torus stops before its start."""
        return min(self.vision_range, self.size - 1)

    def neighbour(self, cell: int, move: tuple[int, int]) -> int | None:
        """Return the cell beside another, or None beyond a wall."""
        row, column = divmod(cell, self.size)
        row, column = row + move[0], column + move[1]
        if self.wrap:
            return row % self.size * self.size + column % self.size
        is_inside = 0 <= row < self.size and 0 <= column < self.size
        return row * self.size + column if is_inside else None

    def offset(self, cell: int, other: int) -> tuple[int, int]:
        """Return rows down and columns right to another cell, the short way around a torus."""
        rows = other // self.size - cell // self.size
        columns = other % self.size - cell % self.size
        if self.wrap:
            half = self.size // 2
            rows = (rows + half) % self.size - half
            columns = (columns + half) % self.size - half
        return rows, columns

    def draw_obstacles(self, generator: np.random.Generator) -> tuple[int, ...]:
        """Draw blocks that touch neither each other, nor the edge, nor the row of the start.

        So every free cell can be reached, and none is a dead end. A board too small for all
        of them gets as many as fit.
        """
        if self.obstacles == 0:
            return ()
        inner = range(1, self.size - 1)
        start_row = self.size // 2
        free = [row * self.size + column for row in inner if row != start_row for column in inner]
        drawn: list[int] = []
        while free and len(drawn) < self.obstacles:
            block = free[int(generator.integers(len(free)))]
            drawn.append(block)
            row, column = divmod(block, self.size)
            free = [
                cell
                for cell in free
                if abs(cell // self.size - row) > 1 or abs(cell % self.size - column) > 1
            ]
        return tuple(sorted(drawn))


def make_rules(**arguments: Any) -> SnakeRules:
    """Check the arguments of the environment.

    Raises:
        InvalidInputError: One is impossible; the error names it.
    """
    size = checked_whole("size", arguments["size"], MIN_SIZE, MAX_SIZE)
    return SnakeRules(
        size=size,
        wrap=checked_flag("wrap", arguments["wrap"]),
        obstacles=checked_whole("obstacles", arguments["obstacles"], 0, MAX_SIZE * MAX_SIZE // 8),
        apples=checked_whole("apples", arguments["apples"], 1, MAX_APPLES),
        growth=checked_whole("growth", arguments["growth"], 0, 10),
        max_hunger=checked_whole("max_hunger", arguments["max_hunger"], 10, 100_000),
        observation=checked_choice("observation", arguments["observation"], OBSERVATIONS),
        vision_range=checked_whole("vision_range", arguments["vision_range"], 1, MAX_SIZE),
        apple_reward=checked_reward("apple_reward", arguments["apple_reward"]),
        death_reward=checked_reward("death_reward", arguments["death_reward"]),
        step_reward=checked_reward("step_reward", arguments["step_reward"]),
    )
