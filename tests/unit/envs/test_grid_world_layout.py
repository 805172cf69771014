"""A board is checked as a whole, and every mistake is named by its field."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymlab.envs.grid_world_layout import MAX_SIZE, MIN_SIZE, make_layout
from gymlab.errors import InvalidInputError


@pytest.mark.parametrize("size", range(MIN_SIZE, MAX_SIZE + 1))
def test_the_default_board_can_be_solved_at_every_size(size: int) -> None:
    """The start reaches the goal without a trap."""
    layout = make_layout(size)
    assert layout.distances[layout.start] == 2 * (size - 1)
    assert layout.start == (0, 0)
    assert layout.goals == {(size - 1, size - 1)}


def test_moves_stop_at_walls_and_edges() -> None:
    """Up, right, down, left."""
    layout = make_layout(3, walls=[[0, 1]], traps=[])
    assert [layout.neighbour((0, 0), action) for action in range(4)] == [
        (0, 0),
        (0, 0),
        (1, 0),
        (0, 0),
    ]


def test_distances_go_around_walls_and_traps() -> None:
    """The middle column is closed but for its last row."""
    layout = make_layout(3, walls=[[0, 1]], traps=[[1, 1]], goals=[[0, 2]])
    assert layout.distances[0, 0] == 6
    assert (1, 1) not in layout.distances


@pytest.mark.parametrize(
    ("arguments", "field", "code"),
    [
        ({"size": 0}, "size", "out_of_range"),
        ({"size": 1}, "size", "out_of_range"),
        ({"size": -1}, "size", "out_of_range"),
        ({"size": 10_000}, "size", "out_of_range"),
        ({"size": 10**30}, "size", "out_of_range"),
        ({"size": 5.0}, "size", "wrong_type"),
        ({"size": "5"}, "size", "wrong_type"),
        ({"size": True}, "size", "wrong_type"),
        ({"size": None}, "size", "wrong_type"),
        ({"size": math.nan}, "size", "wrong_type"),
        ({"walls": "0,1"}, "walls", "wrong_type"),
        ({"walls": 3}, "walls", "wrong_type"),
        ({"walls": [[0]]}, "walls.0", "wrong_type"),
        ({"walls": [[0, 1, 2]]}, "walls.0", "wrong_type"),
        ({"walls": [[0, "1"]]}, "walls.0", "wrong_type"),
        ({"walls": [[0, 1.5]]}, "walls.0", "wrong_type"),
        ({"walls": [[0, True]]}, "walls.0", "wrong_type"),
        ({"walls": [[1, 1], [5, 0]]}, "walls.1", "out_of_board"),
        ({"walls": [[-1, 0]]}, "walls.0", "out_of_board"),
        ({"walls": [[1, 1]] * 26}, "walls", "too_many"),
        ({"traps": [[9, 9]]}, "traps.0", "out_of_board"),
        ({"goals": []}, "goals", "no_goal"),
        ({"goals": [[0, 5]]}, "goals.0", "out_of_board"),
        ({"start": [5, 5]}, "start", "out_of_board"),
        ({"start": 3}, "start", "wrong_type"),
        ({"walls": [[4, 4]]}, "goals", "cell_taken"),
        ({"walls": [[0, 0]]}, "start", "cell_taken"),
        ({"traps": [[4, 4]]}, "goals", "cell_taken"),
        ({"traps": [[2, 2]], "walls": [[2, 2]]}, "traps", "cell_taken"),
        ({"goals": [[0, 0]]}, "start", "cell_taken"),
        ({"walls": [[0, 1], [1, 0]]}, "goals", "unreachable"),
        ({"traps": [[0, 1], [1, 0]]}, "goals", "unreachable"),
    ],
)
def test_an_impossible_board_is_refused(arguments: dict[str, Any], field: str, code: str) -> None:
    """The error names the argument and what is wrong with it."""
    given_arguments = {"size": 5, "walls": [], "traps": [], **arguments}
    with pytest.raises(InvalidInputError) as caught:
        make_layout(given_arguments.pop("size"), **given_arguments)
    (problem,) = caught.value.fields
    assert (problem.field, problem.code) == (f"env_kwargs.{field}", code)
    assert len(problem.detail) < 250


def test_a_pocket_without_a_goal_is_no_possible_start() -> None:
    """A random start never lands where no goal can be reached."""
    layout = make_layout(4, walls=[[2, 0], [2, 1], [3, 1]], traps=[])
    assert (3, 0) not in layout.possible_starts
    assert layout.goals.isdisjoint(layout.possible_starts)


CELLS = st.lists(st.tuples(st.integers(-1, 6), st.integers(-1, 6)), max_size=8)


@given(size=st.integers(0, 7), walls=CELLS, traps=CELLS, goals=CELLS)
def test_any_board_is_playable_or_refused(
    size: int, walls: list[Any], traps: list[Any], goals: list[Any]
) -> None:
    """What is accepted has a way from the start to a goal."""
    try:
        layout = make_layout(size, walls=walls, traps=traps, goals=goals)
    except InvalidInputError:
        return
    cell, steps = layout.start, 0
    while not layout.is_terminal(cell):
        nearer = [layout.neighbour(cell, action) for action in range(4)]
        cell = min(nearer, key=lambda other: layout.distances.get(other, np.inf))
        steps += 1
    assert cell in layout.goals
    assert steps == layout.distances[layout.start]
