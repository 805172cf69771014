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
    # First, because NumPy's float64 is a float as well and would come back as a plain one.
    array = _as_numbers(value)
    if array is not None:
        return _packed(array, is_scalar=isinstance(value, np.generic))
    if value is None or isinstance(value, bool | int | float | str):
        return {"plain": value}
    if isinstance(value, Mapping):
        parts = cast("Mapping[Any, Any]", value)
        if all(isinstance(key, str) for key in parts):
            return {"dict": {key: to_plain(part) for key, part in parts.items()}}
    if isinstance(value, tuple | list):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [to_plain(item) for item in cast("Sequence[Any]", value)]}
    name = type(cast("Any", value)).__name__
    raise UnwritableValueError(f"{name} cannot be written as plain data")


def from_plain(written: Any) -> Any:
    """Return what `to_plain` wrote.

    Raises:
        ValueError: It is nothing that `to_plain` writes.
    """
    match written:
        case {"plain": None | bool() | int() | float() | str() as value}:
            return value
        case {"array": str(content), "dtype": str(dtype), "shape": list()}:
            return _unpacked(content, dtype, cast("list[int]", written["shape"]))
        case {"scalar": str(content), "dtype": str(dtype)}:
            return _unpacked(content, dtype, [])[()]
        case {"dict": dict()}:
            parts = cast("dict[str, Any]", written["dict"])
            return {key: from_plain(part) for key, part in parts.items()}
        case {"tuple": list()}:
            return tuple(from_plain(item) for item in cast("list[Any]", written["tuple"]))
        case {"list": list()}:
            return [from_plain(item) for item in cast("list[Any]", written["list"])]
        case _:
            raise ValueError("this is no written value")


def many_to_plain(values: Sequence[Any]) -> Any:
    """Return many values of one kind in one piece, as far as they are of one kind.

    Raises:
        UnwritableValueError: One of them cannot be written.
    """
    kinds: set[Any] = {_kind_of(value) for value in values}
    if len(kinds) == 1:
        kind, dtype, _ = kinds.pop()
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
        case {"numbers": list()}:
            return cast("list[Any]", written["numbers"])
        case {"values": list()}:
            return [from_plain(value) for value in cast("list[Any]", written["values"])]
        case _:
            raise ValueError("these are no written values")


def digest(observation: Any) -> str:
    """Return a hash of an observation, equal only for the same numbers of the same type."""
    hashed = hashlib.sha256()
    _feed(hashed, observation)
    return hashed.hexdigest()[:32]


def _feed(hashed: Any, value: Any) -> None:
    array = _as_numbers(value)
    if array is not None:
        hashed.update(f"{array.dtype.str}{array.shape}".encode())
        hashed.update(np.ascontiguousarray(array).tobytes())
    elif isinstance(value, Mapping):
        parts = cast("Mapping[Any, Any]", value)
        for key in sorted(parts, key=str):
            hashed.update(repr(key).encode())
            _feed(hashed, parts[key])
    elif isinstance(value, tuple | list):
        items = cast("Sequence[Any]", value)
        hashed.update(f"{'tuple' if isinstance(value, tuple) else 'list'}{len(items)}".encode())
        for item in items:
            _feed(hashed, item)
    else:
        hashed.update(repr(value).encode())


def _as_numbers(value: Any) -> np.ndarray[Any, Any] | None:
    """Return an array or scalar of NumPy's numbers as an array; None for anything else."""
    if not isinstance(value, np.ndarray | np.generic):
        return None
    array: np.ndarray[Any, Any] = np.asarray(cast("Any", value))
    return array if array.dtype.kind in _KINDS else None


def _kind_of(value: Any) -> tuple[Any, Any, tuple[int, ...]]:
    array, kind = _as_numbers(value), cast("Any", type(value))
    return (kind, None, ()) if array is None else (kind, array.dtype, array.shape)


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
