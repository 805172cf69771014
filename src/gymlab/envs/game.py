"""What every game of our own offers beyond Gymnasium: events, measures, reasons, a JSON picture.

`info` of every timestep holds

- `events`: how often each named event happened in this timestep, absent where it did not;
- `measures`: numbers that describe the state, for reward formulas;
- `termination`: why the episode ended, only where it did.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

import gymnasium as gym

ObsType = TypeVar("ObsType")
ActType = TypeVar("ActType")

STEP = "step"

Events = dict[str, float]
Measures = dict[str, float]
State = dict[str, Any]


class Game(gym.Env[ObsType, ActType]):
    """A game whose picture is JSON and whose rewards are made of named events."""

    EVENTS: ClassVar[Mapping[str, str]]
    """Name of each event -> what it means, in one sentence."""
    MEASURES: ClassVar[Mapping[str, str]]
    """Name of each number of the state -> what it means."""
    TERMINATIONS: ClassVar[Mapping[str, str]]
    """Name of each reason an episode ends by itself -> what it means."""

    @abstractmethod
    def render_state(self) -> State:
        """Return the picture of the state as JSON; its key `game` names who draws it."""


def game_of(env: gym.Env[Any, Any]) -> Game[Any, Any] | None:
    """Return the game inside an environment's wrappers, or None where it is none of ours."""
    inner = env.unwrapped
    return inner if isinstance(inner, Game) else None
