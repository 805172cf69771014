"""Gymnasium spaces as plain data for forms, tables and checks."""

import math
from typing import Any, cast

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from gymlab.domain.environments import SpaceInfo


def describe_space(space: spaces.Space[Any]) -> SpaceInfo:
    """Describe a space completely enough to draw a form and to size a buffer."""
    if isinstance(space, spaces.Dict | spaces.Tuple):
        return _describe_parts(type(cast("object", space)).__name__, parts_of(space))
    match space:
        case spaces.Discrete():
            return _describe_discrete(space)
        case spaces.Box():
            return _describe_box(space)
        case spaces.MultiDiscrete():
            return _describe_multi_discrete(space)
        case spaces.MultiBinary():
            return _describe_multi_binary(space)
        case _:
            name = type(space).__name__
            return SpaceInfo(type=name, text=name)


def parts_of(space: Any) -> dict[str, spaces.Space[Any]]:
    """Return the parts of a compound space by name, those of a Tuple by number."""
    if not isinstance(space, spaces.Tuple):
        return dict(space.spaces)
    return {str(idx): part for idx, part in enumerate(cast("Any", space).spaces)}


def _describe_discrete(space: spaces.Discrete[Any]) -> SpaceInfo:
    start = int(space.start)
    return SpaceInfo(
        type="Discrete",
        text=f"Discrete({int(space.n)})" if start == 0 else f"Discrete({int(space.n)}, {start})",
        shape=[],
        dtype=str(space.dtype),
        n=int(space.n),
        low=float(start),
        high=float(start + int(space.n) - 1),
        size_bytes=np.dtype(space.dtype).itemsize,
    )


def _describe_box(space: spaces.Box) -> SpaceInfo:
    shape = [int(length) for length in space.shape]
    return SpaceInfo(
        type="Box",
        text=f"Box({', '.join(map(str, shape))})",
        shape=shape,
        dtype=str(space.dtype),
        low=_compact_bounds(space.low),
        high=_compact_bounds(space.high),
        size_bytes=math.prod(shape) * np.dtype(space.dtype).itemsize,
    )


def _describe_multi_discrete(space: spaces.MultiDiscrete[Any]) -> SpaceInfo:
    nvec = [int(n) for n in space.nvec.reshape(-1)]
    return SpaceInfo(
        type="MultiDiscrete",
        text=f"MultiDiscrete({', '.join(map(str, nvec))})",
        shape=[int(length) for length in space.shape],
        dtype=str(space.dtype),
        nvec=nvec,
        size_bytes=len(nvec) * np.dtype(space.dtype).itemsize,
    )


def _describe_multi_binary(space: spaces.MultiBinary) -> SpaceInfo:
    shape = [int(length) for length in space.shape]
    return SpaceInfo(
        type="MultiBinary",
        text=f"MultiBinary({', '.join(map(str, shape))})",
        shape=shape,
        dtype=str(space.dtype),
        n=math.prod(shape),
        size_bytes=math.prod(shape) * np.dtype(space.dtype).itemsize,
    )


def _describe_parts(name: str, parts: dict[str, spaces.Space[Any]]) -> SpaceInfo:
    described = {key: describe_space(part) for key, part in parts.items()}
    sizes = [part.size_bytes for part in described.values()]
    inner = ", ".join(f"{key}: {part.text}" for key, part in described.items())
    return SpaceInfo(
        type=name,
        text=f"{name}({inner})",
        spaces=described,
        size_bytes=None if None in sizes else sum(size for size in sizes if size is not None),
    )


def _compact_bounds(bounds: NDArray[Any]) -> list[float | None] | float | None:
    """Return one number where all bounds are equal, else one per component, null = unbounded."""
    flat = bounds.reshape(-1)
    if flat.size == 0:
        return None
    if bool((flat == flat[0]).all()):
        return _finite(flat[0])
    return [_finite(value) for value in flat]


def _finite(value: Any) -> float | None:
    # NumPy prints the shortest number that gives the same float32: what its author wrote.
    return float(str(value)) + 0.0 if math.isfinite(value) else None
