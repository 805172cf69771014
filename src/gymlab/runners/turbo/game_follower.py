"""A scalar game that follows one of many, for whoever watches.

Games that are played all at once have no board to draw. A scalar one that begins as theirs did and
is given the same actions is in the same state; between two pictures it catches up.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gymlab.envs.game import Game

Latest = Callable[[int], Sequence[Any] | None]
"""Number of timesteps -> the actions of the last so many; None where they are forgotten."""


class Follower:
    """Follows one game, episode after episode."""

    def __init__(self, game: Game[Any, Any]) -> None:
        """Take a game with the same arguments."""
        self._game = game
        self._beginning: Mapping[str, Any] | None = None
        self._taken = 0

    def follow(
        self, beginning: Mapping[str, Any], length: int, latest: Latest
    ) -> Game[Any, Any] | None:
        """Return the game as the one that it follows is now; None where nobody knows how that is.

        Args:
            beginning: State of its generator before the episode; another object for each episode.
            length: Timesteps of the episode so far.
            latest: Its last actions.
        """
        if not beginning:
            return None
        if beginning is not self._beginning or length < self._taken:
            self._begin(beginning)
        actions = latest(length - self._taken) if length > self._taken else ()
        if actions is None:
            self._beginning = None
            return None
        for action in actions:
            self._game.step(action)
        self._taken = length
        return self._game

    def _begin(self, beginning: Mapping[str, Any]) -> None:
        bits = getattr(np.random, str(beginning["bit_generator"]))()
        bits.state = beginning
        self._game.np_random = np.random.Generator(bits)
        self._game.reset()
        self._beginning, self._taken = beginning, 0
