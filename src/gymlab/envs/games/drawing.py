"""Colours and shapes that the pictures of the games share; drawn large and reduced, so smooth."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

UInt8Array = NDArray[np.uint8]
Colour = tuple[int, int, int]

PICTURE_SIZE = 480
OVERSAMPLING = 3

PAPER: Colour = (250, 250, 249)
CHECK: Colour = (244, 244, 242)
LINE: Colour = (226, 226, 222)
STONE: Colour = (96, 101, 112)
INK: Colour = (60, 62, 66)
BLUE: Colour = (37, 99, 196)
SKY: Colour = (142, 180, 238)
GREEN: Colour = (31, 138, 88)
RED: Colour = (200, 62, 52)
AMBER: Colour = (214, 142, 30)
NIGHT: Colour = (26, 29, 38)


def blend(first: Colour, second: Colour, share: float) -> Colour:
    """Return a colour between two: the first at 0, the second at 1."""
    mixed = [round(a + (b - a) * share) for a, b in zip(first, second, strict=True)]
    return mixed[0], mixed[1], mixed[2]


class Sheet:
    """A picture in the making, with coordinates in cells or whatever unit its side is given in."""

    def __init__(self, width: float, height: float, unit: int, colour: Colour = PAPER) -> None:
        """Begin an empty picture of so many units, each so many pixels."""
        self.scale = unit * OVERSAMPLING
        size = round(width * self.scale), round(height * self.scale)
        self._image = Image.new("RGB", size, colour)
        self._pencil = ImageDraw.Draw(self._image)

    def copy(self) -> "Sheet":
        """Return a copy to go on drawing on."""
        other = object.__new__(Sheet)
        other.scale = self.scale
        other._image = self._image.copy()
        other._pencil = ImageDraw.Draw(other._image)
        return other

    def box(
        self, x: float, y: float, width: float, height: float, colour: Colour, **look: float
    ) -> None:
        """Draw a filled rectangle; `radius` rounds its corners."""
        corners = [value * self.scale for value in (x, y, x + width, y + height)]
        radius = look.get("radius", 0.0) * self.scale
        self._pencil.rounded_rectangle(
            (
                corners[0],
                corners[1],
                max(corners[0], corners[2] - 1),
                max(corners[1], corners[3] - 1),
            ),
            radius,
            fill=colour,
        )

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Draw a filled circle around a point."""
        corners = [value * self.scale for value in (x - radius, y - radius, x + radius, y + radius)]
        self._pencil.ellipse((corners[0], corners[1], corners[2], corners[3]), fill=colour)

    def ring(self, x: float, y: float, radius: float, colour: Colour, width: float) -> None:
        """Draw a circle around a point."""
        corners = [value * self.scale for value in (x - radius, y - radius, x + radius, y + radius)]
        self._pencil.ellipse(
            (corners[0], corners[1], corners[2], corners[3]),
            outline=colour,
            width=max(1, round(width * self.scale)),
        )

    def line(self, points: list[tuple[float, float]], colour: Colour, width: float) -> None:
        """Draw a line through points, with round ends and joints."""
        scaled = [(x * self.scale, y * self.scale) for x, y in points]
        self._pencil.line(scaled, fill=colour, width=max(1, round(width * self.scale)))
        for x, y in points:
            self.disc(x, y, width / 2, colour)

    def polygon(self, points: list[tuple[float, float]], colour: Colour) -> None:
        """Draw a filled polygon."""
        self._pencil.polygon([(x * self.scale, y * self.scale) for x, y in points], fill=colour)

    def pixels(self) -> UInt8Array:
        """Return (height, width, 3) the finished picture."""
        return np.asarray(self._image.reduce(OVERSAMPLING))


def checkerboard(rows: int, columns: int, unit: int) -> Sheet:
    """Return a board of two quiet colours."""
    sheet = Sheet(columns, rows, unit)
    for row in range(rows):
        for column in range(columns):
            if (row + column) % 2:
                sheet.box(column, row, 1, 1, CHECK)
    return sheet
