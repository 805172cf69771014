"""What two runs of the same specification must have in common, row by row."""

from collections.abc import Mapping
from typing import Any, cast

_OF_THE_CLOCK = frozenset({"seq", "attempt", "timestamp", "wall_time_s", "fps"})
"""Fields that differ between two equal runs; rows of the clock shift the numbers as well."""
_CLOCK_GROUP = "time/"
_COUNTER = "optim/gradient_steps"


def comparable_row(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what of a row is the same in every equal run; None for rows that the clock writes.

    A learner that says nothing for seconds gets a row with its speed, whenever that is.
    """
    kept = {name: value for name, value in row.items() if name not in _OF_THE_CLOCK}
    if row.get("kind") != "learner":
        return kept
    metrics, native = _timeless(row.get("metrics")), _timeless(row.get("native"))
    if not native and not metrics.keys() - {_COUNTER}:
        return None
    return kept | {"metrics": metrics, "native": native}


def first_difference(
    original: Mapping[str, Any], other: Mapping[str, Any]
) -> tuple[str, Any, Any] | None:
    """Return name and both values of the first field that differs; None for equal rows."""
    for name in dict.fromkeys((*original, *other)):
        mine: Any = original.get(name)
        theirs: Any = other.get(name)
        if mine == theirs:
            continue
        inner = (
            first_difference(cast("dict[str, Any]", mine), cast("dict[str, Any]", theirs))
            if isinstance(mine, dict) and isinstance(theirs, dict)
            else (name, cast("Any", mine), theirs)
        )
        if inner is not None:
            return inner
    return None


def _timeless(values: Any) -> dict[str, Any]:
    if not isinstance(values, dict):
        return {}
    named = cast("dict[str, Any]", values)
    return {name: value for name, value in named.items() if not name.startswith(_CLOCK_GROUP)}
