"""Reading `KEY=VALUE` from the command line."""

import json
from collections.abc import Sequence
from typing import Any

from gymlab.errors import FieldProblem, InvalidInputError


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
