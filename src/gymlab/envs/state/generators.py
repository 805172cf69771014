"""An environment's random generator as plain data."""

import base64
from collections.abc import Mapping
from typing import Any, cast

import gymnasium
import numpy as np

_BIT_GENERATORS: Mapping[str, type[np.random.BitGenerator]] = {
    "PCG64": np.random.PCG64,
    "PCG64DXSM": np.random.PCG64DXSM,
    "MT19937": np.random.MT19937,
    "Philox": np.random.Philox,
    "SFC64": np.random.SFC64,
}


def generator_state(env: gymnasium.Env[Any, Any]) -> Mapping[str, Any]:
    """Return the state of `np_random`: a copy that later draws do not change."""
    return env.unwrapped.np_random.bit_generator.state


def state_to_plain(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return a generator's state as something JSON can hold."""
    return {name: _part_to_plain(part) for name, part in state.items()}


def generator_from_plain(written: Mapping[str, Any]) -> np.random.Generator:
    """Return a generator in the state that was written.

    Raises:
        ValueError: It is no state of a generator that NumPy knows.
    """
    kind = _BIT_GENERATORS.get(str(written.get("bit_generator")))
    if kind is None:
        raise ValueError("this is no state of a generator that NumPy knows")
    bits = kind()
    try:
        bits.state = {name: _part_from_plain(part) for name, part in written.items()}
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError(f"the state of a generator is damaged: {error}") from error
    return np.random.Generator(bits)


def _part_to_plain(part: Any) -> Any:
    if isinstance(part, Mapping):
        return state_to_plain(cast("Mapping[str, Any]", part))
    if isinstance(part, np.ndarray):
        array = cast("np.ndarray[Any, Any]", part)
        content = base64.b64encode(array.tobytes()).decode()
        return {"array": content, "dtype": array.dtype.str}
    return cast("Any", part).item() if isinstance(part, np.generic) else part


def _part_from_plain(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    inner = cast("dict[str, Any]", part)
    if inner.keys() == {"array", "dtype"}:
        return np.frombuffer(base64.b64decode(inner["array"]), inner["dtype"]).copy()
    return {name: _part_from_plain(value) for name, value in inner.items()}
