"""A `RunContext` without a worker: counts and keeps everything in memory, for tests of runners."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.runs import Phase, RunSpec
from gymlab.envs.composing import compose_env
from gymlab.envs.rewarding.choosing import Reward, reward_of
from gymlab.envs.state.episode import StateNotRestoredError
from gymlab.runner_api.environment_states import environments_member, restore_environments
from gymlab.runner_api.learner_view import LearnerView
from gymlab.runner_api.pool_tracking import PoolTracker, PoolView
from gymlab.runner_api.reward_batch import RewardBatch, batch_of
from gymlab.runner_api.runner import (
    BudgetSpent,
    CheckpointMembers,
    Members,
    Resume,
    Runner,
    TrainingStopped,
)
from gymlab.runner_api.tracking import Env, FinishedEpisode, RunCounters, TrackedEnv

AskForStop = Callable[[RunCounters], bool]


@dataclass(frozen=True, slots=True)
class SavedCheckpoint:
    """A checkpoint and the counters it belongs to."""

    timestep: int
    episodes: int
    gradient_steps: int
    members: CheckpointMembers

    def resume(self) -> Resume:
        """Return the point from which a run continues."""
        return Resume(
            timestep=self.timestep,
            episodes=self.episodes,
            gradient_steps=self.gradient_steps,
            wall_time_s=0.0,
            members={**self.members.durable, **self.members.transient},
        )


@dataclass
class Record:
    """Everything a runner told its context."""

    episodes: list[FinishedEpisode] = field(default_factory=list[FinishedEpisode])
    metrics: list[dict[str, float]] = field(default_factory=list[dict[str, float]])
    gradient_steps: list[int] = field(default_factory=list[int])
    events: list[tuple[EventType, str]] = field(default_factory=list[tuple[EventType, str]])
    phases: list[Phase] = field(default_factory=list[Phase])
    checkpoints: list[SavedCheckpoint] = field(default_factory=list[SavedCheckpoint])
    policies: list[Members] = field(default_factory=list[Members])
    evaluations: list[Members] = field(default_factory=list[Members])
    pictures: list[LearnerView] = field(default_factory=list[LearnerView])
    num_initialized: int = 0
    num_started: int = 0
    num_gates: int = 0
    stop_asked_at: float | None = None
    """Monotonic moment at which the runner could first have seen the stop."""


class RehearsalContext:
    """Obeys the whole contract except pictures and pauses."""

    def __init__(
        self,
        spec: RunSpec,
        *,
        resume: Resume | None = None,
        initial_policy: Members | None = None,
        should_stop: AskForStop = lambda _counters: False,
        checkpoint_every: int | None = None,
    ) -> None:
        """Prepare the rehearsal of one run.

        Args:
            spec: What to train.
            resume: Where to continue.
            initial_policy: Policy of another run to begin with.
            should_stop: Looks at the counters and asks for a stop.
            checkpoint_every: Timesteps between two checkpoints; None for the last one only.
        """
        self.spec = spec
        self.device = "cpu"
        self.resume = resume
        self.initial_policy = initial_policy
        self.record = Record()
        self.counters = (
            RunCounters(resume.timestep, resume.episodes, resume.gradient_steps)
            if resume
            else RunCounters()
        )
        self._should_stop = should_stop
        self._checkpoint_every = checkpoint_every
        self._checkpoint_timestep = self.counters.timestep
        self._envs: dict[int, TrackedEnv] = {}
        self._reward: Reward | None = None
        self._has_reward = False
        self.changes: dict[str, Any] = {}
        """Hyperparameters that the next safe point changes."""

    def make_env(self, env_index: int, *, seed: int | None = None) -> Env:  # noqa: ARG002 - the caller seeds by its first reset
        """Make one tracked environment."""
        if not self._has_reward:
            self._reward, self._has_reward = reward_of(self.spec), True
        env = compose_env(self.spec, reward=self._reward)
        tracked = TrackedEnv(env, self.counters, env_index, self._episode_ended)
        self._envs[env_index] = tracked
        return tracked

    def track_pool(self, view: PoolView) -> PoolTracker:
        """Count the episodes of a pool."""
        return PoolTracker(view.num_envs, self.counters, self._episode_ended)

    def batch_rewards(self) -> RewardBatch | None:
        """Let the rewards of all environments be computed at once, where that can be."""
        say = self.record.events.append
        return batch_of(
            self._reward, self._envs, lambda text: say((EventType.ENVIRONMENT_INITIALIZED, text))
        )

    def restore_environments(self) -> bool:
        """Continue where the checkpoint says."""
        try:
            restore_environments(self._envs, self.resume.members if self.resume else {})
        except StateNotRestoredError as error:
            self.record.events.append((EventType.WARNING, str(error)))
            return False
        return True

    def initialized(self, *, num_envs: int, message: str) -> None:
        """Count the call."""
        del num_envs, message
        self.record.num_initialized += 1

    def started(self) -> None:
        """Count the call."""
        self.record.num_started += 1

    def gate(self) -> None:
        """Raise when a stop was asked for."""
        self.record.num_gates += 1
        if self._should_stop(self.counters):
            if self.record.stop_asked_at is None:
                self.record.stop_asked_at = time.monotonic()
            raise TrainingStopped

    def after_timesteps(self) -> None:
        """Obey a stop and the budget of episodes."""
        self.gate()
        limit = self.spec.max_episodes
        if limit is not None and self.counters.episodes >= limit:
            raise BudgetSpent

    def phase(self, phase: Phase) -> None:
        """Keep the phase."""
        self.record.phases.append(phase)

    def learner(
        self,
        metrics: Mapping[str, float],
        *,
        gradient_steps: int,
        native: Mapping[str, float] | None = None,
    ) -> None:
        """Keep the measurements."""
        del native
        self.counters.gradient_steps = gradient_steps
        self.record.metrics.append(dict(metrics))
        self.record.gradient_steps.append(gradient_steps)

    def event(
        self,
        event_type: EventType,
        message: str,
        *,
        level: EventLevel = EventLevel.INFO,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep the event."""
        del level, data
        self.record.events.append((event_type, message))

    def evaluation_due(self) -> bool:
        """Want one evaluation, in the middle of the budget."""
        is_wanted = not self.record.evaluations
        return is_wanted and self.counters.timestep >= self.spec.total_timesteps // 2

    def evaluate(self, members: Members) -> None:
        """Keep a copy of the policy."""
        self.record.evaluations.append(_copied(members))

    def take_changes(self) -> Mapping[str, Any]:
        """Hand over what a test wants to change."""
        taken, self.changes = self.changes, {}
        return taken

    def checkpoint_due(self) -> bool:
        """Tell whether enough timesteps were done."""
        every = self._checkpoint_every
        return every is not None and self.counters.timestep - self._checkpoint_timestep >= every

    def save_checkpoint(self, members: CheckpointMembers) -> None:
        """Keep a copy of the checkpoint."""
        self._checkpoint_timestep = self.counters.timestep
        durable = {**members.durable, **environments_member(self._envs)}
        copied = CheckpointMembers(_copied(durable), _copied(members.transient))
        counters = self.counters
        self.record.checkpoints.append(
            SavedCheckpoint(counters.timestep, counters.episodes, counters.gradient_steps, copied)
        )

    def picture_due(self) -> bool:
        """Want one before training and one in the middle of the budget."""
        wanted = 1 + (self.counters.timestep >= self.spec.total_timesteps // 2)
        return len(self.record.pictures) < wanted

    def picture(self, view: LearnerView) -> None:
        """Keep it."""
        self.record.pictures.append(view)

    def policy_wanted(self) -> bool:
        """Want exactly one policy."""
        return not self.record.policies

    def send_policy(self, members: Members) -> None:
        """Keep a copy of the policy."""
        self.record.policies.append(_copied(members))

    def _episode_ended(self, episode: FinishedEpisode) -> None:
        self.counters.episodes += 1
        self.record.episodes.append(episode)


def greedy_return(runner: Runner, spec: RunSpec, members: Members, seeds: Sequence[int]) -> float:
    """Return the mean return of episodes in which the policy takes its likeliest actions.

    Args:
        runner: Whose policy it is.
        spec: What it was trained with.
        members: Files of its checkpoint.
        seeds: Of each episode.
    """
    actor, env = runner.load_actor(spec, members), runner.make_env(spec, render_mode=None)
    total = 0.0
    for seed in seeds:
        observation, _ = env.reset(seed=seed)
        actor.reset()
        is_over = False
        while not is_over:
            action = actor.act(observation, deterministic=True)
            observation, reward, terminated, truncated, _ = env.step(action)
            total += float(reward)
            is_over = terminated or truncated
    env.close()
    return total / len(seeds)


def _copied(members: Members) -> Members:
    return {name: bytes(content) for name, content in members.items()}
