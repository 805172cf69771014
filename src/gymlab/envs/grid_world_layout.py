"""The board of the grid world: which cell is what, checked before anything is played on it."""

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from gymlab.errors import FieldProblem, InvalidInputError

MIN_SIZE = 2
MAX_SIZE = 50
MOVES: tuple[tuple[int, int], ...] = ((-1, 0), (0, 1), (1, 0), (0, -1))
"""Row and column change of the actions up, right, down and left."""

Cell = tuple[int, int]


@dataclass(frozen=True)
class GridWorldLayout:
    """A square board with walls, traps, goals and a start; cells are (row, column) from 0."""

    size: int
    walls: frozenset[Cell]
    traps: frozenset[Cell]
    goals: frozenset[Cell]
    start: Cell

    def neighbour(self, cell: Cell, action: int) -> Cell:
        """Return where a move leads; a wall or the edge leaves the agent where it is."""
        row, column = cell[0] + MOVES[action][0], cell[1] + MOVES[action][1]
        is_inside = 0 <= row < self.size and 0 <= column < self.size
        return (row, column) if is_inside and (row, column) not in self.walls else cell

    def is_terminal(self, cell: Cell) -> bool:
        """Return whether an episode ends in a cell."""
        return cell in self.goals or cell in self.traps

    def index_of(self, cell: Cell) -> int:
        """Return the observation of an agent in a cell, counted row by row."""
        return cell[0] * self.size + cell[1]

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All cells of the board, row by row, walls included."""
        return tuple((row, column) for row in range(self.size) for column in range(self.size))

    @cached_property
    def distances(self) -> dict[Cell, int]:
        """Fewest moves to the nearest goal from every cell that reaches one past the traps."""
        distances = dict.fromkeys(self.goals, 0)
        queue = deque(self.goals)
        while queue:
            cell = queue.popleft()
            for action in range(len(MOVES)):
                other = self.neighbour(cell, action)
                if other not in distances and other not in self.traps:
                    distances[other] = distances[cell] + 1
                    queue.append(other)
        return distances

    @cached_property
    def possible_starts(self) -> tuple[Cell, ...]:
        """Cells in which an episode can begin and from which a goal can be reached."""
        return tuple(cell for cell in sorted(self.distances) if not self.is_terminal(cell))


def make_layout(
    size: Any, *, walls: Any = None, traps: Any = None, goals: Any = None, start: Any = None
) -> GridWorldLayout:
    """Check a board and build it.

    Args:
        size: Cells per side.
        walls: [row, column] pairs; None means the walls of the default board of this size.
        traps: The same for traps.
        goals: The same for goals; None means the bottom right corner.
        start: [row, column]; None means the top left corner.

    Raises:
        InvalidInputError: Something is not a cell, two things share a cell, or no goal can be
            reached from the start.
    """
    size = _checked_size(size)
    layout = GridWorldLayout(
        size=size,
        walls=_checked_cells("walls", walls, size, default_walls(size)),
        traps=_checked_cells("traps", traps, size, default_traps(size)),
        goals=_checked_cells("goals", goals, size, frozenset({(size - 1, size - 1)})),
        start=_checked_cell("start", [0, 0] if start is None else start, size),
    )
    return _checked_layout(layout)


def default_walls(size: int) -> frozenset[Cell]:
    """Return a wall down the middle with one gap; boards under four cells have none."""
    middle = size // 2
    rows = range(1, size - 1) if size > 3 else ()
    return frozenset((row, middle) for row in rows if row != middle)


def default_traps(size: int) -> frozenset[Cell]:
    """Return the one trap below the wall; boards under four cells have none."""
    return frozenset({(size - 1, size // 2)}) if size > 3 else frozenset()


def invalid(field: str, code: str, detail: str, hint: str | None = None) -> InvalidInputError:
    """Return the error for one argument of the environment."""
    problem = FieldProblem(f"env_kwargs.{field}", code, detail, hint)
    return InvalidInputError(detail, hint=hint, fields=[problem])


def checked_number(field: str, value: Any, low: float, high: float) -> float:
    """Return a finite number between two bounds.

    Raises:
        InvalidInputError: It is not a number, not finite or out of bounds.
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):
        raise invalid(field, "not_a_number", f"{field} must be a number, not {_short(value)}.")
    if not low <= value <= high:
        detail = f"{field} must be from {low:g} to {high:g}, not {_short(value)}."
        raise invalid(field, "out_of_range", detail)
    return float(value)


def _checked_size(size: Any) -> int:
    if not _is_whole(size):
        raise invalid("size", "wrong_type", f"size must be a whole number, not {_short(size)}.")
    if not MIN_SIZE <= int(size) <= MAX_SIZE:
        detail = f"size must be from {MIN_SIZE} to {MAX_SIZE}, not {_short(size)}."
        raise invalid("size", "out_of_range", detail)
    return int(size)


def _checked_cells(field: str, value: Any, size: int, default: frozenset[Cell]) -> frozenset[Cell]:
    if value is None:
        return default
    if not _is_listing(value):
        detail = f"{field} must be a list of [row, column], not {_short(value)}."
        raise invalid(field, "wrong_type", detail)
    if len(value) > size * size:
        raise invalid(field, "too_many", f"{field} has more cells than the board.")
    cells = cast("Iterable[Any]", value)
    return frozenset(_checked_cell(f"{field}.{idx}", cell, size) for idx, cell in enumerate(cells))


def _checked_cell(field: str, value: Any, size: int) -> Cell:
    if not _is_listing(value) or len(value) != 2 or not all(map(_is_whole, value)):
        detail = f"{field} must be [row, column] in whole numbers, not {_short(value)}."
        raise invalid(field, "wrong_type", detail)
    row, column = int(value[0]), int(value[1])
    if not (0 <= row < size and 0 <= column < size):
        detail = f"{field} is [{row}, {column}], which is outside a board of {size} x {size}."
        raise invalid(field, "out_of_board", detail, f"Rows and columns go from 0 to {size - 1}.")
    return row, column


def _checked_layout(layout: GridWorldLayout) -> GridWorldLayout:
    kinds: Sequence[tuple[str, frozenset[Cell]]] = (
        ("walls", layout.walls),
        ("traps", layout.traps),
        ("goals", layout.goals),
        ("start", frozenset({layout.start})),
    )
    for idx, (field, cells) in enumerate(kinds):
        for other, other_cells in kinds[:idx]:
            shared = sorted(cells & other_cells)
            if shared:
                detail = f"{field} and {other} share the cell {list(shared[0])}."
                raise invalid(field, "cell_taken", detail, "A cell is one thing only.")
    if not layout.goals:
        raise invalid("goals", "no_goal", "goals is empty: the board needs at least one goal.")
    if layout.start not in layout.distances:
        raise invalid(
            "goals",
            "unreachable",
            f"No goal can be reached from the start {list(layout.start)} without a trap.",
            "Remove a wall or a trap, or move the start or a goal.",
        )
    return layout


def _is_listing(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
