"""The emulated Atari console, whose own random generator outlives a reset."""

import base64
from importlib import import_module
from typing import Any, cast

import gymnasium


def console_state(env: gymnasium.Env[Any, Any]) -> bytes | None:
    """Return the console with its random generator; None where there is no console."""
    console = getattr(env.unwrapped, "ale", None)
    if console is None:
        return None
    return cast("bytes", console.cloneState(include_rng=True).serialize())


def console_to_plain(state: bytes) -> str:
    """Return the state as text."""
    return base64.b64encode(state).decode()


def load_console(env: gymnasium.Env[Any, Any], written: str) -> None:
    """Put the console back.

    Raises:
        ValueError: The state is not one of this console.
    """
    console = getattr(env.unwrapped, "ale", None)
    if console is None:
        raise ValueError("the environment has no console")
    library = cast("Any", import_module("ale_py"))
    try:
        console.restoreSystemState(library.ALEState(base64.b64decode(written, validate=True)))
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"the console's state is damaged: {error}") from error
