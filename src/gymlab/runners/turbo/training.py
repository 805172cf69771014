"""One training run from its specification to its last checkpoint."""
# pyright: reportUnknownMemberType=false

import random

import numpy as np
import torch

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.runs import Phase
from gymlab.errors import TrainingFailedError
from gymlab.runner_api.runner import BudgetSpent, RunContext
from gymlab.runners.turbo.agent import Agent
from gymlab.runners.turbo.algorithms import config_of
from gymlab.runners.turbo.building import build_agent
from gymlab.runners.turbo.choosing import Choice, choose_engine
from gymlab.runners.turbo.making import make_stepper
from gymlab.runners.turbo.stepping import Stepper

LEARNING_RATE = "learning_rate"

_REPORTS_PER_RUN = 2000
_REPORT_SPACING = (100, 5000)
"""Fewest and most timesteps between two reports of the learner."""
_NEW_EPISODES_EVERY = {"ppo": 100_000, "dqn": 20_000, "sac": 5_000}
"""Timesteps after which environments that hide their state are made anew, so that a checkpoint
can be continued exactly. A fixed number, not a time: the same run twice takes the same episodes,
however often it is saved. One to a few seconds of training."""
_NEW_EPISODES_OF_PICTURES_EVERY = 10_000
_MEMORY_HINT = "Reduce batch_size, num_envs, n_steps, buffer_size or the network."
_DIVERGED_HINT = "Lower learning_rate, switch `normalize` on, or lower max_grad_norm."
_ENGINES = {"compiled": "compiled environments", "vectorised": "games stepped all at once"}


def train(context: RunContext) -> None:
    """Train until the budget is spent.

    Raises:
        LabError: The specification is not valid, memory ran out, or the weights became NaN.
    """
    torch.set_num_threads(1)
    seed = context.spec.seed
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - environments may draw from it
    torch.manual_seed(seed)
    config = config_of(context.spec)
    stepper: Stepper | None = None
    try:
        stepper = make_stepper(context.spec, config.num_envs, context)
        _Run(context, build_agent(config, stepper, context)).go()
    except MemoryError as error:
        raise TrainingFailedError(f"Out of memory: {error}", hint=_MEMORY_HINT) from error
    finally:
        if stepper is not None:
            stepper.close()


class _Run:
    """The loop around an agent: safe points between iterations."""

    def __init__(self, context: RunContext, agent: Agent) -> None:
        self._context = context
        self._agent = agent
        self._reported_at = 0
        low, high = _REPORT_SPACING
        # Counted in timesteps, not seconds, so that the same run twice reports the same rows.
        self._report_every = min(max(context.spec.total_timesteps // _REPORTS_PER_RUN, low), high)
        self._safe_at = 0
        self._anew_at = 0
        every = _NEW_EPISODES_EVERY[context.spec.algorithm]
        if agent.stepper.encoder.is_bytes:
            every = _NEW_EPISODES_OF_PICTURES_EVERY
        wished = context.spec.checkpoint_every_timesteps
        self._anew_every = min(every, wished) if wished is not None else every

    def go(self) -> None:
        """Train to the end."""
        context, agent = self._context, self._agent
        self._begin()
        choice = choose_engine(context.spec)
        context.initialized(num_envs=agent.num_envs, message=_summary(context, agent, choice))
        if choice.reason is not None:
            _tell_what_it_costs(context, choice)
        context.started()
        try:
            while agent.timestep < agent.total_timesteps:
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
            agent.begin_episodes()
            return
        forked_rate = agent.learning_rate
        extra = agent.restore(context.resume.members)
        if _is_forking(context):
            # What was changed while the parent trained gives way to what the fork was asked for.
            agent.learning_rate = forked_rate
        self._reported_at = int(extra["reported_at"])
        self._safe_at = self._anew_at = agent.timestep
        if not agent.stepper.keeps_state:
            agent.begin_new_episodes()

    def _at_safe_point(self) -> None:
        """Between two iterations: everything can be saved here."""
        context, agent = self._context, self._agent
        if agent.timestep - self._reported_at >= self._report_every:
            self._report()
        # A change is kept at once: a run that dies before the next checkpoint would lose it.
        is_changed = self._take_changes()
        is_evaluated = self._evaluate_if_due()
        if agent.stepper.keeps_state:
            self._save_if_due(is_changed=is_changed)
        elif is_changed or is_evaluated or agent.timestep - self._anew_at >= self._anew_every:
            # Saved or not, new episodes begin: they must not depend on when it is saved.
            self._save_if_due(is_changed=is_changed)
            self._anew_at = agent.timestep
            agent.begin_new_episodes()
        if context.policy_wanted():
            context.send_policy(agent.policy_members())

    def _save_if_due(self, *, is_changed: bool) -> None:
        is_new = self._agent.timestep > self._safe_at
        if is_changed or (is_new and self._context.checkpoint_due()):
            self._save()

    def _report(self) -> None:
        agent = self._agent
        self._reported_at = agent.timestep
        if not np.isfinite(agent.weights.sum()):
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

    def _evaluate_if_due(self) -> bool:
        if not self._context.evaluation_due():
            return False
        self._context.evaluate(self._agent.policy_members())
        return True

    def _save(self) -> None:
        self._context.phase(Phase.SAVING)
        self._safe_at = self._agent.timestep
        extra = {"reported_at": self._reported_at}
        self._context.save_checkpoint(self._agent.checkpoint_members(extra))

    def _finish(self) -> None:
        self._report()
        self._save()


def _is_forking(context: RunContext) -> bool:
    """Tell whether the run takes over another run's state now, and not its own."""
    start, resume = context.spec.start_from, context.resume
    if start is None or resume is None:
        return False
    return start.mode == "state" and resume.timestep == start.timestep


def _summary(context: RunContext, agent: Agent, choice: Choice) -> str:
    environments = "environment" if agent.num_envs == 1 else "environments"
    how = _ENGINES.get(choice.engine, "one after the other in Python")
    return (
        f"{context.spec.algorithm} ({agent.layout.size:,} parameters) on {agent.num_envs} "
        f"{environments} ({how})"
    )


def _tell_what_it_costs(context: RunContext, choice: Choice) -> None:
    """Say why the environments are not stepped in compiled code."""
    context.event(
        EventType.ENVIRONMENT_INITIALIZED,
        f"{choice.env_id} is stepped by Gymnasium, because {choice.reason}. Learning is compiled "
        "all the same, but stepping takes the time that it takes in Python.",
        data={"engine": choice.engine, "reason": choice.reason},
    )
