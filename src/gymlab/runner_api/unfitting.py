"""An environment whose spaces no backend supports, to see it refused."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import gymnasium
from gymnasium import spaces
from gymnasium.envs.registration import EnvSpec

from gymlab.envs.making import listed_environments

UNFITTING_ENV = "gymlab-conformance/NestedActions-v0"


class NestedActionsEnv(gymnasium.Env[Any, Any]):
    """Acts by a tuple of a number and a word, and shows a word."""

    observation_space = spaces.Text(4)
    action_space = spaces.Tuple((spaces.Discrete(2), spaces.Text(4)))

    def __init__(self, render_mode: str | None = None) -> None:
        self.render_mode = render_mode

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[str, dict[str, Any]]:
        """Begin an episode."""
        super().reset(seed=seed, options=options)
        return "", {}

    def step(self, action: Any) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """End the episode."""
        del action
        return "", 0.0, True, False, {}


@contextmanager
def unfitting_environment() -> Generator[str]:
    """Have the environment in the catalogue while the block runs; yields its id."""
    entry_point = f"{__name__}:{NestedActionsEnv.__name__}"
    gymnasium.registry[UNFITTING_ENV] = EnvSpec(UNFITTING_ENV, entry_point=entry_point)
    listed_environments.cache_clear()
    try:
        yield UNFITTING_ENV
    finally:
        del gymnasium.registry[UNFITTING_ENV]
        listed_environments.cache_clear()
