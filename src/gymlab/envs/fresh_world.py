"""A new physical world for every episode of the walkers.

Gymnasium's walkers keep one Box2D world and take bodies out of it; what is left in its memory
decides the order of contacts, so that the next episode depends on all earlier ones. With a new
world an episode follows from its seed alone and can be repeated.
"""

from importlib import import_module
from typing import Any, cast

import gymnasium as gym
from gymnasium.utils import RecordConstructorArgs

WALKERS = frozenset({"BipedalWalker-v3", "BipedalWalkerHardcore-v3"})
"""Environments that use their world again."""


class FreshWorld(gym.Wrapper[Any, Any, Any, Any], RecordConstructorArgs):
    """Replaces the world before each reset."""

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        """Wrap a walker; its specification can make it again."""
        RecordConstructorArgs.__init__(self)
        gym.Wrapper.__init__(self, env)  # pyright: ignore[reportUnknownMemberType]

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Start an episode in an empty world."""
        walker = cast("Any", self.env.unwrapped)
        walker._destroy()  # noqa: SLF001 - bodies must leave a world before it goes
        walker.world = cast("Any", import_module("Box2D")).b2World()
        return self.env.reset(seed=seed, options=options)
