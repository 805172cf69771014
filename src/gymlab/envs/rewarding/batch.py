"""Calling a reward function with arrays of many transitions at once."""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from gymlab.envs.rewarding.numbers import UnusableValueError, as_terms

Shaped = tuple[float, dict[str, float] | None]
"""The reward that the agent gets, and the terms that it is the sum of."""
Column = NDArray[np.float64]
_HINT = "For N transitions, return an array of N numbers, or a dictionary of such arrays."


def stacked(transitions: Sequence[tuple[Any, ...]], used: Sequence[bool]) -> tuple[Any, ...]:
    """Return the parts of transitions as arrays whose first axis counts them.

    Parts that are no numbers (observations that are dictionaries, infos) become lists, and so do
    those that are not used.
    """
    parts = zip(*transitions, strict=True)
    return tuple(
        _column(part) if is_used else list(part) for part, is_used in zip(parts, used, strict=True)
    )


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
        column = as_column(value, count)
        require_finite(column)
        return [(number, None) for number in column.tolist()]
    columns = {
        name: part
        if type(part) is np.ndarray and part.dtype == np.float64 and part.shape == (count,)
        else as_column(part, count, f" for the term {name!r}")
        for name, part in cast("Mapping[Any, Any]", value).items()
    }
    if not columns.keys() <= known.keys():
        as_terms(dict.fromkeys(columns, 0.0), known)
    values = list(columns.values())
    totals = values[0] if values else np.zeros(count)
    for column in values[1:]:
        totals = totals + column
    if not isfinite(totals.sum()):
        for name, column in columns.items():
            require_finite(column, f" for the term {name!r}")
        require_finite(totals)
    names = list(columns)
    rows = zip(*[column.tolist() for column in values], strict=True) if values else [()] * count
    return [
        (total, dict(zip(names, row)))  # noqa: B905 - as many by how they are made
        for total, row in zip(totals.tolist(), rows, strict=True)
    ]


def as_column(value: Any, count: int, place: str = "") -> Column:
    """Return `count` numbers; one number stands for all.

    Raises:
        UnusableValueError: It is something else.
    """
    if isinstance(value, bool | int | float | np.generic):
        value = np.full(count, value)
    if not isinstance(value, np.ndarray):
        name = type(value).__name__[:60]
        raise UnusableValueError(f"a {name}{place}", _HINT)
    array = cast("NDArray[Any]", value)
    if array.dtype == np.float64 and array.shape == (count,):
        return array
    if array.dtype.kind not in "biuf" or array.shape not in {(count,), ()}:
        shape = f"an array of {array.dtype} and shape {array.shape}"
        raise UnusableValueError(f"{shape}{place} for {count} transitions", _HINT)
    array = array.astype(np.float64)
    return array if array.ndim else np.full(count, array)


def require_finite(column: Column, place: str = "") -> None:
    """Refuse NaN and infinity.

    Raises:
        UnusableValueError: There is one.
    """
    if isfinite(column.sum()):
        return  # a sum of finite numbers may still overflow, so what follows looks closer
    wild = np.flatnonzero(~np.isfinite(column))
    if len(wild):
        kind = "NaN" if np.isnan(column[wild[0]]) else "infinity"
        raise UnusableValueError(f"{kind}{place} (transition {wild[0] + 1} of {len(column)})")


def _column(part: tuple[Any, ...]) -> Any:
    # Joining a few small arrays this way is several times as fast as `np.stack`.
    is_numbers = isinstance(part[0], np.ndarray | np.generic | bool | int | float)
    return np.array(part) if is_numbers else list(part)
