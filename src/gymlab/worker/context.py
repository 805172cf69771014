"""The services that a runner is given for one run."""

from collections.abc import Mapping
from typing import Any

import gymnasium

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.runs import Phase, RunSpec
from gymlab.envs.space_info import describe_space
from gymlab.envs.state.episode import StateNotRestoredError
from gymlab.insights.finding import Insight
from gymlab.protocol.worker import (
    FrameStatus,
    Heartbeat,
    Initialized,
    LogEvent,
    Paused,
    Started,
    Unpaused,
)
from gymlab.runner_api.environment_states import recent_returns
from gymlab.runner_api.learner_view import LearnerView
from gymlab.runner_api.pool_tracking import PoolTracker, PoolView
from gymlab.runner_api.reward_batch import RewardBatch
from gymlab.runner_api.runner import (
    BudgetSpent,
    CheckpointMembers,
    Members,
    Resume,
    TrainingStopped,
)
from gymlab.runner_api.tracking import RunCounters
from gymlab.worker.blobs import BlobWriter
from gymlab.worker.checkpointing import Checkpointing
from gymlab.worker.clock import TrainingClock
from gymlab.worker.control import Control
from gymlab.worker.frame_pump import FramePump
from gymlab.worker.learner_pictures import LearnerPictures
from gymlab.worker.outbox import Outbox
from gymlab.worker.periodic_evaluation import PeriodicEvaluator
from gymlab.worker.phases import PhaseTeller
from gymlab.worker.plain import plain
from gymlab.worker.policy_feed import PolicyFeed
from gymlab.worker.run_rows import RunRows
from gymlab.worker.training_envs import TrainingEnvs
from gymlab.worker.versions import changed_versions

MAX_MESSAGE_LENGTH = 4_000

AnyEnv = gymnasium.Env[Any, Any]


class WorkerContext:
    """A `RunContext` whose other end is the shim. Used by the training thread.

    `heartbeat`, `cut_episode` and `want_policy` may be called by other threads.
    """

    def __init__(
        self,
        spec: RunSpec,
        *,
        outbox: Outbox,
        blobs: BlobWriter,
        control: Control,
        resume: Resume | None = None,
    ) -> None:
        """Prepare the services of one run."""
        self.spec = spec
        self.resume = resume
        self.initial_policy: Members | None = None
        """Set before training begins; see `RunContext`."""
        self._outbox = outbox
        self._control = control
        self._counters = (
            RunCounters(resume.timestep, resume.episodes, resume.gradient_steps)
            if resume
            else RunCounters()
        )
        self._clock = TrainingClock(resume.wall_time_s if resume else 0.0)
        self._phases = PhaseTeller(outbox)
        self._rows = RunRows(
            outbox,
            clock=self._clock,
            counters=self._counters,
            warn=self._warn,
            tell=self._tell,
            earlier_returns=recent_returns(resume.members) if resume else (),
        )
        self._envs = TrainingEnvs(
            spec, self._counters, phase=lambda: self._phases.now, on_episode=self._rows.episode
        )
        self.pump = FramePump(self._envs.scene, outbox)
        self._checkpoints = Checkpointing(
            spec,
            outbox=outbox,
            blobs=blobs,
            clock=self._clock,
            counters=self._counters,
            warn=self._warn,
            has_checkpoint=resume is not None,
        )
        self._policies = PolicyFeed(outbox, blobs, warn=lambda text: self._warn(text, {}))
        self._evaluator = PeriodicEvaluator(spec, self._counters.timestep)
        self._pictures = LearnerPictures(spec, self._counters.timestep)
        self._changes: dict[str, Any] = {}
        self._versions: dict[str, str] = {}

    # ---- set-up ---------------------------------------------------------------------------

    @property
    def device(self) -> str:
        """Torch name of the device resolved for this run."""
        return self._envs.device

    def make_env(self, env_index: int, *, seed: int | None = None) -> AnyEnv:  # noqa: ARG002 - the caller seeds by its first reset
        """Make one training environment that is tracked and can be watched."""
        return self._envs.make(env_index)

    def track_pool(self, view: PoolView) -> PoolTracker:
        """Count and show environments that the runner steps all at once."""
        return self._envs.track_pool(view)

    def batch_rewards(self) -> RewardBatch | None:
        """Let the rewards of all environments be computed at once, where that can be."""
        return self._envs.batch_rewards(
            lambda text: self.event(EventType.ENVIRONMENT_INITIALIZED, text)
        )

    def restore_environments(self) -> bool:
        """Continue every environment in its episode, or say why new episodes begin."""
        try:
            self._envs.restore(self.resume.members if self.resume else {})
        except StateNotRestoredError as error:
            self._warn(
                f"The environments begin new episodes: {error}. From here on the numbers may "
                "differ from those of a run without an interruption.",
                {"resume": "approximate"},
            )
            return False
        return True

    def computed_by(self, versions: Mapping[str, str]) -> None:
        """Note the libraries of this run, and say which are others than the checkpoint's."""
        self._versions = dict(versions)
        changed = changed_versions(self.resume.versions if self.resume else {}, versions)
        if changed:
            named = ", ".join(f"{name} {old} -> {new}" for name, (old, new) in changed.items())
            self._warn(
                f"Resumed with other library versions than the checkpoint's: {named}. The numbers "
                "may differ from those of a run without an interruption.",
                {"resume": "approximate", "versions": changed},
            )

    def initialized(self, *, num_envs: int, message: str) -> None:
        """Say that environments and agent exist."""
        (observation_space, action_space), scene = self._envs.spaces, self._envs.scene
        self._outbox.post(
            Initialized(
                can_render=scene.no_render_reason is None,
                no_render_reason=scene.no_render_reason,
                num_envs=num_envs,
                device=self.device,
                action_space=describe_space(action_space).text,
                observation_space=describe_space(observation_space).text,
                message=message,
            )
        )
        self.gate()

    def started(self) -> None:
        """Let training time run."""
        self._outbox.post(Started(self._counters.timestep))
        self._clock.start()
        self.gate()

    # ---- while training -------------------------------------------------------------------

    def gate(self) -> None:
        """Block while paused; raise when stopped."""
        if self._control.needs_attention or self._outbox.is_full:
            self._heed()
        self._clock.touch()

    def after_timesteps(self) -> None:
        """Obey, keep the budget of episodes, and show pictures."""
        if self._control.needs_attention or self._outbox.is_full:
            self._heed()
        self._clock.touch()
        self.pump.offer()
        self._rows.speed_if_due()
        limit = self.spec.max_episodes
        if limit is not None and self._counters.episodes >= limit:
            self._checkpoints.ends_run = True
            raise BudgetSpent

    def phase(self, phase: Phase) -> None:
        """Note what the training thread does from now on."""
        self._phases.change(phase.value)

    def learner(
        self,
        metrics: Mapping[str, float],
        *,
        gradient_steps: int,
        native: Mapping[str, float] | None = None,
    ) -> None:
        """Report measurements of the learner."""
        self._rows.learner(metrics, gradient_steps=gradient_steps, native=native)

    def event(
        self,
        event_type: EventType,
        message: str,
        *,
        level: EventLevel = EventLevel.INFO,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Add an entry to the run's event log."""
        self._outbox.post(
            LogEvent(event_type.value, level.value, message[:MAX_MESSAGE_LENGTH], plain(data or {}))
        )

    def evaluation_due(self) -> bool:
        """Tell whether the policy is to be evaluated now."""
        return self._evaluator.is_due(self._counters.timestep)

    def evaluate(self, members: Members) -> None:
        """Play the policy, report what comes of it, and let a checkpoint follow at once."""
        was_running = self._clock.stop()
        if self.pump.is_watched:
            text = "Training waits while the policy is evaluated."
            self._outbox.post(FrameStatus("training", "evaluating", text))
        found = self._evaluator.evaluate(members, self._counters.timestep, self._obey)
        if was_running:
            self._clock.start()
        self._checkpoints.evaluated(found.return_mean)
        self.learner(found.metrics, gradient_steps=self._counters.gradient_steps)
        data = {
            "during_training": True,
            "timestep": self._counters.timestep,
            "return_mean": found.return_mean,
            "num_episodes": len(found.episodes),
        }
        wished = self.spec.evaluation.stop_at_return if self.spec.evaluation else None
        ending = f"; {wished:,g} is reached, so training ends" if found.is_high_enough else ""
        self.event(EventType.EVALUATION_COMPLETED, found.sentence + ending, data=data)
        if found.is_high_enough:
            self._checkpoints.ends_run = True
            raise BudgetSpent

    def picture_due(self) -> bool:
        """Tell whether a picture of the learner is due."""
        return self._pictures.is_due(self._counters.timestep)

    def picture(self, view: LearnerView) -> None:
        """Send a picture of the learner, and how far its values are from the exact ones."""
        taken = self._pictures.take(view, self._counters.timestep, self._envs.sample)
        self._outbox.post_row(taken)
        if taken.values is not None and taken.values.error_rms is not None:
            self.learner(
                {
                    "value/optimal_error": taken.values.error_rms,
                    "policy/optimal_share": taken.values.optimal_share,
                },
                gradient_steps=self._counters.gradient_steps,
            )

    def checkpoint_due(self) -> bool:
        """Tell whether timesteps or training time since the last checkpoint are enough."""
        return self._checkpoints.is_due()

    def save_checkpoint(self, members: CheckpointMembers) -> None:
        """Hand the files over; a refusal is a warning, the run goes on."""
        self._checkpoints.begin()
        self._checkpoints.hand_over(
            members,
            self._envs.member(recent_returns=self._rows.returns),
            mean_return=self._rows.mean_return,
            versions=self._versions,
        )

    def take_changes(self) -> Mapping[str, Any]:
        """Return what was changed since the last call."""
        if not self._changes:
            return {}
        taken, self._changes = self._changes, {}
        return taken

    def policy_wanted(self) -> bool:
        """Tell whether the showcase wants a newer policy now."""
        return self._policies.is_due

    def send_policy(self, members: Members) -> None:
        """Hand the policy over without waiting; a refusal leaves the showcase with the older one."""
        self._policies.send(self._counters.timestep, members)

    # ---- for other threads ----------------------------------------------------------------

    def want_policy(self, every_s: float) -> None:
        """Ask for a policy now and then every so many seconds; 0 asks for none."""
        self._policies.want(every_s)

    def change(self, hyperparameters: Mapping[str, Any]) -> None:
        """Change hyperparameters at the next safe point."""
        self._changes = {**self._changes, **hyperparameters}

    def cut_episode(self, env_index: int) -> None:
        """Truncate the episode of a sub-environment at its next timestep."""
        self._envs.cut_episode(env_index)

    def heartbeat(self) -> Heartbeat:
        """Return the counters, and send a change of phase that was held back."""
        self._phases.catch_up()
        counters = self._counters
        return Heartbeat(
            counters.timestep, counters.episodes, counters.gradient_steps, self._clock.read()
        )

    # ---- the end --------------------------------------------------------------------------

    @property
    def counters(self) -> RunCounters:
        """What the run has done."""
        return self._counters

    def finish(self) -> float:
        """Close the live view; return the training time up to the last timestep or update."""
        wall_time_s = self._clock.finish()
        self._rows.close()
        self.pump.close()
        self._policies.close()
        return wall_time_s

    # ---- private --------------------------------------------------------------------------

    def _obey(self) -> None:
        if self._control.needs_attention:
            self._heed()

    def _heed(self) -> None:
        self._outbox.wait_for_room()
        if self._control.is_stopped:
            raise TrainingStopped
        if not self._control.is_paused:
            return
        was_running = self._clock.stop()
        self._outbox.post(Paused())
        while self._control.wait_while_paused():
            self.pump.offer()
        if was_running:
            self._clock.start()
        if self._control.is_stopped:
            raise TrainingStopped
        self._outbox.post(Unpaused())

    def _warn(self, message: str, data: Mapping[str, Any]) -> None:
        self.event(EventType.WARNING, message, level=EventLevel.WARNING, data=data)

    def _tell(self, found: Insight) -> None:
        message = f"{found.title}. {found.text}"
        self.event(EventType.INSIGHT, message, level=EventLevel.WARNING, data=found.plain())
