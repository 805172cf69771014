"""One training run of an agent of ours, from its first episode to its last checkpoint."""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from gymlab.agents.learner import Learner
from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.runs import Phase
from gymlab.errors import TrainingFailedError
from gymlab.runner_api.runner import BudgetSpent, RunContext

LEARNING_RATE = "learning_rate"
MEMORY_HINT = "Reduce batch_size, num_envs, n_steps, buffer_size or the network."

_REPORTS_PER_RUN = 2000
_REPORT_SPACING = (100, 5000)
"""Fewest and most timesteps between two reports of the learner."""
_DIVERGED_HINT = "Lower learning_rate, switch `normalize` on, or lower max_grad_norm."

Agent = TypeVar("Agent", bound=Learner)


class TrainingRun(ABC, Generic[Agent]):
    """The loop around an agent: safe points between iterations."""

    def __init__(self, context: RunContext, agent: Agent) -> None:
        """Prepare it; nothing happens before `go`."""
        self.context = context
        self.agent = agent
        low, high = _REPORT_SPACING
        # Counted in timesteps, not seconds, so that the same run twice reports the same rows.
        self._report_every = min(max(context.spec.total_timesteps // _REPORTS_PER_RUN, low), high)
        self._reported_at = 0
        self._saved_at = 0

    # ---- what differs between runners

    @property
    @abstractmethod
    def summary(self) -> str:
        """One sentence on what is trained, and with what."""

    def announce(self) -> None:
        """Say what else is known before training starts."""

    def resumed(self) -> None:
        """Follow a checkpoint that was loaded."""

    def save_if_due(self, *, is_changed: bool, is_evaluated: bool) -> None:
        """Save at a safe point.

        Args:
            is_changed: Whether a hyperparameter was changed: a run that dies before the next
                checkpoint would lose it, so it is kept at once.
            is_evaluated: Whether an evaluation was begun here.
        """
        del is_evaluated
        is_new = self.agent.timestep > self._saved_at
        if is_changed or (is_new and self.context.checkpoint_due()):
            self.save()

    # ---- the loop

    def go(self) -> None:
        """Train to the end.

        Raises:
            TrainingFailedError: The weights became NaN, or the checkpoint cannot be used.
        """
        context, agent = self.context, self.agent
        self._begin()
        resume = context.resume
        is_at_its_end = resume is not None and (
            resume.is_over or agent.timestep >= agent.total_timesteps
        )
        context.initialized(num_envs=agent.num_envs, message=self.summary)
        self.announce()
        context.started()
        if is_at_its_end:
            return  # it died right after its last checkpoint: all was said and saved before
        self._look()
        try:
            while agent.timestep < agent.total_timesteps:
                following = agent.timestep + agent.iteration_timesteps
                is_due = following - self._reported_at >= self._report_every
                agent.is_reporting = is_due or not agent.metrics
                agent.iterate()
                if agent.timestep < agent.total_timesteps:
                    self._at_safe_point()
            self._evaluate_if_due()
        except BudgetSpent:
            self._finish()
            raise
        self._finish()

    def _begin(self) -> None:
        context, agent = self.context, self.agent
        if context.resume is None:
            if context.initial_policy is not None:
                agent.begin_with(context.initial_policy)
            agent.begin_episodes()
            return
        forked_rate = agent.learning_rate
        extra = agent.restore(context.resume.members)
        if _is_forking(context):
            # What was changed while the parent trained gives way to what the fork was asked for.
            agent.learning_rate = forked_rate
        self._reported_at = int(extra["reported_at"])
        self._saved_at = agent.timestep
        self.resumed()

    def _at_safe_point(self) -> None:
        """Between two iterations: everything can be saved here."""
        context, agent = self.context, self.agent
        if agent.timestep - self._reported_at >= self._report_every:
            self._report()
        is_changed = self._take_changes()
        is_evaluated = self._evaluate_if_due()
        self._look()
        self.save_if_due(is_changed=is_changed, is_evaluated=is_evaluated)
        if context.policy_wanted():
            context.send_policy(agent.policy_members())

    def _report(self) -> None:
        agent = self.agent
        self._reported_at = agent.timestep
        if agent.has_diverged:
            detail = "The weights of the network became infinite or NaN."
            raise TrainingFailedError(detail, hint=_DIVERGED_HINT)
        if agent.metrics:
            metrics = {**agent.metrics, "optim/gradient_steps": float(agent.gradient_steps)}
            self.context.learner(metrics, gradient_steps=agent.gradient_steps)

    def _look(self) -> None:
        """Take a picture of the agent where one is due."""
        if self.context.picture_due():
            self.context.picture(self.agent.view())

    def _take_changes(self) -> bool:
        changes = self.context.take_changes()
        if LEARNING_RATE not in changes:
            return False
        agent, new = self.agent, changes[LEARNING_RATE]
        old, agent.learning_rate = agent.learning_rate, new
        self.context.event(
            EventType.HYPERPARAMETER_CHANGED,
            f"{LEARNING_RATE} changed from {old} to {new}",
            level=EventLevel.INFO,
            data={"name": LEARNING_RATE, "old": old, "new": new, "timestep": agent.timestep},
        )
        return True

    def _evaluate_if_due(self) -> bool:
        if not self.context.evaluation_due():
            return False
        self.context.evaluate(self.agent.policy_members())
        return True

    def save(self) -> None:
        """Save everything."""
        self.context.phase(Phase.SAVING)
        self._saved_at = self.agent.timestep
        extra = {"reported_at": self._reported_at}
        self.context.save_checkpoint(self.agent.checkpoint_members(extra))

    def _finish(self) -> None:
        self._report()
        self._look()
        self.save()


def _is_forking(context: RunContext) -> bool:
    """Tell whether the run takes over another run's state now, and not its own."""
    start, resume = context.spec.start_from, context.resume
    if start is None or resume is None:
        return False
    return start.mode == "state" and resume.timestep == start.timestep
