"""Wrappers of actions."""

from collections.abc import Mapping
from typing import Any

import gymnasium
import numpy as np

from gymlab.envs.state.generators import generator_from_plain, state_to_plain

AnyEnv = gymnasium.Env[Any, Any]
_STREAM = 0x5717C
"""Keeps the draws apart from those of an environment with the same seed."""


class RepeatedActions(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Gives the environment each action several times; an end ends the repetition."""

    def __init__(self, env: AnyEnv, num_repeats: int) -> None:
        """Wrap an environment."""
        super().__init__(env)
        self._num_repeats = num_repeats

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take several timesteps of the environment; the rewards are added up."""
        total = 0.0
        for _ in range(self._num_repeats):
            observation, reward, terminated, truncated, info = self.env.step(action)
            total += float(reward)
            if terminated or truncated:
                break
        return observation, total, bool(terminated), bool(truncated), info  # pyright: ignore[reportPossiblyUnboundVariable]


class StickyActions(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Takes the last action again with some probability.

    It draws from a generator of its own, because some environments seed none that it could use.
    """

    def __init__(self, env: AnyEnv, probability: float) -> None:
        """Wrap an environment."""
        super().__init__(env)
        self._probability = probability
        self._generator = np.random.default_rng()
        self._last: Any = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Reset the environment; the first action is always a new one."""
        if seed is not None:
            self._generator = np.random.default_rng([seed, _STREAM])
        self._last = None
        return self.env.reset(seed=seed, options=options)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Take a timestep with this action or the last one."""
        if self._last is not None and self._generator.random() < self._probability:
            action = self._last
        self._last = action
        return self.env.step(action)

    def lasting_state(self) -> dict[str, Any]:
        """Return what outlives an episode."""
        return state_to_plain(self._generator.bit_generator.state)

    def set_lasting_state(self, state: Mapping[str, Any]) -> None:
        """Go on with what was saved."""
        self._generator = generator_from_plain(state)
