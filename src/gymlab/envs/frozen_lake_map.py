"""Checks a user's map for Frozen Lake, which the environment itself takes as it comes.

A map without a start divides by zero, one without a goal never ends well, and one of unequal
rows fails deep inside NumPy.
"""

from typing import Any, cast

from gymlab.errors import FieldProblem, InvalidInputError

MAX_SIDE = 50
_TILES = frozenset("SFHG")
_HINT = 'For example ["SFFF", "FHFH", "FFFH", "HFFG"]: start, frozen, hole, goal.'


def check_lake_map(desc: Any) -> None:
    """Check the rows of a map.

    Raises:
        InvalidInputError: It is not a rectangle of S, F, H and G with a start and a goal.
    """
    problem = _map_problem(desc)
    if problem is not None:
        field = FieldProblem("env_kwargs.desc", "invalid_map", problem, _HINT)
        raise InvalidInputError(problem, hint=_HINT, fields=[field])


def _map_problem(desc: Any) -> str | None:
    rows = cast("list[Any]", desc) if isinstance(desc, list) else []
    if not rows or not all(isinstance(row, str) and row for row in rows):
        return "desc must be a list of texts, one per row of the lake."
    if len(rows) > MAX_SIDE or any(len(row) > MAX_SIDE for row in rows):
        return f"desc may have at most {MAX_SIDE} rows and columns."
    if len({len(row) for row in rows}) != 1:
        return "The rows of desc must be equally long."
    tiles = set("".join(rows))
    if tiles - _TILES:
        return f"desc has the unknown tile {min(tiles - _TILES)!r}."
    missing = [name for tile, name in (("S", "start"), ("G", "goal")) if tile not in tiles]
    return f"desc has no {missing[0]}." if missing else None
