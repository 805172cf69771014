"""Calling a reward function with arrays of many transitions at once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from gymlab.envs.rewarding.numbers import UnusableValueError, as_terms

Shaped = tuple[float, dict[str, float] | None]
"""The reward that the agent gets, and the terms that it is the sum of."""
Column = NDArray[np.float64]
_HINT = "For N transitions, return an array of N numbers, or a dictionary of such arrays."


def stacked(transitions: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    """Return the parts of transitions as arrays whose first axis counts them.

    Parts that are no numbers (observations that are dictionaries, infos) become lists.
    """
    return tuple(_column(part) for part in zip(*transitions, strict=True))


def called(
    function: Callable[..., Any], arguments: Sequence[Any], count: int, known: dict[str, None]
) -> list[Shaped]:
    """Call a function with arrays and return the reward of each transition.

    Args:
        function: The user's.
        arguments: What it takes, each an array of `count`.
        count: How many transitions there are.
        known: Names of terms so far.

    Raises:
        UnusableValueError: It returned something else than `count` finite numbers.
    """
    value = function(*arguments)
    if not isinstance(value, Mapping):
        return [(number, None) for number in as_column(value, count).tolist()]
    columns = {
        name: as_column(part, count, f" for the term {name!r}")
        for name, part in cast("Mapping[Any, Any]", value).items()
    }
    as_terms(dict.fromkeys(columns, 0.0), known)
    total: Any = sum(columns.values(), np.zeros(count))
    lists = [column.tolist() for column in columns.values()]
    rows = zip(*lists, strict=True) if lists else [()] * count
    totals = as_column(total, count).tolist()
    return [
        (number, dict(zip(columns, row, strict=True)))
        for number, row in zip(totals, rows, strict=True)
    ]


def as_column(value: Any, count: int, place: str = "") -> Column:
    """Return `count` finite numbers; one number stands for all.

    Raises:
        UnusableValueError: It is something else.
    """
    if isinstance(value, bool | int | float | np.generic):
        value = np.full(count, value)
    if not isinstance(value, np.ndarray):
        name = type(cast("Any", value)).__name__[:60]
        raise UnusableValueError(f"a {name}{place}", _HINT)
    array = cast("NDArray[Any]", value)
    if array.dtype.kind not in "biuf" or array.shape not in {(count,), ()}:
        shape = f"an array of {array.dtype} and shape {array.shape}"
        raise UnusableValueError(f"{shape}{place} for {count} transitions", _HINT)
    column = np.broadcast_to(array.astype(np.float64), (count,))
    if not np.isfinite(column).all():
        first = int(np.flatnonzero(~np.isfinite(column))[0])
        kind = "NaN" if np.isnan(column[first]) else "infinity"
        raise UnusableValueError(f"{kind}{place} (transition {first + 1} of {count})")
    return column


def _column(part: tuple[Any, ...]) -> Any:
    first = part[0]
    if isinstance(first, np.ndarray):
        return np.stack(cast("Any", part))
    if isinstance(first, bool | int | float | np.generic):
        return np.array(part)
    return list(part)
