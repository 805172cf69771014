"""Draws a grid world with Pillow: the board once, then only the agent and its trail."""

from collections import deque

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from gymlab.envs.grid_world_layout import Cell, GridWorldLayout

UInt8Array = NDArray[np.uint8]
FloatArray = NDArray[np.float64]
Colour = tuple[int, int, int]

PICTURE_SIZE = 480
TRAIL_LENGTH = 12
_OVERSAMPLING = 4

_PAPER: Colour = (250, 250, 249)
_LINE: Colour = (226, 226, 222)
_WALL: Colour = (64, 68, 76)
_TRAP: Colour = (200, 62, 52)
_GOAL: Colour = (31, 138, 88)
_START: Colour = (170, 172, 176)
_AGENT: Colour = (37, 99, 196)
_INK: Colour = (60, 62, 66)
_LOW: Colour = (244, 200, 176)
_HIGH: Colour = (186, 226, 202)
_MIN_CELL_FOR_NUMBERS = 36


class GridWorldPicture:
    """One board and the agent's last cells."""

    def __init__(self, layout: GridWorldLayout, values: FloatArray | None = None) -> None:
        """Draw what never moves.

        Args:
            layout: The board.
            values: (size, size) value of each cell, shown as its colour and, where there is
                room, as a number.
        """
        self._cell_size = max(8, PICTURE_SIZE // layout.size)
        self._board = _draw_board(layout, values, self._cell_size)
        self._agent = _draw_agent(self._cell_size)
        self._trail: deque[Cell] = deque(maxlen=TRAIL_LENGTH)

    def forget_trail(self) -> None:
        """Begin a new trail, because a new episode has begun."""
        self._trail.clear()

    def draw(self, cell: Cell) -> UInt8Array:
        """Return (height, width, 3) the board with the agent in a cell."""
        if not self._trail or self._trail[-1] != cell:
            self._trail.append(cell)
        picture = self._board.copy()
        pencil = ImageDraw.Draw(picture, "RGBA")
        radius = max(1, self._cell_size // 12)
        for age, passed in enumerate(reversed(self._trail)):
            x, y = self._middle(passed)
            opacity = int(170 * (1 - age / TRAIL_LENGTH))
            pencil.ellipse((x - radius, y - radius, x + radius, y + radius), (*_AGENT, opacity))
        corner = cell[1] * self._cell_size, cell[0] * self._cell_size
        picture.paste(self._agent, corner, self._agent)
        return np.asarray(picture, dtype=np.uint8)

    def _middle(self, cell: Cell) -> tuple[int, int]:
        half = self._cell_size // 2
        return cell[1] * self._cell_size + half, cell[0] * self._cell_size + half


def _draw_board(layout: GridWorldLayout, values: FloatArray | None, cell_size: int) -> Image.Image:
    side = layout.size * cell_size * _OVERSAMPLING
    picture = Image.new("RGB", (side, side), _PAPER)
    pencil = ImageDraw.Draw(picture)
    for cell in layout.cells:
        _draw_floor(pencil, cell, cell_size * _OVERSAMPLING, _floor_colour(layout, values, cell))
    for cell in sorted(layout.walls):
        _draw_wall(pencil, cell, cell_size * _OVERSAMPLING)
    for cell in sorted(layout.traps):
        _draw_trap(pencil, cell, cell_size * _OVERSAMPLING)
    for cell in sorted(layout.goals):
        _draw_goal(pencil, cell, cell_size * _OVERSAMPLING)
    _draw_start(pencil, layout.start, cell_size * _OVERSAMPLING)
    picture = picture.reduce(_OVERSAMPLING)
    if values is not None and cell_size >= _MIN_CELL_FOR_NUMBERS:
        _write_values(picture, layout, values, cell_size)
    return picture


def _floor_colour(layout: GridWorldLayout, values: FloatArray | None, cell: Cell) -> Colour:
    if values is None or cell in layout.walls or layout.is_terminal(cell):
        return _PAPER
    shown = [
        float(values[other])
        for other in layout.cells
        if other not in layout.walls and not layout.is_terminal(other)
    ]
    low, high = min(shown), max(shown)
    share = (float(values[cell]) - low) / (high - low) if high > low else 1.0
    blended = [round(a + share * (b - a)) for a, b in zip(_LOW, _HIGH, strict=True)]
    return blended[0], blended[1], blended[2]


def _box(cell: Cell, side: int, margin: float) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a cell less a margin given as a share of its side."""
    left, top = cell[1] * side, cell[0] * side
    inset = margin * side
    return left + inset, top + inset, left + side - inset, top + side - inset


def _draw_floor(pencil: ImageDraw.ImageDraw, cell: Cell, side: int, colour: Colour) -> None:
    pencil.rectangle(_box(cell, side, 0), fill=colour, outline=_LINE, width=max(1, side // 60))


def _draw_wall(pencil: ImageDraw.ImageDraw, cell: Cell, side: int) -> None:
    pencil.rounded_rectangle(_box(cell, side, 0.04), radius=side * 0.12, fill=_WALL)


def _draw_trap(pencil: ImageDraw.ImageDraw, cell: Cell, side: int) -> None:
    pencil.rounded_rectangle(_box(cell, side, 0.06), radius=side * 0.12, fill=(250, 226, 222))
    left, top, right, bottom = _box(cell, side, 0.28)
    width = max(2, round(side * 0.11))
    for line in ((left, top, right, bottom), (left, bottom, right, top)):
        pencil.line(line, fill=_TRAP, width=width)


def _draw_goal(pencil: ImageDraw.ImageDraw, cell: Cell, side: int) -> None:
    pencil.rounded_rectangle(_box(cell, side, 0.06), radius=side * 0.12, fill=(220, 242, 229))
    left, top, right, bottom = _box(cell, side, 0.24)
    pencil.line((left, top, left, bottom), fill=_INK, width=max(2, round(side * 0.06)))
    middle = (top + bottom) / 2
    pencil.polygon([(left, top), (right, (top + middle) / 2), (left, middle)], fill=_GOAL)


def _draw_start(pencil: ImageDraw.ImageDraw, cell: Cell, side: int) -> None:
    pencil.ellipse(_box(cell, side, 0.14), outline=_START, width=max(2, round(side * 0.03)))


def _draw_agent(cell_size: int) -> Image.Image:
    side = cell_size * _OVERSAMPLING
    picture = Image.new("RGBA", (side, side), (*_AGENT, 0))
    pencil = ImageDraw.Draw(picture)
    pencil.ellipse(_box((0, 0), side, 0.22), fill=(*_AGENT, 255))
    for shift in (-0.12, 0.12):
        x, y, radius = side * (0.5 + shift), side * 0.45, side * 0.06
        pencil.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(255, 255, 255, 255))
    return picture.reduce(_OVERSAMPLING)


def _write_values(
    picture: Image.Image, layout: GridWorldLayout, values: FloatArray, cell_size: int
) -> None:
    pencil = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=max(10, cell_size // 5))
    for cell in layout.cells:
        if cell in layout.walls or layout.is_terminal(cell):
            continue
        place = (cell[1] * cell_size + cell_size / 2, (cell[0] + 0.94) * cell_size)
        pencil.text(place, f"{float(values[cell]):.2f}", fill=_INK, font=font, anchor="md")
