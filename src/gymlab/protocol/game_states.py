"""The states of our own games that a browser draws, as they leave a worker.

A worker may be taken over by the code it runs, and a page draws what it is sent: so every state is
read into a form whose lists are bounded and whose numbers are finite, and only what was read
travels on.
"""

from typing import Annotated, Any

import msgspec

MAX_STATES_BYTES = 512 * 1024
"""Largest states of one moment; eight full boards of the largest game take less."""
MAX_SIDE = 64
"""Cells per side that a page draws; no board of ours is larger."""
MAX_TILES = 8

Place = Annotated[int, msgspec.Meta(ge=-1, le=MAX_SIDE)]
Cell = tuple[Place, Place]
Cells = Annotated[list[Cell], msgspec.Meta(max_length=MAX_SIDE * MAX_SIDE)]
Side = Annotated[int, msgspec.Meta(ge=1, le=MAX_SIDE)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Whole = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Length = Annotated[float, msgspec.Meta(ge=0.01, le=1000.0)]
Number = Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]
Reason = Annotated[str, msgspec.Meta(max_length=32)] | None


class _State(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="game"):
    """What the states of all games have."""

    score: Whole
    timestep: Count
    termination: Reason


class SnakeState(_State, frozen=True, tag="snake"):
    """A board with a snake, head first."""

    size: Side
    wrap: bool
    snake: Cells
    heading: Annotated[int, msgspec.Meta(ge=0, le=3)]
    apples: Cells
    obstacles: Cells
    hunger: Count
    max_hunger: Count


class OrbitState(_State, frozen=True, tag="orbit"):
    """A ship around a planet at (0, 0)."""

    edge: Length
    planet: Length
    target: Length
    tolerance: Length
    x: Number
    y: Number
    velocity: tuple[Number, Number]
    push: tuple[Number, Number]
    thrust: Length
    wind: Number


class LanternState(_State, frozen=True, tag="lantern"):
    """A cave, with how often each cell was visited."""

    size: Side
    lantern: Count
    agent: Cell
    treasure: Cell
    rocks: Cells
    traps: Cells
    visited: Annotated[
        list[tuple[Place, Place, Count]], msgspec.Meta(max_length=MAX_SIDE * MAX_SIDE)
    ]
    oil: Whole
    max_oil: Count


class CrossingState(_State, frozen=True, tag="crossing"):
    """A road with cars."""

    lanes: Side
    width: Side
    agent: Cell
    cars: Cells
    directions: Annotated[
        list[Annotated[int, msgspec.Meta(ge=-1, le=1)]], msgspec.Meta(max_length=MAX_SIDE)
    ]
    periods: Annotated[list[Count], msgspec.Meta(max_length=MAX_SIDE)]
    crossings: Count


class GridWorldState(_State, frozen=True, tag="gridworld"):
    """A board with walls, traps and goals."""

    size: Side
    agent: Cell
    start: Cell
    walls: Cells
    traps: Cells
    goals: Cells


GameState = SnakeState | OrbitState | LanternState | CrossingState | GridWorldState
_DECODER = msgspec.json.Decoder(
    Annotated[list[GameState], msgspec.Meta(min_length=1, max_length=MAX_TILES)]
)
_ENCODER = msgspec.json.Encoder()


class GameStateError(ValueError):
    """What a worker sent is no state that a page draws."""


def encoded_states(states: list[dict[str, Any]]) -> bytes:
    """Return states as they travel.

    Raises:
        GameStateError: They are of no game that a page draws.
    """
    try:
        content = _ENCODER.encode(states)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise GameStateError(f"not to be written as JSON: {error}") from error
    return checked_states(content)


def checked_states(content: bytes) -> bytes:
    """Return what of a worker's states may reach a page: exactly what was understood.

    Raises:
        GameStateError: They are too large, or no states of a game of ours.
    """
    if len(content) > MAX_STATES_BYTES:
        raise GameStateError(f"{len(content)} bytes are over the limit of {MAX_STATES_BYTES}")
    try:
        return _ENCODER.encode(_DECODER.decode(content))
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise GameStateError(str(error)) from error
