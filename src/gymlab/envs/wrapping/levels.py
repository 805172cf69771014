"""A fixed set of seeds for the episodes."""

from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium

AnyEnv = gymnasium.Env[Any, Any]


class FixedSeeds(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Begins every episode with the next of a list of seeds.

    A seed that is asked for chooses the place in the list: environments that are seeded
    differently begin at different places, and an evaluation's seeds spread over all of it.
    """

    def __init__(self, env: AnyEnv, seeds: Sequence[int]) -> None:
        """Wrap an environment."""
        super().__init__(env)
        self._seeds = list(seeds)
        self._next = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin the next level."""
        if seed is not None:
            self._next = seed % len(self._seeds)
        level = self._seeds[self._next]
        self._next = (self._next + 1) % len(self._seeds)
        return self.env.reset(seed=level, options=options)

    def lasting_state(self) -> dict[str, Any]:
        """Return what outlives an episode."""
        return {"next": self._next}

    def set_lasting_state(self, state: Mapping[str, Any]) -> None:
        """Go on with what was saved."""
        self._next = int(state["next"]) % len(self._seeds)
