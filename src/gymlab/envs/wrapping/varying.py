"""An environment whose options change while a run trains."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gymnasium

from gymlab.domain.wrappers import Curriculum
from gymlab.errors import InvalidInputError

AnyEnv = gymnasium.Env[Any, Any]
Make = Callable[[Mapping[str, Any]], AnyEnv]
LAST = 2**62
"""A timestep behind every change: who is told no timestep plays the last values."""


class VaryingEnv(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Makes the environment anew when an episode begins for which an option has another value."""

    is_scheduled = True

    def __init__(
        self, make: Make, kwargs: Mapping[str, Any], changes: Sequence[Curriculum]
    ) -> None:
        """Make it as it is at the end; `begin_at` says otherwise before the first episode.

        Raises:
            InvalidInputError: An option changes what is observed or what can be done.
        """
        self._make, self._kwargs, self._changes = make, dict(kwargs), list(changes)
        self._options = self._options_at(LAST)
        super().__init__(make({**self._kwargs, **self._options}))
        self._wanted = self._options
        self._require_same_spaces()

    def begin_at(self, timestep: int) -> None:
        """Play the next episode as it is to be after so many timesteps of the run."""
        self._wanted = self._options_at(timestep)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin an episode, in a new environment where an option has changed."""
        if self._wanted != self._options:
            made = self._make({**self._kwargs, **self._wanted})
            # The stream of random numbers goes on, as if it were the same environment.
            made.unwrapped.np_random = self.env.unwrapped.np_random
            self.env.close()
            self.env, self._options = made, self._wanted
        return self.env.reset(seed=seed, options=options)

    def _options_at(self, timestep: int) -> dict[str, Any]:
        return {
            change.option: _fitting(change, change.value_at(timestep)) for change in self._changes
        }

    def _require_same_spaces(self) -> None:
        first = self._make({**self._kwargs, **self._options_at(0)})
        same = (
            first.observation_space == self.env.observation_space
            and first.action_space == self.env.action_space
        )
        first.close()
        if not same:
            names = ", ".join(self._options)
            raise InvalidInputError(
                f"Changing {names} changes what the agent sees or can do, so one policy cannot "
                "learn it all.",
                hint="Choose an option that leaves the spaces as they are.",
            )


def _fitting(change: Curriculum, value: float) -> float | int:
    """Return a whole number where both ends are: such options are counts."""
    is_count = change.begin.is_integer() and change.end.is_integer()
    return round(value) if is_count else value
