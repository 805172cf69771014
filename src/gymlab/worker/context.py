"""The services that a runner is given for one run."""

import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

import gymnasium

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.runs import Phase, RunSpec
from gymlab.envs.composing import compose_env
from gymlab.envs.rewarding.function import RewardFunction
from gymlab.envs.space_info import describe_space
from gymlab.envs.state.episode import StateNotRestoredError
from gymlab.errors import UnavailableError
from gymlab.protocol.parts import EpisodeRow, LearnerRow, PhaseName
from gymlab.protocol.worker import (
    Checkpoint,
    FrameStatus,
    Heartbeat,
    Initialized,
    Learner,
    LogEvent,
    Paused,
    PhaseChanged,
    Policy,
    Started,
    Unpaused,
)
from gymlab.runner_api.environment_states import (
    environments_member,
    recent_returns,
    restore_environments,
)
from gymlab.runner_api.runner import (
    BudgetSpent,
    CheckpointMembers,
    Members,
    Resume,
    TrainingStopped,
)
from gymlab.runner_api.tracking import FinishedEpisode, RunCounters, TrackedEnv
from gymlab.worker.blobs import BlobRefusedError, BlobWriter
from gymlab.worker.clock import TrainingClock
from gymlab.worker.control import Control
from gymlab.worker.device import TorchAccelerators, device_of_run
from gymlab.worker.frame_pump import FramePump
from gymlab.worker.learner_rows import MetricCleaner
from gymlab.worker.outbox import Outbox
from gymlab.worker.periodic_evaluation import PeriodicEvaluator
from gymlab.worker.plain import plain
from gymlab.worker.scene import EnvScene
from gymlab.worker.versions import changed_versions

MAX_MESSAGE_LENGTH = 4_000
MEAN_RETURN_EPISODES = 100
MIN_MEAN_EPISODES = 10
PHASE_SPACING_S = 0.05
FIRST_CHECKPOINT_S = 2.0
"""Training time after which the first checkpoint is due."""
SPEED_ROW_AFTER_S = 2.0
"""A learner that says nothing for so long still gets a row with its speed."""
SPEED = "time/timesteps_per_second"
GRADIENT_STEPS = "optim/gradient_steps"

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
        self._blobs = blobs
        self._control = control
        self._counters = (
            RunCounters(resume.timestep, resume.episodes, resume.gradient_steps)
            if resume
            else RunCounters()
        )
        self._clock = TrainingClock(resume.wall_time_s if resume else 0.0)
        self._phase: PhaseName = "setup"
        self._phase_sent: PhaseName | None = None
        self._phase_sent_at = 0.0
        self._envs: dict[int, TrackedEnv] = {}
        self._scene = EnvScene(
            "training",
            moment=lambda: self._counters.timestep,
            run_timestep=lambda: self._counters.timestep,
            phase=lambda: self._phase,
        )
        self.pump = FramePump(self._scene, outbox)
        self._cleaner = MetricCleaner(self._warn)
        earlier = recent_returns(resume.members) if resume else []
        self._returns: deque[float] = deque(earlier, maxlen=MEAN_RETURN_EPISODES)
        self._device: str | None = None
        self._checkpoint_timestep = self._counters.timestep
        self._checkpoint_time_s = self._clock.read()
        self._has_checkpoint = resume is not None
        self._speed_timestep = self._counters.timestep
        self._speed_time_s = self._clock.read()
        self._policy_every_s = 0.0
        self._policy_due = float("inf")
        self._policy_thread: threading.Thread | None = None
        self._has_warned_of_rewards = False
        self._evaluator = PeriodicEvaluator(spec, self._counters.timestep)
        self._evaluated: tuple[int, float | None] = (-1, None)
        """Timestep of the last evaluation, and the mean return that it found."""
        self._reward: RewardFunction | None = None
        self._changes: dict[str, Any] = {}
        self._versions: dict[str, str] = {}

    # ---- set-up ---------------------------------------------------------------------------

    @property
    def device(self) -> str:
        """Torch name of the device resolved for this run."""
        if self._device is None:
            self._device = self._resolve_device()
        return self._device

    def make_env(self, env_index: int, *, seed: int | None = None) -> AnyEnv:  # noqa: ARG002 - the caller seeds by its first reset
        """Make one training environment that is tracked and can be watched."""
        code = self.spec.reward_code
        if code is not None and self._reward is None:
            self._reward = RewardFunction(code)
        env = self._make_bare_env()
        tracked = TrackedEnv(env, self._counters, env_index, self._episode_ended)
        self._envs[env_index] = tracked
        self._scene.add(env_index, tracked, tracked.tracker)
        return tracked

    def restore_environments(self) -> bool:
        """Continue every environment in its episode, or say why new episodes begin."""
        try:
            restore_environments(self._envs, self.resume.members if self.resume else {})
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
        env = self._envs[min(self._envs)]
        self._outbox.post(
            Initialized(
                can_render=self._scene.no_render_reason is None,
                no_render_reason=self._scene.no_render_reason,
                num_envs=num_envs,
                device=self.device,
                action_space=describe_space(env.action_space).text,
                observation_space=describe_space(env.observation_space).text,
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
        if self._clock.read() - self._speed_time_s > SPEED_ROW_AFTER_S:
            self.learner({}, gradient_steps=self._counters.gradient_steps)
        limit = self.spec.max_episodes
        if limit is not None and self._counters.episodes >= limit:
            raise BudgetSpent

    def phase(self, phase: Phase) -> None:
        """Note what the training thread does from now on."""
        self._phase = phase.value
        now = time.monotonic()
        if now - self._phase_sent_at >= PHASE_SPACING_S:
            self._send_phase(now)

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
        self._evaluated = (self._counters.timestep, found.return_mean)
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
            raise BudgetSpent

    def checkpoint_due(self) -> bool:
        """Tell whether timesteps or training time since the last checkpoint are enough.

        The first one comes early, so that a run stopped soon has something to go on from.
        """
        if self._evaluated[0] > self._checkpoint_timestep:
            return True
        every = self.spec.checkpoint_every_timesteps
        if every is not None and self._counters.timestep - self._checkpoint_timestep >= every:
            return True
        patience_s = self.spec.checkpoint_every_s
        if not self._has_checkpoint:
            patience_s = min(patience_s, FIRST_CHECKPOINT_S)
        return self._clock.read() - self._checkpoint_time_s >= patience_s

    def _mean_return(self) -> float | None:
        """Return nothing while so few episodes would let luck choose the best checkpoint."""
        if len(self._returns) < MIN_MEAN_EPISODES:
            return None
        return sum(self._returns) / len(self._returns)

    def _evaluation_return(self) -> float | None:
        """Return what the evaluation of exactly this policy found."""
        timestep, found = self._evaluated
        return found if timestep == self._counters.timestep else None

    def save_checkpoint(self, members: CheckpointMembers) -> None:
        """Hand the files over; a refusal is a warning, the run goes on."""
        self._has_checkpoint = True
        self._checkpoint_timestep = self._counters.timestep
        self._checkpoint_time_s = self._clock.read()
        try:
            environments = environments_member(self._envs, recent_returns=self._returns)
            durable = {**members.durable, **environments}
            files = self._blobs.members(durable, members.transient)
        except BlobRefusedError as error:
            self._warn(f"A checkpoint was not stored. {error.detail}", {})
            return
        self._outbox.post(
            Checkpoint(
                timestep=self._counters.timestep,
                episodes=self._counters.episodes,
                gradient_steps=self._counters.gradient_steps,
                wall_time_s=self._checkpoint_time_s,
                mean_return=self._mean_return(),
                members=files,
                evaluation_return=self._evaluation_return(),
                versions=self._versions,
            )
        )

    def take_changes(self) -> Mapping[str, Any]:
        """Return what was changed since the last call."""
        if not self._changes:
            return {}
        taken, self._changes = self._changes, {}
        return taken

    def policy_wanted(self) -> bool:
        """Tell whether the showcase wants a newer policy now."""
        if time.monotonic() < self._policy_due:
            return False
        return self._policy_thread is None or not self._policy_thread.is_alive()

    def send_policy(self, members: Members) -> None:
        """Hand the policy over without waiting; a refusal leaves the showcase with the older one."""
        self._policy_due = time.monotonic() + self._policy_every_s
        timestep = self._counters.timestep
        # The shim answers requests for memory when it can; training does not wait for it.
        self._policy_thread = threading.Thread(
            target=self._send_policy, args=(timestep, members), name="policy", daemon=True
        )
        self._policy_thread.start()

    # ---- for other threads ----------------------------------------------------------------

    def want_policy(self, every_s: float) -> None:
        """Ask for a policy now and then every so many seconds; 0 asks for none."""
        self._policy_every_s = every_s
        self._policy_due = 0.0 if every_s > 0 else float("inf")

    def change(self, hyperparameters: Mapping[str, Any]) -> None:
        """Change hyperparameters at the next safe point."""
        self._changes = {**self._changes, **hyperparameters}

    def cut_episode(self, env_index: int) -> None:
        """Truncate the episode of a sub-environment at its next timestep."""
        env = self._envs.get(env_index)
        if env is not None:
            env.cut_episode()

    def heartbeat(self) -> Heartbeat:
        """Return the counters, and send a change of phase that was held back."""
        if self._phase != self._phase_sent:
            self._send_phase(time.monotonic())
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
        self.pump.close()
        if self._policy_thread is not None:
            self._policy_thread.join()
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

    def _send_policy(self, timestep: int, members: Members) -> None:
        try:
            self._outbox.post(Policy(timestep, self._blobs.members(members)))
        except BlobRefusedError as error:
            self._warn(f"The showcase keeps an older policy. {error.detail}", {})

    def _make_bare_env(self) -> AnyEnv:
        spec = self.spec
        try:
            env = compose_env(spec, render_mode="rgb_array", reward=self._reward)
        except UnavailableError as error:
            self._scene.no_render_reason = error.detail
            return compose_env(spec, reward=self._reward)
        if "rgb_array" not in env.metadata.get("render_modes", []):
            self._scene.no_render_reason = f"{spec.env_id} has no pictures."
        return env

    def _episode_ended(self, episode: FinishedEpisode) -> None:
        self._counters.episodes += 1
        if episode.episode_return is None:
            if not self._has_warned_of_rewards:
                self._has_warned_of_rewards = True
                self._warn("A reward was not a finite number.", {"env_index": episode.env_index})
        else:
            self._returns.append(episode.episode_return)
        self._outbox.post_row(
            EpisodeRow(
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
            )
        )

    def _measure_speed(self) -> float | None:
        now, timestep = self._clock.read(), self._counters.timestep
        elapsed_s, done = now - self._speed_time_s, timestep - self._speed_timestep
        if elapsed_s <= 0 or done <= 0:
            return None
        self._speed_time_s, self._speed_timestep = now, timestep
        return done / elapsed_s

    def _send_phase(self, now: float) -> None:
        phase = self._phase
        if phase != self._phase_sent:
            self._phase_sent, self._phase_sent_at = phase, now
            self._outbox.post(PhaseChanged(phase))

    def _resolve_device(self) -> str:
        if self._envs:
            space = self._envs[min(self._envs)].observation_space
        else:
            env = self._make_bare_env()
            space = env.observation_space
            env.close()
        return device_of_run(self.spec, space, TorchAccelerators())

    def _warn(self, message: str, data: Mapping[str, Any]) -> None:
        self.event(EventType.WARNING, message, level=EventLevel.WARNING, data=data)
