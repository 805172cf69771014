"""Draws the orbit game with Pillow from the same JSON that the browser draws it from."""

from collections import deque

import numpy as np

from gymlab.envs.game import State
from gymlab.envs.games.drawing import AMBER, NIGHT, PAPER, PICTURE_SIZE, Sheet, UInt8Array, blend
from gymlab.envs.games.orbit_rules import EDGE, PLANET_RADIUS, TOLERANCE, OrbitRules

TRAIL_LENGTH = 60
NUM_STARS = 90
_UNIT = round(PICTURE_SIZE / (2 * EDGE))


class OrbitPicture:
    """The sky of a game: drawn once, the ship and its trail for every picture."""

    def __init__(self, rules: OrbitRules) -> None:
        """Draw what never moves."""
        self._sky = _draw_sky(rules)
        self._trail: deque[tuple[float, float]] = deque(maxlen=TRAIL_LENGTH)

    def forget_trail(self) -> None:
        """Begin a new trail, because a new episode has begun."""
        self._trail.clear()

    def draw(self, state: State) -> UInt8Array:
        """Return (height, width, 3) the picture of `render_state`."""
        x, y = EDGE + state["x"], EDGE - state["y"]
        if not self._trail or self._trail[-1] != (x, y):
            self._trail.append((x, y))
        sheet = self._sky.copy()
        for age, (old_x, old_y) in enumerate(reversed(self._trail)):
            sheet.disc(old_x, old_y, 0.012, blend((150, 170, 210), NIGHT, age / TRAIL_LENGTH))
        push_x, push_y = state["push"]
        reach = 0.3 / state["thrust"]
        sheet.line([(x, y), (x - push_x * reach, y + push_y * reach)], AMBER, 0.03)
        sheet.disc(x, y, 0.06, PAPER)
        return sheet.pixels()


def _draw_sky(rules: OrbitRules) -> Sheet:
    sheet = Sheet(2 * EDGE, 2 * EDGE, _UNIT, NIGHT)
    stars = np.random.default_rng(1).uniform(0, 2 * EDGE, (NUM_STARS, 2))
    for star_x, star_y in stars:
        sheet.disc(float(star_x), float(star_y), 0.008, (90, 96, 112))
    sheet.ring(EDGE, EDGE, rules.target + TOLERANCE, (46, 92, 74), 2 * TOLERANCE)
    sheet.disc(EDGE, EDGE, PLANET_RADIUS, (62, 112, 190))
    sheet.disc(EDGE - 0.07, EDGE - 0.07, PLANET_RADIUS * 0.55, (92, 142, 214))
    return sheet
