"""The exact solution of a grid world, for comparison with what an agent learned.

Source: Sutton and Barto 2018, Reinforcement Learning, section 4.4 (value iteration); Ng, Harada
and Russell 1999, "Policy invariance under reward transformations" (shaping).
Shapes: S cells, A = 4 actions, K outcomes of an action (straight, or one of the two sides).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gymlab.envs.grid_world_layout import MOVES, Cell, GridWorldLayout

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

TOLERANCE = 1e-10
MAX_SWEEPS = 100_000


@dataclass(frozen=True, slots=True)
class GridWorldRewards:
    """What a move is worth."""

    goal: float = 1.0
    trap: float = -1.0
    step: float = -0.01
    is_shaped: bool = False


@dataclass(frozen=True)
class GridWorldProblem:
    """A Markov decision process: board, rewards, chance and discount."""

    layout: GridWorldLayout
    rewards: GridWorldRewards
    slipperiness: float
    discount: float

    @cached_property
    def outcomes(self) -> tuple[tuple[int, ...], tuple[float, ...]]:
        """How far an action may be turned, in quarter turns clockwise, and how likely."""
        if self.slipperiness == 0:
            return (0,), (1.0,)
        side = self.slipperiness / 2
        return (0, 1, 3), (1 - self.slipperiness, side, side)

    @cached_property
    def potentials(self) -> dict[Cell, float]:
        """Potential of every cell: minus its share of the longest way, 0 where episodes end."""
        distances = self.layout.distances
        longest = max(distances.values())
        return {
            cell: 0.0 if self.layout.is_terminal(cell) else -distances.get(cell, longest) / longest
            for cell in self.layout.cells
        }

    def reward(self, cell: Cell, next_cell: Cell) -> float:
        """Return the reward of a move from one cell to another."""
        reward = self.rewards.step
        if next_cell in self.layout.goals:
            reward += self.rewards.goal
        elif next_cell in self.layout.traps:
            reward += self.rewards.trap
        if self.rewards.is_shaped:
            reward += self.discount * self.potentials[next_cell] - self.potentials[cell]
        return reward

    @cached_property
    def moves(self) -> tuple[IntArray, FloatArray]:
        """Where each undisturbed move leads and what it is worth.

        Returns:
            (S, A) index of the next cell, and (S, A) reward. Terminal cells and walls lead to
            themselves and are worth nothing.
        """
        cells = self.layout.cells
        next_idx = np.repeat(np.arange(len(cells), dtype=np.int64)[:, None], len(MOVES), axis=1)
        rewards = np.zeros((len(cells), len(MOVES)))
        for idx, cell in enumerate(cells):
            if cell in self.layout.walls or self.layout.is_terminal(cell):
                continue
            for action in range(len(MOVES)):
                next_cell = self.layout.neighbour(cell, action)
                next_idx[idx, action] = self.layout.index_of(next_cell)
                rewards[idx, action] = self.reward(cell, next_cell)
        return next_idx, rewards

    def transition_matrices(self) -> tuple[FloatArray, FloatArray]:
        """Return the process in matrix form, for teaching and for checks on small boards.

        Returns:
            (A, S, S) probability of each next cell, and (S, A) expected reward.
        """
        next_idx, rewards = self.moves
        num_cells = len(self.layout.cells)
        matrices = np.zeros((len(MOVES), num_cells, num_cells))
        expected = np.zeros((num_cells, len(MOVES)))
        for action in range(len(MOVES)):
            for turn, probability in zip(*self.outcomes, strict=True):
                direction = (action + turn) % len(MOVES)
                matrices[action, np.arange(num_cells), next_idx[:, direction]] += probability
                expected[:, action] += probability * rewards[:, direction]
        return matrices, expected


@dataclass(frozen=True, slots=True)
class OptimalValues:
    """The solution of a grid world."""

    values: FloatArray
    """(size, size) expected discounted return of the best policy; 0 in terminal cells, NaN in walls."""
    action_values: FloatArray
    """(size, size, A) the same after taking each action first."""
    policy: IntArray
    """(size, size) best action, the lowest number among equals; -1 in walls and terminal cells."""
    num_sweeps: int
    """Sweeps over the board that value iteration needed."""


def solve(problem: GridWorldProblem, *, tolerance: float = TOLERANCE) -> OptimalValues:
    """Compute the exact optimal values by value iteration.

    Args:
        problem: What to solve.
        tolerance: Largest change of a value in the last sweep.

    Returns:
        Values within `tolerance * discount / (1 - discount)` of the truth. With a discount of 1
        they are exact where every policy that avoids the goal loses reward.
    """
    next_idx, rewards = problem.moves
    layout = problem.layout
    values = np.zeros(len(layout.cells))
    num_sweeps = 0
    change = np.inf
    while change > tolerance and num_sweeps < MAX_SWEEPS:
        action_values = _backup(problem, next_idx, rewards, values)
        new_values = action_values.max(axis=1)
        change = float(np.abs(new_values - values).max())
        values = new_values
        num_sweeps += 1
    action_values = _backup(problem, next_idx, rewards, values)
    return _as_board(layout, values, action_values, num_sweeps)


def _backup(
    problem: GridWorldProblem, next_idx: IntArray, rewards: FloatArray, values: FloatArray
) -> FloatArray:
    """Return (S, A) the value of each action when `values` holds afterwards."""
    by_direction = rewards + problem.discount * values[next_idx]
    return sum(
        (
            probability * np.roll(by_direction, -turn, axis=1)
            for turn, probability in zip(*problem.outcomes, strict=True)
        ),
        np.zeros_like(by_direction),
    )


def _as_board(
    layout: GridWorldLayout, values: FloatArray, action_values: FloatArray, num_sweeps: int
) -> OptimalValues:
    # Values that differ by rounding alone must not decide which arrow is drawn.
    policy = np.round(action_values, 9).argmax(axis=1)
    for idx, cell in enumerate(layout.cells):
        if cell in layout.walls or layout.is_terminal(cell):
            policy[idx] = -1
        if cell in layout.walls:
            values[idx] = np.nan
            action_values[idx] = np.nan
    shape = (layout.size, layout.size)
    return OptimalValues(
        values=values.reshape(shape),
        action_values=action_values.reshape(*shape, len(MOVES)),
        policy=policy.reshape(shape).astype(np.int64),
        num_sweeps=num_sweeps,
    )
