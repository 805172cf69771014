"""N grid worlds at once.

Letters: N games, C cells of a board.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gymlab.envs.game import STEP
from gymlab.envs.games.vector import GOES_ON, AnyArray, IntArray, VectorGame
from gymlab.envs.grid_world import GridWorldEnv

FloatArray = NDArray[np.float64]


class GridWorldVectorEnv(VectorGame):
    """N games of `gymlab/GridWorld-v0` whose trajectories are those of N scalar ones."""

    def __init__(
        self,
        num_envs: int,
        *,
        max_episode_steps: int = 200,
        render_mode: None = None,
        **arguments: Any,
    ) -> None:
        """Check the arguments of `GridWorldEnv` and tabulate every move.

        Raises:
            InvalidInputError: An argument is impossible; the error names it.
        """
        self.render_mode = render_mode
        self._game = game = GridWorldEnv(**arguments)
        super().__init__(num_envs, game, max_episode_steps)
        layout, problem = game.layout, game.problem
        cells = layout.cells
        nexts = [[layout.neighbour(cell, action) for action in range(4)] for cell in cells]
        self._nexts = np.array([[layout.index_of(cell) for cell in row] for row in nexts])
        """(C, 4) where each move leads."""
        self._rewards = np.array([
            [
                0.0
                if cell in layout.walls or layout.is_terminal(cell)
                else problem.reward(cell, to)
                for to in row
            ]
            for cell, row in zip(cells, nexts, strict=True)
        ])
        """(C, 4) reward of each move."""
        self._distances = np.array([layout.distances.get(cell, -1) for cell in cells])
        self._codes = np.array([
            self.code("goal")
            if cell in layout.goals
            else self.code("trap")
            if cell in layout.traps
            else GOES_ON
            for cell in cells
        ])
        self._cells = np.zeros(num_envs, np.int64)

    def begin(self, games: IntArray) -> None:
        """Put agents on their starts."""
        layout = self._game.layout
        self._cells[games] = layout.index_of(layout.start)
        if self._game.has_random_start:
            starts = layout.possible_starts
            for idx in map(int, games):
                self._cells[idx] = layout.index_of(starts[self.draw(idx, len(starts))])

    def advance(self, actions: AnyArray) -> tuple[FloatArray, IntArray, Mapping[str, AnyArray]]:
        """Move every agent by one cell."""
        before, turns = self._cells, self._draw_turns()
        moves = (actions + turns) % 4
        self._cells = self._nexts[before, moves]
        codes = self._codes[self._cells]
        old, new = self._distances[before], self._distances[self._cells]
        change = np.where((old >= 0) & (new >= 0), new - old, 0)
        return (
            self._rewards[before, moves],
            codes,
            {
                STEP: np.ones(self.num_envs, np.bool_),
                "goal": codes == self.code("goal"),
                "trap": codes == self.code("trap"),
                "bump": self._cells == before,
                "slip": turns != 0,
                "closer": change < 0,
                "farther": change > 0,
            },
        )

    def _draw_turns(self) -> IntArray:
        slipperiness = self._game.problem.slipperiness
        if slipperiness == 0:
            return np.zeros(self.num_envs, np.int64)
        draws = np.array([generator.random() for generator in self.generators])
        turns = np.where(draws < slipperiness / 2, 1, 3)
        return np.where(draws >= slipperiness, 0, turns)

    def observe(self, games: IntArray) -> IntArray:
        """Return the cells of these games."""
        return self._cells[games]

    def measure(self) -> Mapping[str, AnyArray]:
        """Return (N,) each number of the state."""
        size = self._game.layout.size
        return {
            "timestep": self.timesteps,
            "distance": self._distances[self._cells],
            "row": self._cells // size,
            "column": self._cells % size,
        }
