"""What a reward function may return, and what to say about everything else."""

import math
from collections.abc import Mapping
from typing import Any, cast

import numpy as np

from gymlab.domain.metrics import MAX_TERMS, TERM_NAME_PATTERN

_RETURN_HINT = "Every way through the function has to end in `return` and a number."
_ARRAY_HINT = (
    "Return one number: take an element, `.sum()` or `.mean()`. A function that takes arrays of "
    "many transitions at once is marked with `reward_function.batched = True`."
)
_TERMS_HINT = "Return a number, or a dictionary such as {'speed': 1.0, 'fuel': -0.1}."


class UnusableValueError(Exception):
    """What was returned is no reward."""

    def __init__(self, detail: str, hint: str | None = None) -> None:
        """Say what it is, as the end of a sentence that begins with "returned"."""
        super().__init__(detail)
        self.detail = detail
        self.hint = hint


def as_number(value: Any) -> float:
    """Return a finite number.

    Raises:
        UnusableValueError: It is none.
    """
    try:
        number = float(_scalar(value))
    except OverflowError:
        raise UnusableValueError(
            "an integer that is too large for any float",
            "Look for a power that grows with time, or clip the value.",
        ) from None
    if math.isnan(number):
        raise UnusableValueError(
            "NaN", "Look for 0 / 0, for inf - inf, or for a root of less than 0."
        )
    if math.isinf(number):
        raise UnusableValueError("infinity", "Look for a division by 0, or clip the value.")
    return number


def as_terms(value: Mapping[Any, Any], known: dict[str, None]) -> dict[str, float]:
    """Return named terms.

    Args:
        value: What was returned.
        known: Names that were used so far; new ones are added.

    Raises:
        UnusableValueError: A name or value is unusable, or there are too many names.
    """
    terms: dict[str, float] = {}
    for name, part in value.items():
        if name not in known:
            _learn(name, known)
        try:
            terms[name] = part if type(part) is float and math.isfinite(part) else as_number(part)
        except UnusableValueError as error:
            raise UnusableValueError(f"{error.detail} for the term {name!r}", error.hint) from None
    return terms


def _learn(name: Any, known: dict[str, None]) -> None:
    if not isinstance(name, str) or TERM_NAME_PATTERN.fullmatch(name) is None:
        shown = repr(name[:70]) if isinstance(name, str) else f"a {type(name).__name__}"
        raise UnusableValueError(
            f"a dictionary with the key {shown}, which cannot name a term",
            "Names of terms are text of 1 to 64 letters, digits, `_` and `-`.",
        )
    if len(known) >= MAX_TERMS:
        raise UnusableValueError(
            f"a new term {name!r}, but there were {MAX_TERMS} others before",
            f"A reward has at most {MAX_TERMS} terms, with the same names at every timestep.",
        )
    known[name] = None


def _scalar(value: Any) -> Any:
    if isinstance(value, bool | int | float | np.bool_ | np.integer | np.floating):
        return cast("Any", value)
    if isinstance(value, np.ndarray):
        array = cast("np.ndarray[Any, Any]", value)
        if array.ndim == 0 and array.dtype.kind in "biuf":
            return array.item()
        shape = f"an array of shape {array.shape}"
        raise UnusableValueError(shape if array.ndim else f"an array of {array.dtype}", _ARRAY_HINT)
    raise UnusableValueError(*_refusal(value))


def _refusal(value: Any) -> tuple[str, str]:
    kind = cast("Any", type(value))
    if value is None:
        return "None", _RETURN_HINT
    if kind.__module__.partition(".")[0] == "torch":
        graph = " with a graph of gradients" if getattr(value, "requires_grad", False) else ""
        return (
            f"a torch tensor{graph}",
            "Return `value.item()`: the agent learns from plain numbers.",
        )
    if isinstance(value, complex | np.complexfloating):
        return "a complex number", "Return its real part or `abs(value)`."
    if isinstance(value, str | bytes):
        return f"the text {value[:60]!r}", _TERMS_HINT
    if isinstance(value, list | tuple | set):
        return f"a {kind.__name__}", _TERMS_HINT
    return f"a {kind.__name__[:60]}", _TERMS_HINT
