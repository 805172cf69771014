"""N games of Snake at once.

A board remembers when the head was last on each cell. The body is where that was less than
`length` timesteps ago, so that nothing has to be moved but the head.

Letters: N games, C cells of a board, A apples.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gymlab.envs.game import STEP
from gymlab.envs.games.snake import SnakeEnv
from gymlab.envs.games.snake_observations import APPLE, BODY, HEAD, NUM_FEATURES, NUM_SEEN, OBSTACLE
from gymlab.envs.games.snake_rules import MOVES, RAYS, RIGHT, START_LENGTH
from gymlab.envs.games.vector import GOES_ON, AnyArray, BoolArray, IntArray, VectorGame

FloatArray = NDArray[np.float32]

_LONG_AGO = -1_000_000
_NOWHERE = -1


class SnakeVectorEnv(VectorGame):
    """N games of `gymlab/Snake-v0` whose trajectories are those of N scalar ones."""

    def __init__(
        self,
        num_envs: int,
        *,
        max_episode_steps: int = 5000,
        render_mode: None = None,
        **arguments: Any,
    ) -> None:
        """Check the arguments of `SnakeEnv` and prepare N boards.

        Raises:
            InvalidInputError: An argument is impossible; the error names it.
        """
        self.render_mode = render_mode
        game = SnakeEnv(**arguments)
        super().__init__(num_envs, game, max_episode_steps)
        self.rules = rules = game.rules
        self._neighbours = _neighbour_table(game, MOVES)
        self._rays = _neighbour_table(game, RAYS)
        self._boards = np.arange(num_envs) * rules.num_cells
        self._stamps = np.empty((num_envs, rules.num_cells), np.int32)
        """(N, C) timestep at which the head was there last."""
        self._obstacles = np.zeros((num_envs, rules.num_cells), np.bool_)
        self._apples = np.full((num_envs, rules.apples), _NOWHERE, np.int64)
        """(N, A) cells of the apples; -1 where there is no room for one."""
        self._has_apple = np.zeros((num_envs, rules.num_cells), np.bool_)
        self._heads, self._headings = (np.zeros(num_envs, np.int64) for _ in range(2))
        self._lengths, self._pending, self._hunger = (
            np.zeros(num_envs, np.int64) for _ in range(3)
        )
        self._eaten = np.zeros(num_envs, np.int64)
        self._moved = np.zeros(num_envs, np.int64)
        """(N,) moves that succeeded: the clock of the stamps."""
        self._distances = np.zeros(num_envs, np.int64)
        self._offsets = np.zeros((num_envs, 2), np.int64)

    def begin(self, games: IntArray) -> None:
        """Begin with short snakes."""
        rules = self.rules
        self._stamps[games] = _LONG_AGO
        for age, cell in enumerate(rules.start):
            self._stamps[games, cell] = -age
        self._heads[games] = rules.start[0]
        self._headings[games] = RIGHT
        self._lengths[games] = START_LENGTH
        for counts in (self._pending, self._hunger, self._eaten, self._moved):
            counts[games] = 0
        self._apples[games] = _NOWHERE
        self._has_apple[games] = False
        for idx in map(int, games):
            self._obstacles[idx] = False
            self._obstacles[idx, list(rules.draw_obstacles(self.generators[idx]))] = True
            for slot in range(rules.apples):
                self._place_apple(idx, slot)
        self._look_for_apples()

    def advance(
        self, actions: AnyArray
    ) -> tuple[NDArray[np.float64], IntArray, Mapping[str, AnyArray]]:
        """Move every head by one cell."""
        before = self._distances
        self._headings = np.where((actions - self._headings) % 4 == 2, self._headings, actions)
        self._hunger += 1
        cells = self._neighbours[self._heads, self._headings]
        codes = self._deadly(cells)
        alive = codes == GOES_ON
        self._move(alive, cells)
        eats = alive & self._has_apple.ravel()[self._boards + np.where(alive, cells, 0)]
        for idx in map(int, np.flatnonzero(eats)):
            codes[idx] = self._eat(idx)
        starves = alive & ~eats & (self._hunger >= self.rules.max_hunger)
        codes[starves] = self.code("starvation")
        self._look_for_apples()
        change = np.where(alive & ~eats, self._distances - before, 0)
        return (
            self._rewards(alive, eats, starves),
            codes,
            {
                STEP: np.ones(self.num_envs, np.bool_),
                "apple": eats,
                "closer": change < 0,
                "farther": change > 0,
                "died": ~alive,
                "starved": starves,
                "full": codes == self.code("goal"),
            },
        )

    def _deadly(self, cells: IntArray) -> IntArray:
        """Return (N,) the code of what is deadly about moving to a cell, 0 where nothing is."""
        is_outside = cells < 0
        places = self._boards + np.where(is_outside, 0, cells)
        is_block = self._obstacles.ravel()[places]
        codes = np.where(self._is_body(places), self.code("self"), GOES_ON)
        codes = np.where(is_block, self.code("obstacle"), codes)
        return np.where(is_outside, self.code("wall"), codes)

    def _is_body(self, places: IntArray) -> BoolArray:
        """Return (N,) whether a cell will be body once the tail has made room."""
        oldest = self._moved + 1 - self._lengths - (self._pending > 0)
        return self._stamps.ravel()[places] > oldest

    def _move(self, alive: BoolArray, cells: IntArray) -> None:
        grows = alive & (self._pending > 0)
        self._lengths += grows
        self._pending -= grows
        self._moved += alive
        self._heads = np.where(alive, cells, self._heads)
        self._stamps.ravel()[(self._boards + cells)[alive]] = self._moved[alive]

    def _eat(self, idx: int) -> int:
        cell = self._heads[idx]
        slots = [int(each) for each in self._apples[idx] if each not in {cell, _NOWHERE}]
        self._has_apple[idx, cell] = False
        self._apples[idx] = _NOWHERE
        self._apples[idx, : len(slots)] = slots
        self._pending[idx] += self.rules.growth
        self._eaten[idx] += 1
        self._hunger[idx] = 0
        self._place_apple(idx, len(slots))
        return GOES_ON if self._apples[idx, 0] != _NOWHERE else self.code("goal")

    def _place_apple(self, idx: int, slot: int) -> None:
        is_body = self._stamps[idx] > self._moved[idx] - self._lengths[idx]
        free = np.flatnonzero(~(is_body | self._has_apple[idx] | self._obstacles[idx]))
        if free.size:
            cell = free[self.draw(idx, free.size)]
            self._apples[idx, slot] = cell
            self._has_apple[idx, cell] = True

    def _look_for_apples(self) -> None:
        """Find the way to the nearest apple of every board."""
        size, apples = self.rules.size, self._apples
        rows = apples // size - (self._heads // size)[:, None]
        columns = apples % size - (self._heads % size)[:, None]
        if self.rules.wrap:
            half = size // 2
            rows = (rows + half) % size - half
            columns = (columns + half) % size - half
        distances = np.abs(rows) + np.abs(columns)
        cells = self.rules.num_cells
        ranks = np.where(apples == _NOWHERE, 4 * cells * cells, distances * cells + apples)
        best = ranks.argmin(axis=1)[:, None]
        has_one = apples[:, :1] != _NOWHERE
        found = [np.take_along_axis(each, best, axis=1) * has_one for each in (rows, columns)]
        self._offsets = np.concatenate(found, axis=1)
        self._distances = np.abs(self._offsets).sum(axis=1)

    def _rewards(
        self, alive: BoolArray, eats: BoolArray, starves: BoolArray
    ) -> NDArray[np.float64]:
        rules = self.rules
        rewards = np.full(self.num_envs, rules.step_reward)
        rewards[eats] += rules.apple_reward
        rewards[~alive | starves] += rules.death_reward
        return rewards

    def measure(self) -> Mapping[str, AnyArray]:
        """Return (N,) each number of the state."""
        return {
            "timestep": self.timesteps.copy(),
            "apples": self._eaten.copy(),
            "length": self._lengths.copy(),
            "hunger": self._hunger.copy(),
            "distance": self._distances,
        }

    def observe(self, games: IntArray) -> FloatArray:
        """Return what these games show."""
        if self.rules.observation == "features":
            return self._features(games)
        if self.rules.observation == "vision":
            return self._vision(games)
        return self._grid(games)

    def _features(self, games: IntArray) -> FloatArray:
        rules = self.rules
        seen = np.zeros((len(games), NUM_FEATURES), np.float32)
        is_whole = len(games) == self.num_envs
        for direction in range(4):
            cells = self._neighbours[self._heads, direction]
            deadly = self._deadly(cells) != GOES_ON
            seen[:, direction] = deadly if is_whole else deadly[games]
        seen[np.arange(len(games)), 4 + self._headings[games]] = 1
        rows, columns = self._offsets[games].T
        for idx, each in enumerate((rows < 0, columns > 0, rows > 0, columns < 0)):
            seen[:, 8 + idx] = each
        seen[:, 12] = self._lengths[games] / rules.num_cells
        seen[:, 13] = self._hunger[games] / rules.max_hunger
        return seen

    def _vision(self, games: IntArray) -> FloatArray:
        seen = np.zeros((len(games), NUM_SEEN), np.float32)
        oldest = (self._moved - self._lengths)[games]
        boards = self._boards[games]
        for ray in range(len(RAYS)):
            cells, is_open = self._heads[games], np.ones(len(games), np.bool_)
            found = seen[:, 3 * ray : 3 * ray + 3]
            for distance in range(1, self.rules.sight + 1):
                cells = np.where(is_open, self._rays[cells, ray], cells)
                places = boards + np.maximum(cells, 0)
                stops = is_open & ((cells < 0) | self._obstacles.ravel()[places])
                found[stops, 0] = 1 / distance
                is_open &= ~stops
                is_body = is_open & (self._stamps.ravel()[places] > oldest) & (found[:, 1] == 0)
                found[is_body, 1] = 1 / distance
                is_apple = is_open & self._has_apple.ravel()[places] & (found[:, 2] == 0)
                found[is_apple, 2] = 1 / distance
        seen[np.arange(len(games)), 3 * len(RAYS) + self._headings[games]] = 1
        return seen

    def _grid(self, games: IntArray) -> FloatArray:
        size = self.rules.size
        seen = np.zeros((len(games), 4, size * size), np.float32)
        lengths = self._lengths[games][:, None]
        # How many moves the body will still be there.
        left = self._stamps[games] - (self._moved - self._lengths)[games][:, None]
        seen[:, BODY] = np.where(left > 0, left / lengths, 0)
        everyone = np.arange(len(games))
        seen[everyone, BODY, self._heads[games]] = 0
        seen[everyone, HEAD, self._heads[games]] = 1
        seen[:, APPLE] = self._has_apple[games]
        seen[:, OBSTACLE] = self._obstacles[games]
        return seen.reshape(-1, 4, size, size)


def _neighbour_table(game: SnakeEnv, moves: tuple[tuple[int, int], ...]) -> IntArray:
    """Return (C, M) the cell beside each cell by each move, -1 beyond a wall."""
    table = [
        [
            _NOWHERE if (other := game.rules.neighbour(cell, move)) is None else other
            for move in moves
        ]
        for cell in range(game.rules.num_cells)
    ]
    return np.array(table, np.int64)
