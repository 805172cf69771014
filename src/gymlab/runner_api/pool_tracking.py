"""Counting the timesteps and episodes of environments that are stepped all at once.

A pool hides its environments: nothing can be wrapped around one of them. So whoever steps it
tells this tracker, whose numbers are those that `TrackedEnv` would give.

Letters: N environments.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from gymlab.envs.ending import CUT_OFF, TERMINATED, TIME_LIMIT
from gymlab.envs.game import Game
from gymlab.envs.state.episode import EpisodeRecord
from gymlab.runner_api.tracking import EpisodeTracker, FinishedEpisode, RunCounters

Array = NDArray[Any]
OnEpisode = Callable[[FinishedEpisode], None]
PoolShaped = tuple[Array, Mapping[str, Array]]
"""(N,) rewards of the run's own, and (N,) of each of their terms."""
RecordOf = Callable[[int, int], EpisodeRecord | None]
"""Environment and timesteps of its episode -> how it began and what was done."""


class PoolView(Protocol):
    """What the lab wants to know of a pool."""

    @property
    def num_envs(self) -> int:
        """N."""
        ...

    @property
    def observation_space(self) -> spaces.Space[Any]:
        """Observations of one environment."""
        ...

    @property
    def action_space(self) -> spaces.Space[Any]:
        """Actions of one environment."""
        ...

    @property
    def no_render_reason(self) -> str | None:
        """Why there are no pictures; None where there are."""
        ...

    def render(self, env_index: int) -> NDArray[np.uint8] | None:
        """Return an (H, W, 3) picture of one environment; on the thread that steps."""
        ...

    def game(self, env_index: int) -> Game[Any, Any] | None:
        """Return a game of ours in the state of one environment, None where there is none; on the thread that steps."""
        ...


class PoolTracker:
    """Follows N episodes side by side."""

    def __init__(self, num_envs: int, counters: RunCounters, on_episode: OnEpisode) -> None:
        """Begin before the first episodes.

        Args:
            num_envs: N.
            counters: The run's counters.
            on_episode: Called when an episode ends.
        """
        self.num_envs = num_envs
        self._counters = counters
        self._on_episode = on_episode
        self._returns = np.zeros(num_envs)
        self._lengths = np.zeros(num_envs, np.int64)
        self._rewards: Array = np.zeros(num_envs)
        self._shaped_returns: Array | None = None
        self._terms: dict[str, Array] = {}
        self._cuts: set[int] = set()
        self._cut_now: Sequence[int] = ()

    def begin(self) -> None:
        """Start new episodes everywhere.

        Those under way are forgotten, not reported: they were left in the middle because the pool
        was made anew, which says nothing about the policy.
        """
        self._returns[:] = 0.0
        self._lengths[:] = 0
        self._shaped_returns = None
        self._terms = {}

    def step(
        self,
        rewards: Array,
        terminated: Array,
        truncated: Array,
        reasons: Sequence[str | None] | Array | None = None,
        *,
        shaped: PoolShaped | None = None,
        record_of: RecordOf | None = None,
    ) -> None:
        """Count one timestep of every environment.

        Args:
            rewards: (N,) the environments' own.
            terminated: (N,) whether the MDP ended.
            truncated: (N,) whether the episode was cut off.
            reasons: (N,) why episodes ended, in the environments' words, where they have some.
            shaped: (N,) the run's own rewards, and their terms, where it has some.
            record_of: Returns how an episode that ends here is played again.
        """
        self._counters.timestep += self.num_envs
        self._rewards = rewards
        self._returns += rewards
        self._lengths += 1
        if shaped is not None:
            self._add(*shaped)
        ended = terminated | truncated
        if ended.any():
            for idx in np.flatnonzero(ended).tolist():
                reason = reasons[idx] if reasons is not None else None
                self._finish(
                    idx,
                    record_of=record_of,
                    terminated=bool(terminated[idx]),
                    truncated=bool(truncated[idx]),
                    reason=CUT_OFF if idx in self._cut_now else reason,
                )
            self._cut_now = ()

    def _add(self, rewards: Array, terms: Mapping[str, Array]) -> None:
        """Sum up what the run's own reward pays."""
        if self._shaped_returns is None:
            self._shaped_returns = np.zeros(self.num_envs)
        self._shaped_returns += rewards
        for name, column in terms.items():
            self._terms.setdefault(name, np.zeros(self.num_envs))
            self._terms[name] += column

    def _take_shaped(self, idx: int) -> tuple[float | None, dict[str, float]]:
        """Return the sums of an episode that ended, and begin new ones."""
        if self._shaped_returns is None:
            return None, {}
        total = float(self._shaped_returns[idx])
        terms = {name: float(sums[idx]) for name, sums in self._terms.items() if sums[idx]}
        self._shaped_returns[idx] = 0.0
        for sums in self._terms.values():
            sums[idx] = 0.0
        return (total if np.isfinite(total) else None), terms

    def _finish(
        self,
        idx: int,
        *,
        terminated: bool,
        truncated: bool,
        reason: str | None,
        record_of: RecordOf | None,
    ) -> None:
        total = float(self._returns[idx])
        length = int(self._lengths[idx])
        shaped_return, terms = self._take_shaped(idx)
        self._returns[idx] = 0.0
        self._lengths[idx] = 0
        self._on_episode(
            FinishedEpisode(
                env_index=idx,
                episode_return=total if np.isfinite(total) else None,
                episode_length=length,
                terminated=terminated,
                truncated=truncated,
                shaped_return=shaped_return,
                terms=terms,
                termination=reason or (TERMINATED if terminated else TIME_LIMIT),
                record=record_of(idx, length) if record_of is not None else None,
            )
        )

    # ---- what others ask ------------------------------------------------------------------

    def cut_episode(self, env_index: int) -> None:
        """Have an episode truncated at its next timestep; may be called from any thread."""
        self._cuts.add(env_index)

    def take_cuts(self) -> Sequence[int]:
        """Return the environments whose episodes are to be cut now."""
        if not self._cuts:
            return ()
        taken, self._cuts = self._cuts, set()
        self._cut_now = sorted(idx for idx in taken if 0 <= idx < self.num_envs)
        return self._cut_now

    def moment(self, env_index: int) -> EpisodeTracker:
        """Return the episode that an environment is in."""
        found = EpisodeTracker(env_index, _nobody)
        found.episode = self._counters.episodes + 1
        found.timestep = int(self._lengths[env_index])
        found.episode_return = float(self._returns[env_index])
        found.reward = float(self._rewards[env_index])
        if self._shaped_returns is not None:
            found.shaped_return = float(self._shaped_returns[env_index])
        return found


def _nobody(_episode: FinishedEpisode) -> None:
    """Take the place of whoever counts episodes."""
