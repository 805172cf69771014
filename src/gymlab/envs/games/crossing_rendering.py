"""Draws the crossing game with Pillow from the same JSON that the browser draws it from."""

from gymlab.envs.game import State
from gymlab.envs.games.crossing_rules import CrossingRules
from gymlab.envs.games.drawing import (
    AMBER,
    BLUE,
    GREEN,
    PAPER,
    PICTURE_SIZE,
    RED,
    SKY,
    Colour,
    Sheet,
    UInt8Array,
)

ASPHALT: Colour = (74, 78, 88)
DASH: Colour = (122, 127, 138)
PAVEMENT: Colour = (232, 231, 226)
CAR_COLOURS: tuple[Colour, ...] = (AMBER, (176, 96, 164), (92, 164, 168))
"""Of cars that take 1, 2 and 3 timesteps for a cell."""


class CrossingPicture:
    """The road of a game; drawn once, the rest for every picture."""

    def __init__(self, rules: CrossingRules) -> None:
        """Draw what never moves."""
        self._width = rules.columns
        unit = max(12, PICTURE_SIZE // max(rules.columns, rules.num_rows))
        self._road = Sheet(rules.columns, rules.num_rows, unit, ASPHALT)
        self._road.box(0, 0, rules.columns, 1, PAVEMENT)
        self._road.box(0, rules.lanes + 1, rules.columns, 1, PAVEMENT)
        for row in range(2, rules.lanes + 1):
            for column in range(rules.columns):
                self._road.box(column + 0.3, row - 0.03, 0.4, 0.06, DASH)

    def draw(self, state: State) -> UInt8Array:
        """Return (height, width, 3) the picture of `render_state`."""
        sheet = self._road.copy()
        sheet.box(0, 0.86, self._width, 0.08, GREEN)
        for row, column in state["cars"]:
            colour = CAR_COLOURS[int(state["periods"][row - 1]) - 1]
            sheet.box(column + 0.06, row + 0.2, 0.88, 0.6, colour, radius=0.2)
            front = 0.58 if state["directions"][row - 1] > 0 else 0.2
            sheet.box(column + front, row + 0.27, 0.22, 0.46, SKY, radius=0.08)
        row, column = state["agent"]
        colour = RED if state["termination"] == "hit" else BLUE
        sheet.disc(column + 0.5, row + 0.5, 0.34, colour)
        sheet.disc(column + 0.5, row + 0.42, 0.14, PAPER)
        return sheet.pixels()
