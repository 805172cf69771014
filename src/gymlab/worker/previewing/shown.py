"""Observations and actions as JSON of bounded size."""

import math
from collections.abc import Mapping
from typing import Any, cast

import numpy as np

from gymlab.worker.plain import plain

MAX_NUMBERS = 400
"""Larger arrays are told by their shape."""


def shown(value: Any) -> Any:
    """Return what a person may read of an observation or an action."""
    if isinstance(value, np.ndarray):
        return _array(cast("np.ndarray[Any, Any]", value))
    if isinstance(value, Mapping):
        parts = cast("Mapping[Any, Any]", value)
        return {str(key)[:100]: shown(part) for key, part in list(parts.items())[:100]}
    if isinstance(value, tuple | list):
        return [shown(part) for part in cast("tuple[Any, ...]", value)[:100]]
    return plain({"value": value})["value"]


def _array(array: "np.ndarray[Any, Any]") -> Any:
    if array.size > MAX_NUMBERS or array.dtype.kind not in "biuf":
        return {"shape": list(array.shape), "dtype": str(array.dtype)}
    return _finite(array.tolist())


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_finite(part) for part in cast("list[Any]", value)]
    return None if isinstance(value, float) and not math.isfinite(value) else value
