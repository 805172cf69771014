"""Reading `KEY=VALUE` and `RUN:CHECKPOINT` from the command line."""

import json
from collections.abc import Sequence
from typing import Any, Literal

from gymlab.errors import FieldProblem, InvalidInputError
from gymlab.sdk.models import StartPoint

MAX_DIGITS = 15


def parse_assignments(texts: Sequence[str], option: str) -> dict[str, Any]:
    """Return `key=value` texts as a mapping; values are JSON where they can be.

    Raises:
        InvalidInputError: A text has no `=` or no key.
    """
    values: dict[str, Any] = {}
    for text in texts:
        key, separator, value = text.partition("=")
        if not separator or not key.strip():
            raise InvalidInputError(
                f"{option} {text!r} is not KEY=VALUE.",
                hint=f"For example: {option} learning_rate=0.0003",
                fields=[FieldProblem(option, "malformed", f"{text!r} has no '='.")],
            )
        try:
            values[key.strip()] = json.loads(value)
        except ValueError:
            values[key.strip()] = value
    return values


def parse_start(text: str) -> StartPoint:
    """Return `run`, `run:best` or `run:timestep` as what the API takes.

    Raises:
        InvalidInputError: What follows the colon is neither.
    """
    run_id, _, choice = text.partition(":")
    return {"run_id": run_id, "checkpoint": parse_checkpoint(choice or "latest", "--start-from")}


def parse_checkpoint(text: str, option: str) -> Literal["latest", "best"] | int:
    """Return a checkpoint's name or timestep.

    Raises:
        InvalidInputError: It is neither.
    """
    plain = text.replace(",", "").replace("_", "")
    if text == "latest" or text == "best":  # noqa: PLR1714 - narrows the type
        return text
    if plain.isascii() and plain.isdecimal() and len(plain) <= MAX_DIGITS:
        return int(plain)
    raise InvalidInputError(
        f"{option} {text!r} names no checkpoint.",
        hint="Use latest, best or a number of timesteps.",
        fields=[FieldProblem(option, "malformed", f"{text!r} is no checkpoint.")],
    )
