"""The caves of the lantern game: drawn at random, always with a way to the treasure."""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gymlab.envs.games.arguments import (
    checked_flag,
    checked_number,
    checked_reward,
    checked_whole,
)

MOVES: tuple[tuple[int, int], ...] = ((-1, 0), (0, 1), (1, 0), (0, -1))
FAR_AWAY = -1


@dataclass(frozen=True, slots=True)
class LanternRules:
    """Checked arguments; cells are numbered row by row from 0."""

    size: int
    lantern: int
    traps: int
    rock: float
    oil: int
    breadcrumbs: bool
    treasure_reward: float
    trap_reward: float
    step_reward: float

    @property
    def view(self) -> int:
        """Cells per side of what the lantern lights."""
        return 2 * self.lantern + 1

    def neighbour(self, cell: int, action: int) -> int:
        """Return the cell beside another; the edge leaves one where one is."""
        row, column = cell // self.size + MOVES[action][0], cell % self.size + MOVES[action][1]
        is_inside = 0 <= row < self.size and 0 <= column < self.size
        return row * self.size + column if is_inside else cell


@dataclass(frozen=True, slots=True)
class Cave:
    """Where everything is."""

    start: int
    treasure: int
    rocks: frozenset[int]
    traps: frozenset[int]
    distances: NDArray[np.int64]
    """(size * size,) fewest moves to the treasure past rocks and traps, -1 where there is no way."""


def make_rules(**arguments: Any) -> LanternRules:
    """Check the arguments of the environment.

    Raises:
        InvalidInputError: One is impossible; the error names it.
    """
    return LanternRules(
        size=checked_whole("size", arguments["size"], 5, 25),
        lantern=checked_whole("lantern", arguments["lantern"], 1, 6),
        traps=checked_whole("traps", arguments["traps"], 0, 50),
        rock=checked_number("rock", arguments["rock"], 0.0, 0.4),
        oil=checked_whole("oil", arguments["oil"], 10, 100_000),
        breadcrumbs=checked_flag("breadcrumbs", arguments["breadcrumbs"]),
        treasure_reward=checked_reward("treasure_reward", arguments["treasure_reward"]),
        trap_reward=checked_reward("trap_reward", arguments["trap_reward"]),
        step_reward=checked_reward("step_reward", arguments["step_reward"]),
    )


def draw_cave(rules: LanternRules, generator: np.random.Generator) -> Cave:
    """Draw a cave whose treasure is at least half the cave's side away from the start."""
    start, rocks, far = _draw_rocks(rules, generator)
    treasure = far[int(generator.integers(len(far)))]
    traps = _draw_traps(rules, generator, start, treasure, rocks)
    distances = np.array(_walk(rules, treasure, rocks | traps), np.int64)
    return Cave(start, treasure, rocks, traps, distances)


def _draw_rocks(
    rules: LanternRules, generator: np.random.Generator
) -> tuple[int, frozenset[int], list[int]]:
    """Draw a start, rocks, and return with them the cells that are far enough for the treasure.

    A start that is walled in is drawn again with half as much rock; without any every start has
    far cells, so this ends.
    """
    num_cells, rock = rules.size * rules.size, rules.rock
    while True:
        is_rock = generator.random(num_cells) < rock
        start = int(generator.integers(num_cells))
        is_rock[start] = False
        rocks = frozenset(map(int, np.flatnonzero(is_rock)))
        ways = _walk(rules, start, rocks)
        far = [cell for cell in range(num_cells) if ways[cell] >= max(3, rules.size // 2)]
        if far:
            return start, rocks, far
        rock /= 2


def _draw_traps(
    rules: LanternRules,
    generator: np.random.Generator,
    start: int,
    treasure: int,
    rocks: frozenset[int],
) -> frozenset[int]:
    """Draw traps one by one; one that would close the last way is left out."""
    beside = {rules.neighbour(start, action) for action in range(len(MOVES))}
    taken = {start, treasure, *rocks, *beside}
    free = [cell for cell in range(rules.size * rules.size) if cell not in taken]
    traps: frozenset[int] = frozenset()
    for _ in range(min(rules.traps, len(free))):
        trap = free.pop(int(generator.integers(len(free))))
        if _walk(rules, treasure, rocks | traps | {trap})[start] != FAR_AWAY:
            traps |= {trap}
    return traps


def _walk(rules: LanternRules, start: int, closed: Collection[int]) -> list[int]:
    """Return the fewest moves to every cell past closed ones, -1 where there is no way."""
    distances = [FAR_AWAY] * (rules.size * rules.size)
    distances[start] = 0
    queue = deque([start])
    while queue:
        cell = queue.popleft()
        for action in range(len(MOVES)):
            other = rules.neighbour(cell, action)
            if distances[other] == FAR_AWAY and other not in closed:
                distances[other] = distances[cell] + 1
                queue.append(other)
    return distances
