"""Our own games, stepped N at once in NumPy."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from collections.abc import Sequence
from typing import Any

import numpy as np

from gymlab.envs.games.vector import VectorGame
from gymlab.runner_api.runner import RunContext
from gymlab.runners.turbo.stepping import Array, PooledStepper


class GameStepper(PooledStepper):
    """N games of one kind."""

    no_render_reason = "Games that are played all at once draw nothing. Watch the showcase, which plays the policy."

    def __init__(self, games: VectorGame, context: RunContext) -> None:
        """Take games that have not begun."""
        super().__init__(
            games.single_observation_space, games.single_action_space, games.num_envs, context
        )
        self._games = games
        self._last: Array = self.observations

    def close(self) -> None:
        """Free nothing: the games are arrays."""

    def _begin(self, seed: int) -> None:
        observations, _ = self._games.reset(seed=seed)
        self._show(observations, self.observations)

    def _advance(self, actions: Array) -> None:
        observations, self.rewards, self.terminated, self.truncated, info = self._games.step(
            actions
        )
        self._show(observations, self.observations)
        self._last = info.get("final_obs", observations)
        self._reasons = info.get("termination")

    def _renew(self, ended: Array, cuts: Sequence[int]) -> None:
        self._show(self._last[ended], self.final_observations, ended)
        is_cut = [idx for idx in cuts if self.truncated[idx]]
        for idx in is_cut:
            self._games.timesteps[idx] = 0
        if is_cut:
            self._games.begin(np.array(is_cut))
            self._show(self._games.observe(np.array(is_cut)), self.observations, is_cut)

    def _show(self, seen: Array, rows: Array, places: Any = None) -> None:
        """Put observations into rows of an array of the encoder."""
        chosen = range(len(seen)) if places is None else places
        if self.encoder.dtype == np.float32 and seen.dtype.kind == "f":
            rows[list(chosen)] = seen.reshape(len(seen), *self.encoder.shape)
            return
        for place, one in zip(chosen, seen, strict=True):
            self.encoder.write(one, rows[place])
