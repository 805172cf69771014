"""Exact counting of timesteps and episodes, in a wrapper around every training environment.

The wrapper sits directly on the environment, below every wrapper of a backend: the
numbers are the environment's own, whatever is clipped, scaled or stacked above it. Where a run
has a reward of its own, that one is what `step` returns, and it is summed up beside the other.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, SupportsFloat

import gymnasium

from gymlab.envs.ending import CUT_OFF, TERMINATED, TIME_LIMIT, TRUNCATED, reason_of
from gymlab.envs.rewarding.batch import Shaped
from gymlab.envs.rewarding.shaping import merge, shaping_of
from gymlab.envs.state.episode import Episode, EpisodeRecord
from gymlab.envs.usercode.marker import MARKER
from gymlab.protocol.usercode import TIMESTEP_WORD

Env = gymnasium.Env[Any, Any]


@dataclass(slots=True)
class RunCounters:
    """What a run has done so far; written by the training thread alone."""

    timestep: int = 0
    """Timesteps of all sub-environments together."""
    episodes: int = 0
    """Finished episodes."""
    gradient_steps: int = 0
    """Optimizer updates."""


@dataclass(frozen=True, slots=True)
class FinishedEpisode:
    """One episode from its reset to its end."""

    env_index: int
    """Sub-environment it ran in."""
    episode_return: float | None
    """Undiscounted sum of the environment's own rewards; None when not finite."""
    episode_length: int
    """Timesteps it took."""
    terminated: bool
    """The MDP ended."""
    truncated: bool
    """It was cut off: by a time limit, on request, or by a reset in the middle."""
    shaped_return: float | None = None
    """Sum of the run's own reward; None where it has none, and when not finite."""
    terms: Mapping[str, float] = field(default_factory=dict[str, float])
    """Sums of the terms of that reward."""
    timestep: int | None = None
    """Timesteps of all sub-environments when it ended, where they are not those now."""
    termination: str = CUT_OFF
    """Why it ended: what the environment says, `time_limit`, `terminated`, `truncated`, or
    `cut_off` where somebody ended it."""
    record: EpisodeRecord | None = field(default=None, compare=False, repr=False)
    """Its beginning and actions, for a replay."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known of an episode at its last timestep."""

    reason: str
    record: EpisodeRecord | None


class EpisodeTracker:
    """Follows the rewards of one sub-environment from reset to end."""

    def __init__(self, env_index: int, on_episode: Callable[[FinishedEpisode], None]) -> None:
        """Begin before the first episode."""
        self._on_episode = on_episode
        self.env_index = env_index
        self.episode = 1
        """Number shown for the episode under way; see `begin`."""
        self.timestep = 0
        self.episode_return = 0.0
        self.reward = 0.0
        self.shaped_return: float | None = None
        """Sum of the run's own reward; None where it has none."""
        self.terms: dict[str, float] = {}
        self._is_over = False

    def begin(self, episode: int) -> None:
        """Start an episode; one that was under way counts as cut off.

        Args:
            episode: Number to show while it runs. With several sub-environments an episode
                gets its final number when it ends, so this one is a close guess.
        """
        if self.timestep and not self._is_over:
            self._finish(terminated=False, truncated=True)
        self.episode = episode
        self._is_over = False
        self.timestep = 0
        self.episode_return = 0.0
        self.reward = 0.0
        self.shaped_return = None
        self.terms = {}

    def add(
        self,
        reward: SupportsFloat,
        *,
        terminated: bool,
        truncated: bool,
        shaped: Shaped | None = None,
        timestep: int | None = None,
        ending: Ending | None = None,
    ) -> None:
        """Count one transition; one after the end begins an episode by itself.

        Args:
            reward: The environment's own.
            terminated: The MDP ended.
            truncated: It was cut off.
            shaped: The run's own reward and its terms, where it has one.
            timestep: Timesteps of all sub-environments, where they are not those now.
            ending: What is known of the end, where this is it.
        """
        if self._is_over:
            self.begin(self.episode + 1)
        self.timestep += 1
        self.reward = as_finite_or_nan(reward)
        self.episode_return += self.reward
        if shaped is not None:
            self.shaped_return = (self.shaped_return or 0.0) + shaped[0]
            merge(self.terms, shaped[1] or {})
        if terminated or truncated:
            self._finish(
                terminated=terminated, truncated=truncated, timestep=timestep, ending=ending
            )

    def save(self) -> dict[str, Any]:
        """Return the episode's numbers as plain data."""
        return {
            "episode": self.episode,
            "timestep": self.timestep,
            "episode_return": self.episode_return,
            "reward": self.reward,
            "is_over": self._is_over,
            "shaped_return": self.shaped_return,
            "terms": self.terms,
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Continue with these numbers.

        Raises:
            KeyError: One is missing.
        """
        self.episode = int(saved["episode"])
        self.timestep = int(saved["timestep"])
        self.episode_return = float(saved["episode_return"])
        self.reward = float(saved["reward"])
        self._is_over = bool(saved["is_over"])
        # Checkpoints of earlier versions know no reward but the environment's own.
        shaped = saved.get("shaped_return")
        self.shaped_return = None if shaped is None else float(shaped)
        self.terms = {str(name): float(total) for name, total in saved.get("terms", {}).items()}

    def _finish(
        self,
        *,
        terminated: bool,
        truncated: bool,
        timestep: int | None = None,
        ending: Ending | None = None,
    ) -> None:
        total, shaped = self.episode_return, self.shaped_return
        self._is_over = True
        finished = FinishedEpisode(
            env_index=self.env_index,
            episode_return=total if math.isfinite(total) else None,
            episode_length=self.timestep,
            terminated=terminated,
            truncated=truncated,
            shaped_return=shaped if shaped is not None and math.isfinite(shaped) else None,
            terms=dict(self.terms),
            timestep=timestep,
            termination=ending.reason if ending else TERMINATED if terminated else CUT_OFF,
            record=ending.record if ending else None,
        )
        self._on_episode(finished)


class TrackedEnv(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Counts every transition of one sub-environment and reports its episodes."""

    def __init__(
        self,
        env: Env,
        counters: RunCounters,
        env_index: int,
        on_episode: Callable[[FinishedEpisode], None],
    ) -> None:
        """Wrap the bare environment.

        Args:
            env: The environment with its own rewards.
            counters: The run's counters, shared by all sub-environments.
            env_index: Position among the sub-environments.
            on_episode: Called when an episode ends.
        """
        super().__init__(env)
        self._counters = counters
        self.tracker = EpisodeTracker(env_index, on_episode)
        self._episode = Episode(env)
        self._is_cut_asked_for = False
        self.shaping = shaping_of(env)
        """What computes the run's own reward; None where it has none."""
        self._waiting: tuple[SupportsFloat, bool, bool, int, Ending | None] | None = None

    def save(self) -> dict[str, Any]:
        """Return the state in the middle of the episode as plain data.

        Raises:
            StateNotSavedError: It cannot be written down.
        """
        return {"tracker": self.tracker.save(), "episode": self._episode.save()}

    def repeat(self, saved: Mapping[str, Any]) -> None:
        """Go to the middle of a saved episode; nothing of it is counted again.

        Raises:
            KeyError: Something is missing.
            StateNotRestoredError: The environment did not arrive where it was.
        """
        if self.shaping is None:
            self._episode.restore(saved["episode"])
            return
        self.shaping.is_idle = True
        try:
            self._episode.restore(saved["episode"])
        finally:
            self.shaping.is_idle = False

    def cut_episode(self) -> None:
        """Truncate the episode at its next timestep; may be called from any thread."""
        self._is_cut_asked_for = True

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Reset the environment and begin an episode."""
        self._settle_alone()
        self._episode.begins(seed=seed, options=options, timestep=self._counters.timestep)
        result = self.env.reset(seed=seed, options=options)
        self._episode.last_observation = result[0]
        self.tracker.begin(self._counters.episodes + 1)
        return result

    def step(self, action: Any) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:
        """Take one timestep and count it."""
        counters, shaping = self._counters, self.shaping
        self._settle_alone()
        self._episode.acts(action)
        MARKER.words[TIMESTEP_WORD] = counters.timestep
        observation, reward, terminated, truncated, info = self.env.step(action)
        self._episode.last_observation = observation
        is_by_hand = self._is_cut_asked_for and not (terminated or truncated)
        self._is_cut_asked_for = False
        counters.timestep += 1
        terminated, truncated = bool(terminated), bool(truncated) or is_by_hand
        ending = None
        if terminated or truncated:
            reason = CUT_OFF if is_by_hand else self._reason(info, terminated=terminated)
            ending = Ending(reason, self._episode.record())
        if shaping is None:
            self.tracker.add(reward, terminated=terminated, truncated=truncated, ending=ending)
        elif shaping.is_deferred:
            self._waiting = (reward, terminated, truncated, counters.timestep, ending)
        else:
            shaped = shaping.take()
            self.tracker.add(
                reward, terminated=terminated, truncated=truncated, shaped=shaped, ending=ending
            )
            return observation, shaped[0], terminated, truncated, info
        return observation, reward, terminated, truncated, info

    def settle(self) -> float:
        """Count the last transition, whose own reward was computed by now; return that reward.

        For whoever steps several environments and computes their rewards together.
        """
        shaping, waiting = self.shaping, self._waiting
        if shaping is None or waiting is None:
            return 0.0
        self._waiting = None
        reward, terminated, truncated, timestep, ending = waiting
        shaped = shaping.take()
        self.tracker.add(
            reward,
            terminated=terminated,
            truncated=truncated,
            shaped=shaped,
            timestep=timestep,
            ending=ending,
        )
        return shaped[0]

    def _reason(self, info: Mapping[str, Any], *, terminated: bool) -> str:
        reason = reason_of(info, terminated=terminated)
        limit = self.spec.max_episode_steps if self.spec else None
        is_at_limit = limit is not None and self.tracker.timestep + 1 >= limit
        return TIME_LIMIT if reason == TRUNCATED and is_at_limit else reason

    def _settle_alone(self) -> None:
        """Count a transition that nobody settled before the next one."""
        if self._waiting is not None and self.shaping is not None:
            self.shaping.settle()
            self.settle()


def as_finite_or_nan(value: Any) -> float:
    """Return the value as a float; NaN for whatever is no finite number."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
    return number if math.isfinite(number) else math.nan
