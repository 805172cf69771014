"""A small `RunContext` that remembers what a runner did."""
# ruff: noqa: ARG002 - it has the arguments of the protocol

from collections.abc import Mapping
from typing import Any

import gymnasium

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.runs import Phase, RunSpec
from gymlab.envs.composing import compose_env
from gymlab.envs.rewarding.choosing import reward_of
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
    TrainingStopped,
)
from gymlab.runner_api.tracking import FinishedEpisode, RunCounters, TrackedEnv


def make_spec(
    algorithm: str, env_id: str = "CartPole-v1", total_timesteps: int = 256, **changes: Any
) -> RunSpec:
    """Return a specification; other keyword arguments are hyperparameters or fields of it."""
    fields = {name: changes.pop(name) for name in list(changes) if name in RunSpec.model_fields}
    hyperparameters = fields.pop("hyperparameters", {}) | changes
    return RunSpec.model_validate({
        "run_id": "test",
        "env_id": env_id,
        "runner": "sb3",
        "algorithm": algorithm,
        "hyperparameters": hyperparameters,
        "total_timesteps": total_timesteps,
        "seed": 0,
        **fields,
    })


class RecordingContext:
    """Keeps everything in memory; stops and pauses where a test says so."""

    def __init__(
        self,
        spec: RunSpec,
        *,
        resume: Resume | None = None,
        initial_policy: Members | None = None,
        checkpoint_every: int | None = None,
        stop_at_gradient_step: int | None = None,
        wants_policy: bool = False,
    ) -> None:
        """Prepare one run."""
        self.spec = spec
        self.device = "cpu"
        self.resume = resume
        self.initial_policy = initial_policy
        start = resume or Resume(0, 0, 0, 0.0, {})
        self.counters = RunCounters(start.timestep, start.episodes, start.gradient_steps)
        self.episodes: list[FinishedEpisode] = []
        self.rows: list[tuple[int, int, dict[str, float], dict[str, float]]] = []
        self.events: list[tuple[EventType, str]] = []
        self.phases: list[Phase] = []
        self.checkpoints: list[tuple[int, CheckpointMembers]] = []
        self.marks: list[tuple[int, int]] = []
        """Episodes and rows before each checkpoint."""
        self.policies: list[Members] = []
        self.pictures: list[LearnerView] = []
        self.calls: list[str] = []
        self.envs: dict[int, TrackedEnv] = {}
        self.reward = reward_of(spec)
        self.changes: dict[int, dict[str, Any]] = {}
        """Timestep -> hyperparameters that change at the first safe point from there on."""
        self.num_gates = 0
        self.num_vector_steps = 0
        self._checkpoint_every = checkpoint_every
        self._last_checkpoint = self.counters.timestep
        self._stop_at_gradient_step = stop_at_gradient_step
        self._wants_policy = wants_policy

    @property
    def returns(self) -> list[float | None]:
        """Returns of the finished episodes."""
        return [episode.episode_return for episode in self.episodes]

    def make_env(self, env_index: int, *, seed: int | None = None) -> gymnasium.Env[Any, Any]:
        """Make a tracked environment."""
        env = compose_env(self.spec, reward=self.reward)
        self.envs[env_index] = TrackedEnv(env, self.counters, env_index, self._ended)
        return self.envs[env_index]

    def track_pool(self, view: PoolView) -> PoolTracker:
        """Count environments that are stepped all at once."""
        return PoolTracker(view.num_envs, self.counters, self._ended)

    def batch_rewards(self) -> RewardBatch | None:
        """Let the rewards of all environments be computed at once, where that can be."""
        say = self.events.append
        return batch_of(
            self.reward, self.envs, lambda text: say((EventType.ENVIRONMENT_INITIALIZED, text))
        )

    def restore_environments(self) -> bool:
        """Continue in the middle of episodes where the checkpoint knows them."""
        try:
            restore_environments(self.envs, self.resume.members if self.resume else {})
        except StateNotRestoredError as error:
            self.events.append((EventType.WARNING, f"new episodes: {error}"))
            return False
        return True

    def _ended(self, episode: FinishedEpisode) -> None:
        self.counters.episodes += 1
        self.episodes.append(episode)

    def initialized(self, *, num_envs: int, message: str) -> None:
        """Note it."""
        self.calls.append(f"initialized {num_envs}: {message}")

    def started(self) -> None:
        """Note it."""
        self.calls.append("started")

    def gate(self) -> None:
        """Count, and stop where asked."""
        self.num_gates += 1
        if self._stop_at_gradient_step is not None and self.num_gates > self._stop_at_gradient_step:
            raise TrainingStopped

    def after_timesteps(self) -> None:
        """Count, and keep the budget of episodes."""
        self.num_vector_steps += 1
        limit = self.spec.max_episodes
        if limit is not None and self.counters.episodes >= limit:
            raise BudgetSpent

    def phase(self, phase: Phase) -> None:
        """Note it."""
        self.phases.append(phase)

    def learner(
        self,
        metrics: Mapping[str, float],
        *,
        gradient_steps: int,
        native: Mapping[str, float] | None = None,
    ) -> None:
        """Note the row."""
        row = (self.counters.timestep, gradient_steps, dict(metrics), dict(native or {}))
        self.rows.append(row)

    def event(
        self,
        event_type: EventType,
        message: str,
        *,
        level: EventLevel = EventLevel.INFO,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Note it."""
        self.events.append((event_type, message))

    def evaluation_due(self) -> bool:
        """Want no evaluation."""
        return False

    def evaluate(self, members: Members) -> None:
        """Is never asked to."""

    def take_changes(self) -> Mapping[str, Any]:
        """Hand over what is due."""
        due = [timestep for timestep in self.changes if timestep <= self.counters.timestep]
        taken: dict[str, Any] = {}
        for timestep in sorted(due):
            taken |= self.changes.pop(timestep)
        return taken

    def checkpoint_due(self) -> bool:
        """Tell whether enough timesteps have passed."""
        every = self._checkpoint_every
        return every is not None and self.counters.timestep - self._last_checkpoint >= every

    def save_checkpoint(self, members: CheckpointMembers) -> None:
        """Keep it."""
        self._last_checkpoint = self.counters.timestep
        durable = {**members.durable, **environments_member(self.envs)}
        whole = CheckpointMembers(durable, members.transient)
        self.checkpoints.append((self.counters.timestep, whole))
        self.marks.append((len(self.episodes), len(self.rows)))

    def picture_due(self) -> bool:
        """Want a picture at every safe point."""
        return True

    def picture(self, view: LearnerView) -> None:
        """Keep it."""
        self.pictures.append(view)

    def policy_wanted(self) -> bool:
        """Say what the test wants."""
        return self._wants_policy

    def send_policy(self, members: Members) -> None:
        """Keep it."""
        self.policies.append(members)
