"""Episodes and learner measurements of one run as the rows that leave the worker."""

import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from gymlab.insights.finding import Insight
from gymlab.insights.reward_hacking import RewardHackingWatch
from gymlab.protocol.parts import EpisodeRow, LearnerRow
from gymlab.protocol.worker import Learner
from gymlab.runner_api.tracking import FinishedEpisode, RunCounters
from gymlab.worker.clock import TrainingClock
from gymlab.worker.learner_rows import MetricCleaner
from gymlab.worker.outbox import Outbox
from gymlab.worker.replays import ReplaySampler

MEAN_RETURN_EPISODES = 100
MIN_MEAN_EPISODES = 10
SPEED_ROW_AFTER_S = 2.0
"""A learner that says nothing for so long still gets a row with its speed."""
SPEED = "time/timesteps_per_second"
GRADIENT_STEPS = "optim/gradient_steps"


class Warn(Protocol):
    """Adds a warning to the run's event log."""

    def __call__(self, message: str, data: Mapping[str, Any]) -> None:
        """Warn once."""
        ...


class RunRows:
    """Posts the rows of one run. Used by the training thread."""

    def __init__(
        self,
        outbox: Outbox,
        *,
        clock: TrainingClock,
        counters: RunCounters,
        warn: Warn,
        tell: Callable[[Insight], None],
        earlier_returns: Iterable[float] = (),
    ) -> None:
        """Begin, or go on after an earlier attempt.

        Args:
            outbox: Where rows go.
            clock: Training time.
            counters: What the run has done, kept up to date here.
            warn: Adds a warning to the event log.
            tell: Adds a finding to the event log.
            earlier_returns: Returns of the latest episodes before.
        """
        self._outbox = outbox
        self._clock = clock
        self._counters = counters
        self._warn = warn
        self._tell = tell
        self._watch = RewardHackingWatch()
        self._cleaner = MetricCleaner(warn)
        self.returns: deque[float] = deque(earlier_returns, maxlen=MEAN_RETURN_EPISODES)
        self._replays = ReplaySampler(outbox.post, best=max(self.returns, default=-math.inf))
        self._has_warned_of_rewards = False
        self._speed_timestep = counters.timestep
        self._speed_time_s = clock.read()

    @property
    def mean_return(self) -> float | None:
        """Mean of the latest episodes; None while so few would let luck choose the best checkpoint."""
        if len(self.returns) < MIN_MEAN_EPISODES:
            return None
        return sum(self.returns) / len(self.returns)

    def episode(self, episode: FinishedEpisode) -> None:
        """Count and report a finished episode."""
        self._counters.episodes += 1
        if episode.episode_return is None:
            if not self._has_warned_of_rewards:
                self._has_warned_of_rewards = True
                self._warn("A reward was not a finite number.", {"env_index": episode.env_index})
        else:
            self.returns.append(episode.episode_return)
        row = EpisodeRow(
            timestep=episode.timestep or self._counters.timestep,
            timestamp=time.time(),
            wall_time_s=self._clock.read(),
            episode=self._counters.episodes,
            env_index=episode.env_index,
            episode_return=episode.episode_return,
            episode_length=episode.episode_length,
            terminated=episode.terminated,
            truncated=episode.truncated,
            shaped_return=episode.shaped_return,
            terms=dict(episode.terms),
            termination=episode.termination,
        )
        self._outbox.post_row(row)
        self._replays.episode(episode, row)
        self._look_at_rewards(episode)

    def close(self) -> None:
        """Send what waited for the end of the run."""
        self._replays.close()

    def _look_at_rewards(self, episode: FinishedEpisode) -> None:
        own, shaped = episode.episode_return, episode.shaped_return
        if own is None or shaped is None:
            return
        found = self._watch.add(
            self._counters.timestep, own=own, shaped=shaped, terms=episode.terms
        )
        if found is not None:
            self._tell(found)

    def learner(
        self,
        metrics: Mapping[str, float],
        *,
        gradient_steps: int,
        native: Mapping[str, float] | None = None,
    ) -> None:
        """Report measurements of the learner."""
        self._counters.gradient_steps = gradient_steps = int(gradient_steps)
        clean = self._cleaner.clean(metrics, native)
        clean.metrics.setdefault(GRADIENT_STEPS, float(gradient_steps))
        speed = self._measure_speed()
        if speed is not None:
            clean.metrics[SPEED] = speed
        row = LearnerRow(
            timestep=self._counters.timestep,
            timestamp=time.time(),
            wall_time_s=self._clock.read(),
            gradient_steps=gradient_steps,
            metrics=clean.metrics,
            native=clean.native,
            nonfinite=clean.nonfinite,
        )
        self._outbox.post_row(Learner(row))

    def speed_if_due(self) -> None:
        """Report the speed of a learner that has been silent for long."""
        if self._clock.read() - self._speed_time_s > SPEED_ROW_AFTER_S:
            self.learner({}, gradient_steps=self._counters.gradient_steps)

    def _measure_speed(self) -> float | None:
        now, timestep = self._clock.read(), self._counters.timestep
        elapsed_s, done = now - self._speed_time_s, timestep - self._speed_timestep
        if elapsed_s <= 0 or done <= 0:
            return None
        self._speed_time_s, self._speed_timestep = now, timestep
        return done / elapsed_s
