"""N caves at once.

Letters: N games, C cells of a cave, V cells per side of what is seen.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gymlab.envs.game import STEP
from gymlab.envs.games.lantern import CRUMBS, MANY_VISITS, ROCK, TRAP, TREASURE, LanternEnv
from gymlab.envs.games.lantern_cave import draw_cave
from gymlab.envs.games.vector import GOES_ON, AnyArray, BoolArray, IntArray, VectorGame

FloatArray = NDArray[np.float64]


class LanternVectorEnv(VectorGame):
    """N games of `gymlab/Lantern-v0` whose trajectories are those of N scalar ones."""

    def __init__(
        self,
        num_envs: int,
        *,
        max_episode_steps: int = 1000,
        render_mode: None = None,
        **arguments: Any,
    ) -> None:
        """Check the arguments of `LanternEnv` and prepare N caves.

        Raises:
            InvalidInputError: An argument is impossible; the error names it.
        """
        self.render_mode = render_mode
        game = LanternEnv(**arguments)
        super().__init__(num_envs, game, max_episode_steps)
        self.rules = rules = game.rules
        size = rules.size
        self._neighbours = np.array([
            [rules.neighbour(cell, action) for action in range(4)] for cell in range(size * size)
        ])
        self._cells, self._explored = (np.zeros(num_envs, np.int64) for _ in range(2))
        self._treasures = np.zeros(num_envs, np.int64)
        self._distances = np.zeros((num_envs, size * size), np.int64)
        # Maps have a margin of rock, so that a view never leaves them.
        self._side = size + 2 * rules.lantern
        self._maps = np.zeros((num_envs, 4, self._side * self._side), np.float32)
        cells = np.arange(size * size)
        margin = rules.lantern
        self._places = (cells // size + margin) * self._side + cells % size + margin
        """(C,) place of each cell in a map."""
        view = np.arange(rules.view) - margin
        self._window = (view[:, None] * self._side + view).ravel()
        """(V * V,) places of what is seen, relative to the agent's."""
        self._visits = np.zeros((num_envs, size * size), np.int64)

    def begin(self, games: IntArray) -> None:
        """Begin in new caves."""
        for idx in map(int, games):
            cave = draw_cave(self.rules, self.generators[idx])
            self._cells[idx], self._treasures[idx] = cave.start, cave.treasure
            self._distances[idx] = cave.distances
            shown = self._maps[idx]
            shown[:] = 0
            shown[ROCK] = 1
            shown[ROCK, self._places] = 0
            shown[ROCK, self._places[list(cave.rocks)]] = 1
            shown[TRAP, self._places[list(cave.traps)]] = 1
            shown[TREASURE, self._places[cave.treasure]] = 1
        self._visits[games] = 0
        self._explored[games] = 0
        moved = np.zeros(self.num_envs, np.bool_)
        moved[games] = True
        self._visit(moved)

    def _visit(self, moved: BoolArray) -> BoolArray:
        """Count the entering of cells; return (N,) whether one was new."""
        games = np.flatnonzero(moved)
        cells = self._cells[games]
        is_new = np.zeros(self.num_envs, np.bool_)
        is_new[games] = self._visits[games, cells] == 0
        self._visits[games, cells] += 1
        self._explored += is_new
        if self.rules.breadcrumbs:
            shown = np.minimum(self._visits[games, cells], MANY_VISITS) / MANY_VISITS
            self._maps[games, CRUMBS, self._places[cells]] = shown
        return is_new

    def advance(self, actions: AnyArray) -> tuple[FloatArray, IntArray, Mapping[str, AnyArray]]:
        """Move every agent by one cell."""
        everyone, before = np.arange(self.num_envs), self._cells
        beside = self._neighbours[before, actions]
        is_rock = self._maps[everyone, ROCK, self._places[beside]] == 1
        self._cells = np.where(is_rock, before, beside)
        moved = self._cells != before
        is_new = self._visit(moved)
        finds = self._cells == self._treasures
        falls = self._maps[everyone, TRAP, self._places[self._cells]] == 1
        codes = np.where(self.timesteps >= self.rules.oil, self.code("dark"), GOES_ON)
        codes = np.where(falls, self.code("trap"), codes)
        codes = np.where(finds, self.code("goal"), codes)
        rewards = np.full(self.num_envs, self.rules.step_reward)
        rewards[finds] += self.rules.treasure_reward
        rewards[falls] += self.rules.trap_reward
        ways = self._distances
        change = np.where(falls, 0, ways[everyone, self._cells] - ways[everyone, before])
        return (
            rewards,
            codes,
            {
                STEP: np.ones(self.num_envs, np.bool_),
                "treasure": finds,
                "trap": falls,
                "dark": codes == self.code("dark"),
                "bump": ~moved,
                "explored": is_new,
                "closer": change < 0,
                "farther": change > 0,
            },
        )

    def observe(self, games: IntArray) -> AnyArray:
        """Return what these games show."""
        middle = self._places[self._cells[games]]
        places = middle[:, None] + self._window
        views = self._maps[games[:, None, None], np.arange(4)[:, None], places[:, None, :]]
        oil = self.rules.oil
        left = np.maximum(oil - self.timesteps[games], 0) / oil
        seen = np.empty((len(games), 4 * self.rules.view**2 + 1), np.float32)
        seen[:, :-1] = views.reshape(len(games), -1)
        seen[:, -1] = left
        return seen

    def measure(self) -> Mapping[str, AnyArray]:
        """Return (N,) each number of the state."""
        everyone = np.arange(self.num_envs)
        return {
            "timestep": self.timesteps.copy(),
            "explored": self._explored.copy(),
            "visits": self._visits[everyone, self._cells],
            "distance": self._distances[everyone, self._cells],
            "oil": self.rules.oil - self.timesteps,
        }
