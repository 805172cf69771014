"""Draws the lantern game with Pillow from the same JSON that the browser draws it from."""

from gymlab.envs.game import State
from gymlab.envs.games.drawing import (
    AMBER,
    BLUE,
    NIGHT,
    PAPER,
    PICTURE_SIZE,
    RED,
    SKY,
    STONE,
    Colour,
    Sheet,
    UInt8Array,
    blend,
)
from gymlab.envs.games.lantern_cave import LanternRules

SHADOW = 0.62
"""How dark what the lantern does not light is."""


class LanternPicture:
    """The cave of a game; all of it is shown, what the agent does not see in the dark."""

    def __init__(self, rules: LanternRules) -> None:
        """Choose a scale."""
        self._rules = rules
        self._unit = max(12, PICTURE_SIZE // rules.size)

    def draw(self, state: State) -> UInt8Array:
        """Return (height, width, 3) the picture of `render_state`."""
        size = self._rules.size
        sheet = Sheet(size, size, self._unit, NIGHT)
        visits = {(row, column): count for row, column, count in state["visited"]}
        for row in range(size):
            for column in range(size):
                floor = blend(PAPER, SKY, min(visits.get((row, column), 0), 4) / 8)
                self._box(sheet, state, (row, column), floor, 0.0)
        for row, column in state["rocks"]:
            self._box(sheet, state, (row, column), STONE, 0.03)
        for row, column in state["traps"]:
            colour = self._shaded(state, (row, column), RED)
            for ends in ((0.28, 0.28, 0.72, 0.72), (0.28, 0.72, 0.72, 0.28)):
                points = [(column + ends[0], row + ends[1]), (column + ends[2], row + ends[3])]
                sheet.line(points, colour, 0.12)
        row, column = state["treasure"]
        gold = self._shaded(state, (row, column), AMBER)
        x, y = column + 0.5, row + 0.5
        sheet.polygon([(x, y - 0.34), (x + 0.3, y), (x, y + 0.34), (x - 0.3, y)], gold)
        row, column = state["agent"]
        sheet.disc(column + 0.5, row + 0.5, 0.33, BLUE)
        sheet.disc(column + 0.5, row + 0.5, 0.13, (255, 224, 140))
        return sheet.pixels()

    def _box(
        self, sheet: Sheet, state: State, cell: tuple[int, int], colour: Colour, gap: float
    ) -> None:
        side = 1 - 2 * gap
        shown = self._shaded(state, cell, colour)
        sheet.box(cell[1] + gap, cell[0] + gap, side, side, shown, radius=4 * gap)

    def _shaded(self, state: State, cell: tuple[int, int], colour: Colour) -> Colour:
        row, column = state["agent"]
        distance = max(abs(cell[0] - row), abs(cell[1] - column))
        return colour if distance <= self._rules.lantern else blend(colour, NIGHT, SHADOW)
