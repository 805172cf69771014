"""Ties Stable-Baselines3's loop to the run: pauses, phases, reports, checkpoints, policies."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

from collections.abc import Mapping
from typing import Any

from stable_baselines3.common.buffers import ReplayBuffer
from stable_baselines3.common.callbacks import BaseCallback

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.runs import Phase
from gymlab.runner_api.runner import CheckpointMembers, RunContext
from gymlab.runners.sb3.building import ResumableArs
from gymlab.runners.sb3.learner_state import durable_members, load_generators
from gymlab.runners.sb3.live_changes import LiveChanges
from gymlab.runners.sb3.looking import view_of
from gymlab.runners.sb3.metrics import house_metrics, native_metrics
from gymlab.runners.sb3.optimizers import optimizers_of
from gymlab.runners.sb3.replay_file import LARGEST_REPLAY_BYTES, replay_bytes, replay_members
from gymlab.runners.sb3.weights import policy_members

_REPORTS_PER_RUN = 2000
_REPORT_SPACING = (100, 5000)
"""Fewest and most timesteps between two reports of the learner."""


class TrainingBridge(BaseCallback):
    """Called by Stable-Baselines3 after every timestep and around every rollout.

    A rollout's start is the safe point: the last update is complete and nothing of the next
    rollout has happened.
    """

    def __init__(self, context: RunContext, resumed_state: Mapping[str, Any] | None) -> None:
        """Remember the run and, when it continues, what to put back at the first rollout."""
        super().__init__()
        self._context = context
        self._resumed_state = resumed_state
        self._is_resuming = resumed_state is not None
        counters = (resumed_state or {}).get("learner", {})
        self._gradient_steps = int(counters.get("gradient_steps", 0))
        self._reported_at = int(counters.get("reported_at", 0))
        budget = context.spec.total_timesteps
        low, high = _REPORT_SPACING
        # Counted in timesteps, not seconds, so that the same run twice reports the same rows.
        self._report_every = min(max(budget // _REPORTS_PER_RUN, low), high)
        self._safe_at = -1
        self._is_replay_warned = False
        self._live = LiveChanges(context, (resumed_state or {}).get("changed", {}))

    def update_locals(self, locals_: dict[str, Any]) -> None:
        """Keep no reference to the loop's variables; copying them costs time every timestep."""

    def on_step(self) -> bool:
        """Let the run see to pictures, pauses and budgets after every timestep."""
        self._context.after_timesteps()
        return True

    def _on_step(self) -> bool:
        return True

    def _on_training_start(self) -> None:
        self._safe_at = self.model.num_timesteps
        self._watch_optimizers()
        self._context.started()
        if isinstance(self.model, ResumableArs):
            self._restore_generators()  # it draws before its rollouts begin

    def _watch_optimizers(self) -> None:
        optimizers = optimizers_of(self.model)
        gate = self._context.gate

        def before_step(*_: Any) -> None:
            gate()

        def before_counted_step(*_: Any) -> None:
            gate()
            self._gradient_steps += 1

        for name, optimizer in optimizers.items():
            # One update of SAC or TD3 steps several optimizers; the critic's counts it.
            is_counted = name in {"policy.optimizer", "critic.optimizer"}
            optimizer.register_step_pre_hook(before_counted_step if is_counted else before_step)

    def _on_rollout_start(self) -> None:
        if self._is_resuming:
            self._restore_generators()
            self._is_resuming = False
        else:
            self._at_safe_point()
        self._context.phase(Phase.ROLLOUT)

    def _restore_generators(self) -> None:
        if self._resumed_state is not None:
            load_generators(self.model, self._resumed_state)
            self._resumed_state = None

    def _on_rollout_end(self) -> None:
        self._context.phase(Phase.UPDATE)

    def _on_training_end(self) -> None:
        self._evaluate_if_due()
        self.finish()

    def finish(self) -> None:
        """Report and save what there is at the end of a completed run."""
        if self._is_resuming:
            # It died right after its last checkpoint: all of this was said and saved before, and
            # the generators, which are put back at a rollout's start, would be saved wrongly.
            return
        self._report_learner()
        self._picture_if_due()
        self._save_checkpoint()

    def _at_safe_point(self) -> None:
        timestep = self.model.num_timesteps
        if timestep - self._reported_at >= self._report_every:
            self._report_learner()
        # A change is kept at once: a run that dies before the next checkpoint would lose it.
        is_changed = self._live.take(self.model)
        self._evaluate_if_due()
        self._picture_if_due()
        if is_changed or (timestep > self._safe_at and self._context.checkpoint_due()):
            self._save_checkpoint()
        if self._context.policy_wanted():
            self._context.send_policy(policy_members(self.model))

    def _evaluate_if_due(self) -> None:
        if self._context.evaluation_due():
            self._context.evaluate(policy_members(self.model))

    def _picture_if_due(self) -> None:
        if self._context.picture_due():
            self._context.picture(view_of(self.model, self._gradient_steps))

    def _report_learner(self) -> None:
        native = native_metrics(self.model.logger.name_to_value)
        self._reported_at = self.model.num_timesteps
        if not native:
            return
        steps = self._gradient_steps
        metrics = house_metrics(self._context.spec.algorithm, native, steps)
        self._context.learner(metrics, gradient_steps=steps, native=native)

    def _save_checkpoint(self) -> None:
        self._context.phase(Phase.SAVING)
        self._safe_at = self.model.num_timesteps
        counters = {"gradient_steps": self._gradient_steps, "reported_at": self._reported_at}
        durable = durable_members(self.model, counters, self._live.values)
        self._context.save_checkpoint(CheckpointMembers(durable, self._replay()))

    def _replay(self) -> dict[str, bytes]:
        buffer: ReplayBuffer | None = getattr(self.model, "replay_buffer", None)
        if buffer is None:
            return {}
        size = replay_bytes(buffer)
        if size <= LARGEST_REPLAY_BYTES:
            return replay_members(buffer)
        if not self._is_replay_warned:
            self._is_replay_warned = True
            self._context.event(
                EventType.WARNING,
                f"The replay buffer has grown to {size / 1e9:.1f} GB and is no longer saved with "
                "checkpoints; a resumed run fills it again before it learns.",
                level=EventLevel.WARNING,
            )
        return {}
