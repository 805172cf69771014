"""Environments of few states as tables, so that their exact solution is known.

Letters: S states, A actions, K outcomes of an action, C cells of a page.
Source: Sutton and Barto 2018, Reinforcement Learning, section 4.4 (value iteration).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import gymnasium
import numpy as np
from numpy.typing import NDArray

from gymlab.envs.grid_world import GridWorldEnv
from gymlab.envs.grid_world_layout import GridWorldLayout

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

MAX_STATES = 2500
TOLERANCE = 1e-10
MAX_SWEEPS = 20_000
UP, RIGHT, DOWN, LEFT = "up", "right", "down", "left"
FLOOR, START, WALL, TRAP, GOAL = "floor", "start", "wall", "trap", "goal"
_FROZEN_LAKE = "gymnasium.envs.toy_text.frozen_lake"
_CLIFF_WALKING = "gymnasium.envs.toy_text.cliffwalking"
_TAXI = "gymnasium.envs.toy_text.taxi"
_LAKE_KINDS = {b"S": START, b"H": TRAP, b"G": GOAL}
_TAXI_STOPS = ("red", "green", "yellow", "blue")


@dataclass(frozen=True, slots=True)
class Table:
    """A Markov decision process, and how its states lie on boards."""

    nexts: IntArray
    """(S, A, K) state that each outcome leads to."""
    probabilities: FloatArray
    """(S, A, K) how likely it is; 0 fills up."""
    rewards: FloatArray
    """(S, A, K) what it is worth."""
    ends: BoolArray
    """(S, A, K) whether the episode ends with it."""
    rows: int
    columns: int
    pages: tuple[str, ...]
    """Names of the boards."""
    states: tuple[tuple[int, ...], ...]
    """State in each of the C cells of each page, row by row."""
    kinds: tuple[str, ...]
    """What is in each state."""
    arrows: tuple[str, ...]
    """Where each action leads, or what it is called."""
    is_judged: BoolArray
    """(S,) whether an episode can be in the state with something left to decide."""


@dataclass(frozen=True, slots=True)
class Solution:
    """The exact answer."""

    values: FloatArray
    """(S,) expected discounted return of the best policy."""
    action_values: FloatArray
    """(S, A) the same after taking each action first."""
    num_sweeps: int


def table_of(env: gymnasium.Env[Any, Any]) -> Table | None:
    """Return the table of an environment, or None where it has none of manageable size."""
    bare = env.unwrapped
    if isinstance(bare, GridWorldEnv):
        return _grid_world(bare)
    match type(bare).__module__:
        case str(name) if name == _FROZEN_LAKE:
            return _frozen_lake(cast("Any", bare))
        case str(name) if name == _CLIFF_WALKING:
            return _cliff_walking(cast("Any", bare))
        case str(name) if name == _TAXI:
            return _taxi(cast("Any", bare))
        case _:
            return None


def solve(table: Table, discount: float) -> Solution:
    """Return the exact optimal values by value iteration."""
    values = np.zeros(len(table.nexts))
    change, num_sweeps = np.inf, 0
    while change > TOLERANCE and num_sweeps < MAX_SWEEPS:
        updated = backup(table, values, discount).max(axis=1)
        change = float(np.abs(updated - values).max())
        values = updated
        num_sweeps += 1
    return Solution(values, backup(table, values, discount), num_sweeps)


def backup(table: Table, values: FloatArray, discount: float) -> FloatArray:
    """Return (S, A) what each action is worth when `values` (S,) holds afterwards."""
    following = np.where(table.ends, 0.0, values[table.nexts])
    worth: FloatArray = (table.probabilities * (table.rewards + discount * following)).sum(axis=2)
    return worth


def _grid_world(env: GridWorldEnv) -> Table | None:
    layout, problem = env.layout, env.problem
    cells = layout.cells
    if len(cells) > MAX_STATES:
        return None
    next_by_move, reward_by_move = problem.moves
    turns, chances = problem.outcomes
    shape = (len(cells), len(turns))
    is_over = np.array([layout.is_terminal(cell) for cell in cells])
    nexts = np.stack([np.roll(next_by_move, -turn, axis=1) for turn in turns], axis=2)
    rewards = np.stack([np.roll(reward_by_move, -turn, axis=1) for turn in turns], axis=2)
    probabilities = np.broadcast_to(np.array(chances), (shape[0], 4, shape[1])).copy()
    walls = np.array([cell in layout.walls for cell in cells])
    return Table(
        nexts=nexts,
        probabilities=probabilities,
        rewards=rewards,
        # Ends and walls lead to themselves and are worth nothing.
        ends=is_over[nexts] | walls[:, None, None],
        rows=layout.size,
        columns=layout.size,
        pages=("",),
        states=(tuple(range(len(cells))),),
        kinds=tuple(_grid_world_kind(layout, cell) for cell in cells),
        arrows=(UP, RIGHT, DOWN, LEFT),
        is_judged=~(is_over | walls),
    )


def _grid_world_kind(layout: GridWorldLayout, cell: tuple[int, int]) -> str:
    if cell in layout.walls:
        return WALL
    if cell in layout.goals:
        return GOAL
    if cell in layout.traps:
        return TRAP
    return START if cell == layout.start else FLOOR


@dataclass(frozen=True, slots=True)
class _Boards:
    """How states lie."""

    shape: tuple[int, ...]
    pages: tuple[str, ...]
    states: tuple[tuple[int, ...], ...]
    kinds: tuple[str, ...]
    arrows: tuple[str, ...]
    is_judged: BoolArray


def _frozen_lake(env: Any) -> Table | None:
    board = np.asarray(env.desc)
    kinds = tuple(_LAKE_KINDS.get(bytes(each), FLOOR) for each in board.reshape(-1))
    is_judged = np.array([kind not in {TRAP, GOAL} for kind in kinds])
    return _of_outcomes(
        env.P,
        _Boards(
            board.shape,
            ("",),
            (tuple(range(len(kinds))),),
            kinds,
            (LEFT, DOWN, RIGHT, UP),
            is_judged,
        ),
    )


def _cliff_walking(env: Any) -> Table | None:
    shape = tuple(int(side) for side in env.shape)
    num_cells = shape[0] * shape[1]
    start, goal = int(env.start_state_index), num_cells - 1
    cliff = {int(idx) for idx in np.flatnonzero(np.asarray(env._cliff).reshape(-1))}  # noqa: SLF001 - there is no other way to know it
    kinds = tuple(
        TRAP if idx in cliff else START if idx == start else GOAL if idx == goal else FLOOR
        for idx in range(num_cells)
    )
    # Whoever falls is back at the start: nobody is ever on the cliff.
    is_judged = np.array([kind not in {TRAP, GOAL} for kind in kinds])
    states = (tuple(range(num_cells)),)
    return _of_outcomes(
        env.P, _Boards(shape, ("",), states, kinds, (UP, RIGHT, DOWN, LEFT), is_judged)
    )


def _taxi(env: Any) -> Table | None:
    side, num_stops = 5, len(_TAXI_STOPS)
    pages: list[str] = []
    states: list[tuple[int, ...]] = []
    kinds = [FLOOR] * (side * side * (num_stops + 1) * num_stops)
    is_judged = np.zeros(len(kinds), np.bool_)
    stops = [int(row) * side + int(column) for row, column in env.locs]
    for passenger in range(num_stops + 1):
        for goal in range(num_stops):
            if passenger == goal:
                continue
            where = f"at {_TAXI_STOPS[passenger]}" if passenger < num_stops else "on board"
            pages.append(f"{where}, to {_TAXI_STOPS[goal]}")
            page = [
                int(env.encode(cell // side, cell % side, passenger, goal))
                for cell in range(side * side)
            ]
            is_judged[page] = True
            if passenger < num_stops:
                kinds[page[stops[passenger]]] = START
            kinds[page[stops[goal]]] = GOAL
            states.append(tuple(page))
    arrows = (DOWN, UP, RIGHT, LEFT, "pick up", "drop off")
    boards = _Boards((side, side), tuple(pages), tuple(states), tuple(kinds), arrows, is_judged)
    return _of_outcomes(env.P, boards)


def _of_outcomes(
    outcomes: Mapping[int, Mapping[int, Sequence[tuple[Any, ...]]]], boards: _Boards
) -> Table | None:
    """Return the table of Gymnasium's `P`: state -> action -> (probability, next, reward, end)."""
    num_states, num_actions = len(outcomes), len(boards.arrows)
    if num_states > MAX_STATES or num_states != len(boards.kinds):
        return None
    most = max(len(found) for actions in outcomes.values() for found in actions.values())
    shape = (num_states, num_actions, most)
    nexts, ends = np.zeros(shape, np.int64), np.zeros(shape, np.bool_)
    probabilities, rewards = np.zeros(shape), np.zeros(shape)
    for state, actions in outcomes.items():
        for action, found in actions.items():
            for idx, (probability, following, reward, is_over) in enumerate(found):
                place = (int(state), int(action), idx)
                nexts[place], ends[place] = int(following), bool(is_over)
                probabilities[place], rewards[place] = float(probability), float(reward)
    return Table(
        nexts=nexts,
        probabilities=probabilities,
        rewards=rewards,
        ends=ends,
        rows=boards.shape[0],
        columns=boards.shape[1],
        pages=boards.pages,
        states=boards.states,
        kinds=boards.kinds,
        arrows=boards.arrows,
        is_judged=boards.is_judged,
    )
