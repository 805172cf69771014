"""Checks of the constructor arguments that the games share."""

from collections.abc import Sequence
from typing import Any

from gymlab.envs.grid_world_layout import checked_number, invalid

MAX_REWARD = 1e6

__all__ = ["checked_choice", "checked_flag", "checked_number", "checked_reward", "checked_whole"]


def checked_whole(field: str, value: Any, low: int, high: int) -> int:
    """Return a whole number between two bounds.

    Raises:
        InvalidInputError: It is not a whole number or out of bounds.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        shown = repr(value)[:60]
        raise invalid(field, "wrong_type", f"{field} must be a whole number, not {shown}.")
    if not low <= value <= high:
        detail = f"{field} must be from {low:,} to {high:,}, not {str(value)[:60]}."
        raise invalid(field, "out_of_range", detail)
    return value


def checked_flag(field: str, value: Any) -> bool:
    """Return a flag.

    Raises:
        InvalidInputError: It is neither true nor false.
    """
    if not isinstance(value, bool):
        raise invalid(field, "wrong_type", f"{field} must be true or false, not {value!r:.60}.")
    return value


def checked_choice(field: str, value: Any, choices: Sequence[str]) -> str:
    """Return one of several words.

    Raises:
        InvalidInputError: It is none of them.
    """
    if not isinstance(value, str) or value not in choices:
        detail = f"{field} must be one of {', '.join(choices)}, not {value!r:.60}."
        raise invalid(field, "not_a_choice", detail)
    return value


def checked_reward(field: str, value: Any) -> float:
    """Return a reward: a finite number of at most a million.

    Raises:
        InvalidInputError: It is not one.
    """
    return checked_number(field, value, -MAX_REWARD, MAX_REWARD)
