"""Our own games, stepped N at once in NumPy."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gymlab.envs.game import Game
from gymlab.envs.games.vector import VectorGame
from gymlab.envs.rewarding.formula import FormulaReward
from gymlab.envs.state.episode import EpisodeRecord
from gymlab.runner_api.runner import RunContext
from gymlab.runners.turbo.game_follower import Follower
from gymlab.runners.turbo.stepping import Array, PooledStepper

MakeGame = Callable[[], Game[Any, Any]]

_TOO_MANY = "So many games with such long episodes are not followed. Reduce num_envs to watch them."
_MAX_ACTION_BYTES = 64_000_000
"""Memory for the actions of the episodes under way; beyond it none can be played again."""


class GameStepper(PooledStepper):
    """N games of one kind."""

    def __init__(
        self, games: VectorGame, context: RunContext, make_scalar: MakeGame,
        formula: FormulaReward | None = None,
    ) -> None:  # fmt: skip
        """Take games that have not begun.

        Args:
            games: N of them.
            context: The run.
            make_scalar: Makes one that can be drawn.
            formula: What the agent learns from instead of the game's own rewards.
        """
        self._actions = _Actions.of(games)
        self.no_render_reason = None if self._actions is not None else _TOO_MANY
        self._make_scalar = make_scalar
        self._followers: dict[int, Follower] = {}
        super().__init__(
            games.single_observation_space, games.single_action_space, games.num_envs, context
        )
        self._games = games
        self._formula = formula
        self._last: Array = self.observations
        self._beginnings = list(games.beginnings)
        if self._actions is not None:
            games.keeps_beginnings = True
            self._record_of = self._record

    def game(self, env_index: int) -> Game[Any, Any] | None:
        """Return a scalar game in the state of one of them."""
        actions = self._actions
        if actions is None:
            return None
        if env_index not in self._followers:
            self._followers[env_index] = Follower(self._make_scalar())
        return self._followers[env_index].follow(
            self._beginnings[env_index],
            int(self._games.timesteps[env_index]),
            lambda length: actions.latest(env_index, length),
        )

    def render(self, env_index: int) -> NDArray[np.uint8] | None:
        """Return a picture of one environment."""
        game = self.game(env_index)
        picture: Any = None if game is None else game.render()
        return picture

    def close(self) -> None:
        """Free nothing: the games are arrays."""

    def _begin(self, seed: int) -> None:
        observations, _ = self._games.reset(seed=seed)
        self._beginnings[:] = self._games.beginnings
        self._show(observations, self.observations)

    def _advance(self, actions: Array) -> None:
        if self._actions is not None:
            self._actions.add(actions)
        observations, self.rewards, self.terminated, self.truncated, info = self._games.step(
            actions
        )
        self._show(observations, self.observations)
        self._last = info.get("final_obs", observations)
        self._reasons = info.get("termination")
        if self._formula is not None:
            self._shaped = self._formula.of_many(info["events"], info["measures"], self.num_envs)

    def _renew(self, ended: Array, cuts: Sequence[int]) -> None:
        self._show(self._last[ended], self.final_observations, ended)
        is_cut = [idx for idx in cuts if self.truncated[idx]]
        if is_cut:
            self._games.begin_anew(np.array(is_cut))
            self._show(self._games.observe(np.array(is_cut)), self.observations, is_cut)
        for idx in ended.tolist():
            self._beginnings[idx] = self._games.beginnings[idx]

    def _record(self, idx: int, length: int) -> EpisodeRecord | None:
        """Return how a game that ends with this step is played again, as a scalar one."""
        taken = self._actions.latest(idx, length) if self._actions is not None else None
        if taken is None:
            return None
        beginning: dict[str, Any] = {
            "generator": self._beginnings[idx],
            "wrappers": [],
            "console": None,
            "options": None,
        }
        return EpisodeRecord(beginning, taken, self._last[idx])

    def _show(self, seen: Array, rows: Array, places: Any = None) -> None:
        """Put observations into rows of an array of the encoder."""
        chosen = range(len(seen)) if places is None else places
        if self.encoder.dtype == np.float32 and seen.dtype.kind == "f":
            rows[list(chosen)] = seen.reshape(len(seen), *self.encoder.shape)
            return
        for place, one in zip(chosen, seen, strict=True):
            self.encoder.write(one, rows[place])


class _Actions:
    """The actions of the last L timesteps of N games, as a ring."""

    def __init__(self, ring: Array) -> None:
        """Take an array of (L, N, ...)."""
        self._ring = ring
        self._count = 0

    @classmethod
    def of(cls, games: VectorGame) -> "_Actions | None":
        """Prepare for the longest episode, or return None where that takes too much memory."""
        space: Any = games.single_action_space
        # Choices of our games are few.
        dtype = space.dtype if space.shape else np.dtype(np.int16)
        shape = (games.max_episode_steps, games.num_envs, *(space.shape or ()))
        if np.prod(shape) * np.dtype(dtype).itemsize > _MAX_ACTION_BYTES:
            return None
        return cls(np.zeros(shape, dtype))

    def add(self, actions: Array) -> None:
        """Note (N, ...) actions of a timestep."""
        self._ring[self._count % len(self._ring)] = actions
        self._count += 1

    def latest(self, idx: int, length: int) -> list[Any] | None:
        """Return the last actions of one game; None where they are no longer there."""
        if not 0 < length <= min(self._count, len(self._ring)):
            return None
        end = self._count % len(self._ring)
        rows = self._ring[max(0, end - length) : end, idx]
        if length > end:
            rows = np.concatenate([self._ring[end - length :, idx], rows])
        return rows.tolist() if rows.ndim == 1 else list(rows.copy())
