"""One training run from its specification to its last checkpoint."""
# pyright: reportUnknownMemberType=false

import random
from typing import Any

import numpy as np
import torch

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.runs import Phase
from gymlab.errors import TrainingFailedError
from gymlab.runner_api.runner import BudgetSpent, RunContext
from gymlab.runners.native.agent import Agent
from gymlab.runners.native.algorithms import config_of
from gymlab.runners.native.building import build_agent

LEARNING_RATE = "learning_rate"

_REPORTS_PER_RUN = 2000
_REPORT_SPACING = (100, 5000)
"""Fewest and most timesteps between two reports of the learner."""
_MEMORY_HINT = (
    "Reduce batch_size, num_envs, n_steps, buffer_size or the network, or choose the device cpu."
)
_DIVERGED_HINT = "Lower learning_rate, switch `normalize` on, or lower max_grad_norm."


def train(context: RunContext) -> None:
    """Train until the budget is spent.

    Raises:
        LabError: The specification is not valid, memory ran out, or the weights became NaN.
    """
    torch.set_num_threads(1)  # small networks lose more to the threads than they gain
    seed = context.spec.seed
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - environments may draw from it
    torch.manual_seed(seed)
    agent: Agent[Any] | None = None
    try:
        agent = build_agent(config_of(context.spec), context.make_env, context)
        _Run(context, agent).go()
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise TrainingFailedError(f"Out of memory: {error}", hint=_MEMORY_HINT) from error
    finally:
        if agent is not None:
            agent.environments.close()


class _Run:
    """The loop around an agent: safe points between iterations."""

    def __init__(self, context: RunContext, agent: Agent[Any]) -> None:
        self._context = context
        self._agent = agent
        self._reported_at = 0
        low, high = _REPORT_SPACING
        # Counted in timesteps, not seconds, so that the same run twice reports the same rows.
        self._report_every = min(max(context.spec.total_timesteps // _REPORTS_PER_RUN, low), high)
        self._safe_at = 0

    def go(self) -> None:
        """Train to the end."""
        context, agent = self._context, self._agent
        self._begin()
        context.initialized(num_envs=agent.num_envs, message=_summary(context, agent))
        context.started()
        self._picture_if_due()
        try:
            while agent.timestep < agent.total_timesteps:
                agent.is_reporting = (
                    agent.timestep + agent.iteration_timesteps - self._reported_at
                    >= self._report_every
                    or not agent.metrics
                )
                agent.iterate()
                if agent.timestep < agent.total_timesteps:
                    self._at_safe_point()
            self._evaluate_if_due()
        except BudgetSpent:
            self._finish()
            raise
        self._finish()

    def _begin(self) -> None:
        context, agent = self._context, self._agent
        if context.resume is None:
            if context.initial_policy is not None:
                agent.begin_with(context.initial_policy)
            agent.reset(context.spec.seed)
            return
        forked_rate = agent.learning_rate
        extra = agent.restore(context.resume.members, context.restore_environments)
        if _is_forking(context):
            # What was changed while the parent trained gives way to what the fork was asked for.
            agent.learning_rate = forked_rate
        self._reported_at = int(extra["reported_at"])
        self._safe_at = agent.timestep

    def _at_safe_point(self) -> None:
        """Between two iterations: everything can be saved here."""
        context, agent = self._context, self._agent
        if agent.timestep - self._reported_at >= self._report_every:
            self._report()
        # A change is kept at once: a run that dies before the next checkpoint would lose it.
        is_changed = self._take_changes()
        self._evaluate_if_due()
        self._picture_if_due()
        if is_changed or (agent.timestep > self._safe_at and context.checkpoint_due()):
            self._save()
        if context.policy_wanted():
            context.send_policy(agent.policy_members())

    def _report(self) -> None:
        agent = self._agent
        self._reported_at = agent.timestep
        if not bool(torch.isfinite(agent.optimizer.values.detach().sum())):
            detail = "The weights of the network became infinite or NaN."
            raise TrainingFailedError(detail, hint=_DIVERGED_HINT)
        if agent.metrics:
            metrics = {**agent.metrics, "optim/gradient_steps": float(agent.gradient_steps)}
            self._context.learner(metrics, gradient_steps=agent.gradient_steps)

    def _take_changes(self) -> bool:
        changes = self._context.take_changes()
        if LEARNING_RATE not in changes:
            return False
        agent, new = self._agent, changes[LEARNING_RATE]
        old, agent.learning_rate = agent.learning_rate, new
        self._context.event(
            EventType.HYPERPARAMETER_CHANGED,
            f"{LEARNING_RATE} changed from {old} to {new}",
            level=EventLevel.INFO,
            data={"name": LEARNING_RATE, "old": old, "new": new, "timestep": agent.timestep},
        )
        return True

    def _evaluate_if_due(self) -> None:
        if self._context.evaluation_due():
            self._context.evaluate(self._agent.policy_members())

    def _picture_if_due(self) -> None:
        if self._context.picture_due():
            self._context.picture(self._agent.view())

    def _save(self) -> None:
        self._context.phase(Phase.SAVING)
        self._safe_at = self._agent.timestep
        extra = {"reported_at": self._reported_at}
        self._context.save_checkpoint(self._agent.checkpoint_members(extra))

    def _finish(self) -> None:
        self._report()
        self._picture_if_due()
        self._save()


def _is_forking(context: RunContext) -> bool:
    """Tell whether the run takes over another run's state now, and not its own."""
    start, resume = context.spec.start_from, context.resume
    if start is None or resume is None:
        return False
    return start.mode == "state" and resume.timestep == start.timestep


def _summary(context: RunContext, agent: Agent[Any]) -> str:
    count = sum(parameter.numel() for parameter in agent.network.parameters())
    environments = "environment" if agent.num_envs == 1 else "environments"
    return (
        f"{context.spec.algorithm} ({count:,} parameters) on {agent.num_envs} {environments}, "
        f"device {agent.device}"
    )
