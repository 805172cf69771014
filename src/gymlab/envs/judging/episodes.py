"""Episodes as a user's `evaluate(episodes)` is given them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gymlab.envs.rewarding.shaping import copied

MAX_BYTES = 256 * 1024 * 1024
"""Most memory that the observations of one evaluation may take."""


@dataclass(frozen=True, slots=True)
class RecordedEpisode:
    """One episode, from reset to end. T = its length in timesteps."""

    observations: Any
    """(T + 1, ...) what the agent saw, the last one included; a list where it is no array."""
    actions: Any
    """(T, ...) what it did; a list where that is no array."""
    rewards: NDArray[np.float64]
    """(T,) the environment's own."""
    infos: list[dict[str, Any]]
    """What the environment said besides, one for each timestep."""
    terminated: bool
    """Whether it ended by itself."""
    truncated: bool
    """Whether a limit ended it."""
    seed: int
    """Seed it began with."""

    @property
    def length(self) -> int:
        """Timesteps."""
        return len(self.rewards)

    @property
    def episode_return(self) -> float:
        """Sum of the rewards."""
        return float(self.rewards.sum())


class RecordingTooLargeError(Exception):
    """The episodes do not fit into memory; the message says what to do."""


class EpisodeRecording:
    """Collects one episode while it is played."""

    def __init__(self, seed: int, *, room_bytes: int = MAX_BYTES) -> None:
        """Begin.

        Args:
            seed: Seed of the episode.
            room_bytes: What its observations may take.
        """
        self._seed = seed
        self._room = room_bytes
        self._observations: list[Any] = []
        self._actions: list[Any] = []
        self._rewards: list[float] = []
        self._infos: list[dict[str, Any]] = []
        self._ends = (False, False)

    @property
    def room_bytes(self) -> int:
        """What is left for more observations."""
        return self._room

    def begins(self, observation: Any) -> None:
        """Take the first observation.

        Raises:
            RecordingTooLargeError: There is no room.
        """
        self._keep(observation)

    def add(self, action: Any, step: tuple[Any, Any, bool, bool, dict[str, Any]]) -> None:
        """Take one timestep.

        Raises:
            RecordingTooLargeError: There is no room.
        """
        observation, reward, terminated, truncated, info = step
        self._actions.append(copied(action))
        self._keep(observation)
        self._rewards.append(float(reward))
        self._infos.append(dict(info))
        self._ends = (bool(terminated), bool(truncated))

    def finish(self) -> RecordedEpisode:
        """Return the episode."""
        terminated, truncated = self._ends
        return RecordedEpisode(
            observations=_stacked(self._observations),
            actions=_stacked(self._actions),
            rewards=np.array(self._rewards, np.float64),
            infos=self._infos,
            terminated=terminated,
            truncated=truncated,
            seed=self._seed,
        )

    def _keep(self, observation: Any) -> None:
        kept = copied(observation)
        self._room -= int(getattr(kept, "nbytes", 512))
        if self._room < 0:
            raise RecordingTooLargeError(
                f"The observations of these episodes take more than {MAX_BYTES // 1024**2} MB: "
                "evaluate fewer episodes with a code of your own."
            )
        self._observations.append(kept)


def _stacked(items: list[Any]) -> Any:
    """Return an array where every item has the same shape; the list otherwise."""
    if not items or not isinstance(items[0], np.ndarray | np.generic | int | float):
        return items
    try:
        return np.stack([np.asarray(item) for item in items])
    except ValueError:
        return items
