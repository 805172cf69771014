"""Identifiers that sort by time and are safe in paths and URLs."""

import re
import secrets
import time

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_TIME_DIGITS = 8
_RANDOM_DIGITS = 4
RUN_ID_LENGTH = _TIME_DIGITS + _RANDOM_DIGITS
RUN_ID_PATTERN = re.compile(rf"^[0-9a-z]{{{RUN_ID_LENGTH}}}$")


def new_run_id() -> str:
    """Return a run id: eight characters of milliseconds since 1970, four random ones."""
    return _base36(time.time_ns() // 1_000_000, _TIME_DIGITS) + "".join(
        secrets.choice(_ALPHABET) for _ in range(_RANDOM_DIGITS)
    )


def is_run_id(text: str) -> bool:
    """Tell whether the text has the form of a run id."""
    return RUN_ID_PATTERN.fullmatch(text) is not None


def _base36(number: int, digits: int) -> str:
    characters: list[str] = []
    for _ in range(digits):
        number, remainder = divmod(number, 36)
        characters.append(_ALPHABET[remainder])
    return "".join(reversed(characters))
