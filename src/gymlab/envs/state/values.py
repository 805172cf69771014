"""Actions, options and observations as JSON values, and back without losing a bit.

Every number keeps its type: an action of another type can make an environment round elsewhere.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

_KINDS = "biuf"
"""NumPy's kinds of numbers that are written as bytes."""


class UnwritableValueError(TypeError):
    """A value is nothing that can be written as plain data."""


def to_plain(value: Any) -> Any:
    """Return the value as something JSON can hold.

    Raises:
        UnwritableValueError: It holds something that is no number, text or container of them.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return {"plain": value}
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in _KINDS:
        return _packed(np.asarray(value), is_scalar=isinstance(value, np.generic))
    if isinstance(value, Mapping):
        parts = cast("Mapping[Any, Any]", value)
        if all(isinstance(key, str) for key in parts):
            return {"dict": {key: to_plain(part) for key, part in parts.items()}}
    if isinstance(value, tuple | list):
        items = cast("Sequence[Any]", value)
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [to_plain(item) for item in items]}
    raise UnwritableValueError(f"{type(value).__name__} cannot be written as plain data")


def from_plain(written: Any) -> Any:
    """Return what `to_plain` wrote.

    Raises:
        ValueError: It is nothing that `to_plain` writes.
    """
    match written:
        case {"plain": None | bool() | int() | float() | str() as value}:
            return value
        case {"array": str(content), "dtype": str(dtype), "shape": list(shape)}:
            return _unpacked(content, dtype, cast("list[int]", shape))
        case {"scalar": str(content), "dtype": str(dtype)}:
            return _unpacked(content, dtype, [])[()]
        case {"dict": dict(parts)}:
            return {key: from_plain(part) for key, part in cast("dict[str, Any]", parts).items()}
        case {"tuple": list(items)}:
            return tuple(from_plain(item) for item in cast("list[Any]", items))
        case {"list": list(items)}:
            return [from_plain(item) for item in cast("list[Any]", items)]
        case _:
            raise ValueError("this is no written value")


def many_to_plain(values: Sequence[Any]) -> Any:
    """Return many values of one kind in one piece, as far as they are of one kind.

    Raises:
        UnwritableValueError: One of them cannot be written.
    """
    kinds = {(type(value), getattr(value, "dtype", None), np.shape(value)) for value in values}
    if len(kinds) == 1:
        kind, dtype, _ = next(iter(kinds))
        if dtype is not None and dtype.kind in _KINDS:
            joined = _packed(np.asarray(values, dtype=dtype), is_scalar=False)
            return {"scalars" if issubclass(kind, np.generic) else "arrays": joined}
        if kind in {bool, int, float}:
            return {"numbers": list(values)}
    return {"values": [to_plain(value) for value in values]}


def many_from_plain(written: Any) -> list[Any]:
    """Return what `many_to_plain` wrote.

    Raises:
        ValueError: It is nothing that `many_to_plain` writes.
    """
    match written:
        case {"scalars": joined} | {"arrays": joined}:
            return list(from_plain(joined))
        case {"numbers": list(numbers)}:
            return cast("list[Any]", numbers)
        case {"values": list(values)}:
            return [from_plain(value) for value in cast("list[Any]", values)]
        case _:
            raise ValueError("these are no written values")


def digest(observation: Any) -> str:
    """Return a hash of an observation, equal only for the same numbers of the same type."""
    hashed = hashlib.sha256()
    _feed(hashed, observation)
    return hashed.hexdigest()[:32]


def _feed(hashed: Any, value: Any) -> None:
    if isinstance(value, np.ndarray | np.generic):
        array = np.ascontiguousarray(value)
        hashed.update(f"{array.dtype.str}{array.shape}".encode())
        hashed.update(array.tobytes() if array.dtype.kind in _KINDS else repr(value).encode())
    elif isinstance(value, Mapping):
        parts = cast("Mapping[Any, Any]", value)
        for key in sorted(parts, key=str):
            hashed.update(repr(key).encode())
            _feed(hashed, parts[key])
    elif isinstance(value, tuple | list):
        items = cast("Sequence[Any]", value)
        hashed.update(f"{type(value).__name__}{len(items)}".encode())
        for item in items:
            _feed(hashed, item)
    else:
        hashed.update(f"{type(value).__name__}{value!r}".encode())


def _packed(array: np.ndarray[Any, Any], *, is_scalar: bool) -> dict[str, Any]:
    content = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    if is_scalar:
        return {"scalar": content, "dtype": array.dtype.str}
    return {"array": content, "dtype": array.dtype.str, "shape": list(array.shape)}


def _unpacked(content: str, dtype: str, shape: list[int]) -> np.ndarray[Any, Any]:
    kind = np.dtype(dtype)
    if kind.kind not in _KINDS:
        raise ValueError(f"{dtype} is no type of number")
    data = base64.b64decode(content, validate=True)
    return np.frombuffer(data, kind).reshape(shape).copy()
