"""N roads at once.

Letters: N games, L lanes, W cells across.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gymlab.envs.game import STEP
from gymlab.envs.games.crossing import (
    NUM_COLUMNS_SEEN,
    NUM_OBSERVED,
    NUM_ROWS_SEEN,
    CrossingEnv,
)
from gymlab.envs.games.crossing_rules import (
    COLUMNS_ASIDE,
    MOVES,
    NOISE_BLOCK,
    ROWS_AHEAD,
    draw_noise,
    draw_road,
)
from gymlab.envs.games.vector import GOES_ON, AnyArray, BoolArray, IntArray, VectorGame

FloatArray = NDArray[np.float64]
_MOVES = np.array(MOVES)


class CrossingVectorEnv(VectorGame):
    """N games of `gymlab/Crossing-v0` whose trajectories are those of N scalar ones."""

    def __init__(
        self,
        num_envs: int,
        *,
        max_episode_steps: int = 200,
        render_mode: None = None,
        **arguments: Any,
    ) -> None:
        """Check the arguments of `CrossingEnv` and prepare N roads.

        Raises:
            InvalidInputError: An argument is impossible; the error names it.
        """
        self.render_mode = render_mode
        game = CrossingEnv(**arguments)
        super().__init__(num_envs, game, max_episode_steps)
        self.rules = rules = game.rules
        lanes = (num_envs, rules.lanes)
        # Boards have margins, so that a view never leaves them.
        self._top, self._left = ROWS_AHEAD + 1, COLUMNS_ASIDE
        self._boards = np.zeros(
            (num_envs, rules.lanes + self._top + 3, rules.columns + 2 * self._left), np.bool_
        )
        self._cars = self._boards[
            :, self._top : self._top + rules.lanes, self._left : self._left + rules.columns
        ]
        """(N, L, W) whether a car is there; a part of the boards."""
        self._directions, self._phases = (np.ones(lanes, np.int64) for _ in range(2))
        self._periods = np.ones(lanes, np.int64)
        self._noise = np.zeros((num_envs, NOISE_BLOCK, rules.lanes))
        self._rows, self._columns = (np.zeros(num_envs, np.int64) for _ in range(2))
        self._crossings = np.zeros(num_envs, np.int64)

    def begin(self, games: IntArray) -> None:
        """Begin at new roads."""
        for idx in map(int, games):
            road = draw_road(self.rules, self.generators[idx])
            self._directions[idx], self._periods[idx] = road.directions, road.periods
            self._phases[idx], self._cars[idx] = road.phases, road.cars
            self._noise[idx] = draw_noise(self.rules, self.generators[idx])
        self._crossings[games] = 0
        self._return_to_start(games)

    def _return_to_start(self, games: IntArray | BoolArray) -> None:
        self._rows[games] = self.rules.lanes + 1
        self._columns[games] = self.rules.columns // 2

    def advance(self, actions: AnyArray) -> tuple[FloatArray, IntArray, Mapping[str, AnyArray]]:
        """Move every agent, then the cars."""
        rules, rows, columns = self.rules, self._rows, self._columns
        self._rows = np.clip(rows + _MOVES[actions, 0], 0, rules.lanes + 1)
        self._columns = np.clip(columns + _MOVES[actions, 1], 0, rules.columns - 1)
        steps = self._rows - rows
        stays = (steps == 0) & (self._columns == columns)
        hit = self._hit()
        self._drive()
        hit |= self._hit()
        crossed = ~hit & (self._rows == 0)
        self._crossings += crossed
        self._return_to_start(crossed)
        rewards = np.full(self.num_envs, rules.step_reward)
        rewards[hit] += rules.hit_reward
        rewards[crossed] += rules.goal_reward
        wins = crossed & (self._crossings >= rules.crossings)
        codes = np.where(wins, self.code("goal"), GOES_ON)
        codes = np.where(hit, self.code("hit"), codes)
        return (
            rewards,
            codes,
            {
                STEP: np.ones(self.num_envs, np.bool_),
                "crossed": crossed,
                "hit": hit,
                "forward": steps < 0,
                "backward": steps > 0,
                "waited": stays,
            },
        )

    def _hit(self) -> BoolArray:
        # The pavements are rows of the margin, which is always empty.
        everyone = np.arange(self.num_envs)
        return self._boards[everyone, self._rows - 1 + self._top, self._columns + self._left]

    def _moves_at(self, timesteps: IntArray) -> BoolArray:
        return (timesteps[:, None] + self._phases) % self._periods == 0

    def _drive(self) -> None:
        idxs = (self.timesteps - 1) % NOISE_BLOCK
        for idx in map(int, np.flatnonzero((idxs == 0) & (self.timesteps > 1))):
            self._noise[idx] = draw_noise(self.rules, self.generators[idx])
        comes = self._noise[np.arange(self.num_envs), idxs] < self.rules.traffic
        moves, rightwards = self._moves_at(self.timesteps), self._directions > 0
        to_right = np.concatenate((comes[:, :, None], self._cars[:, :, :-1]), axis=2)
        to_left = np.concatenate((self._cars[:, :, 1:], comes[:, :, None]), axis=2)
        moved = np.where(rightwards[:, :, None], to_right, to_left)
        self._cars[:] = np.where(moves[:, :, None], moved, self._cars)

    def observe(self, games: IntArray) -> AnyArray:
        """Return what these games show."""
        rules = self.rules
        seen = np.zeros((len(games), NUM_OBSERVED), np.float32)
        num_cells = NUM_ROWS_SEEN * NUM_COLUMNS_SEEN
        rows, columns = self._rows[games], self._columns[games]
        lanes = rows[:, None] - ROWS_AHEAD - 1 + np.arange(NUM_ROWS_SEEN)
        shown = columns[:, None] + np.arange(NUM_COLUMNS_SEEN)
        cells = self._boards[games[:, None, None], lanes[:, :, None] + self._top, shown[:, None, :]]
        seen[:, :num_cells] = cells.reshape(len(games), num_cells)
        is_lane = (lanes >= 0) & (lanes < rules.lanes)
        known = np.where(is_lane, lanes, 0)
        speeds = np.take_along_axis(self._directions[games] / self._periods[games], known, axis=1)
        moves = self._moves_at(self.timesteps + 1)[games]
        turns = np.take_along_axis(moves, known, axis=1)
        seen[:, num_cells : num_cells + NUM_ROWS_SEEN] = np.where(is_lane, speeds, 0)
        seen[:, num_cells + NUM_ROWS_SEEN : -2] = is_lane & turns
        seen[:, -2] = rows / (rules.lanes + 1)
        seen[:, -1] = columns / (rules.columns - 1)
        return seen

    def measure(self) -> Mapping[str, AnyArray]:
        """Return (N,) each number of the state."""
        everyone = np.arange(self.num_envs)
        return {
            "timestep": self.timesteps.copy(),
            "crossings": self._crossings.copy(),
            "row": self._rows.copy(),
            "cars": self._boards[everyone, self._rows - 1 + self._top].sum(axis=1),
        }
