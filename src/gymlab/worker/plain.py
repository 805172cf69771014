"""Makes a runner's event data safe to send: plain JSON values of bounded size."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, cast

MAX_TEXT = 2_000
MAX_ITEMS = 100
MAX_DEPTH = 4
_MAX_INT = 2**63


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data with only JSON values; what is none becomes its text."""
    return {str(key)[:MAX_TEXT]: _plain(value, 1) for key, value in _first(data.items())}


def _plain(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if hasattr(value, "item") and getattr(value, "size", None) == 1:
        value = value.item()
    if isinstance(value, int) and -_MAX_INT <= value < _MAX_INT:
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return _container(value, depth) if depth < MAX_DEPTH else repr(value)[:MAX_TEXT]


def _container(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        items = cast("Mapping[Any, Any]", value).items()
        return {str(key)[:MAX_TEXT]: _plain(item, depth + 1) for key, item in _first(items)}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item, depth + 1) for item in _first(cast("Iterable[Any]", value))]
    return repr(value)[:MAX_TEXT]


def _first(items: Iterable[Any]) -> list[Any]:
    return [item for item, _ in zip(items, range(MAX_ITEMS), strict=False)]
