"""Draws Snake with Pillow from the same JSON that the browser draws it from."""

from itertools import pairwise

from gymlab.envs.game import State
from gymlab.envs.games.drawing import (
    BLUE,
    GREEN,
    PAPER,
    PICTURE_SIZE,
    RED,
    SKY,
    STONE,
    Sheet,
    UInt8Array,
    blend,
    checkerboard,
)
from gymlab.envs.games.snake_rules import MOVES, SnakeRules


class SnakePicture:
    """The board of a game; drawn once, the rest for every picture."""

    def __init__(self, rules: SnakeRules) -> None:
        """Draw what never moves."""
        self._board = checkerboard(rules.size, rules.size, max(8, PICTURE_SIZE // rules.size))

    def draw(self, state: State) -> UInt8Array:
        """Return (height, width, 3) the picture of `render_state`."""
        sheet = self._board.copy()
        for row, column in state["obstacles"]:
            sheet.box(column + 0.04, row + 0.04, 0.92, 0.92, STONE, radius=0.16)
        for row, column in state["apples"]:
            sheet.disc(column + 0.5, row + 0.54, 0.32, RED)
            sheet.line([(column + 0.5, row + 0.26), (column + 0.62, row + 0.12)], GREEN, 0.09)
        _draw_body(sheet, state)
        _draw_head(sheet, state)
        return sheet.pixels()


def _draw_body(sheet: Sheet, state: State) -> None:
    cells = state["snake"]
    for idx, (near, far) in reversed(list(enumerate(pairwise(cells)))):
        colour = blend(BLUE, SKY, (idx + 1) / len(cells))
        points = [(near[1] + 0.5, near[0] + 0.5), (far[1] + 0.5, far[0] + 0.5)]
        if abs(near[0] - far[0]) + abs(near[1] - far[1]) == 1:
            sheet.line(points, colour, 0.68)
        else:  # around the edge
            sheet.disc(*points[1], 0.34, colour)


def _draw_head(sheet: Sheet, state: State) -> None:
    row, column = state["snake"][0]
    x, y = float(column) + 0.5, float(row) + 0.5
    down, right = MOVES[int(state["heading"])]
    sheet.disc(x, y, 0.42, RED if state["termination"] in {"wall", "obstacle", "self"} else BLUE)
    for side in (-0.17, 0.17):
        eye_x, eye_y = x + 0.14 * right + side * down, y + 0.14 * down + side * right
        sheet.disc(eye_x, eye_y, 0.1, PAPER)
        sheet.disc(eye_x + 0.03 * right, eye_y + 0.03 * down, 0.05, (20, 22, 26))
