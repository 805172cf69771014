"""One training run from its specification to its last checkpoint."""
# pyright: reportUnknownMemberType=false

import random

import numpy as np
import torch

from gymlab.agents.training_run import MEMORY_HINT, TrainingRun
from gymlab.domain.events import EventType
from gymlab.errors import TrainingFailedError
from gymlab.runner_api.runner import RunContext
from gymlab.runners.turbo.agent import Agent
from gymlab.runners.turbo.algorithms import config_of
from gymlab.runners.turbo.building import build_agent
from gymlab.runners.turbo.choosing import Choice, choose_engine
from gymlab.runners.turbo.making import make_stepper
from gymlab.runners.turbo.stepping import RowStepper, Stepper

_NEW_EPISODES_EVERY = {"ppo": 100_000, "dqn": 5_000, "sac": 5_000}
"""Timesteps after which environments that hide their state are made anew, so that a checkpoint
can be continued exactly. A fixed number, not a time: the same run twice takes the same episodes,
however often it is saved. Half a second to a few seconds of training."""
_NEW_EPISODES_OF_PICTURES_EVERY = 10_000
_FIRST_AFTER = 10_000
"""Timesteps after which they are made anew for the first time: a run that is stopped early leaves
something to play."""
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
        raise TrainingFailedError(f"Out of memory: {error}", hint=MEMORY_HINT) from error
    finally:
        if stepper is not None:
            stepper.close()


class _Run(TrainingRun[Agent]):
    def __init__(self, context: RunContext, agent: Agent) -> None:
        super().__init__(context, agent)
        self._choice = choose_engine(context.spec)
        self._anew_at = 0
        every = _NEW_EPISODES_EVERY[context.spec.algorithm]
        if agent.stepper.encoder.is_bytes:
            every = _NEW_EPISODES_OF_PICTURES_EVERY
        wished = context.spec.checkpoint_every_timesteps
        self._anew_every = min(every, wished) if wished is not None else every

    @property
    def summary(self) -> str:
        agent = self.agent
        environments = "environment" if agent.num_envs == 1 else "environments"
        how = _ENGINES.get(self._choice.engine, "one after the other in Python")
        if self._choice.engine == "compiled" and isinstance(agent.stepper, RowStepper):
            how = "in Python: one that light is quicker there"
        return (
            f"{self.context.spec.algorithm} ({agent.layout.size:,} parameters) on "
            f"{agent.num_envs} {environments} ({how})"
        )

    def announce(self) -> None:
        if self._choice.reason is not None:
            _tell_what_it_costs(self.context, self._choice)

    def resumed(self) -> None:
        self._anew_at = self.agent.timestep
        if not self.agent.stepper.keeps_state:
            self.agent.begin_new_episodes()

    def save_if_due(self, *, is_changed: bool, is_evaluated: bool) -> None:
        agent = self.agent
        every = self._anew_every if self._anew_at else min(self._anew_every, _FIRST_AFTER)
        is_anew = is_changed or is_evaluated or agent.timestep - self._anew_at >= every
        if not (agent.stepper.keeps_state or is_anew):
            return
        if self._saved_at == 0 and not agent.stepper.keeps_state:
            self.save()  # the next such moment may be far away
        else:
            super().save_if_due(is_changed=is_changed, is_evaluated=is_evaluated)
        if not agent.stepper.keeps_state:
            # Saved or not, new episodes begin: they must not depend on when it is saved.
            self._anew_at = agent.timestep
            agent.begin_new_episodes()


def _tell_what_it_costs(context: RunContext, choice: Choice) -> None:
    """Say why the environments are not stepped in compiled code."""
    context.event(
        EventType.ENVIRONMENT_INITIALIZED,
        f"{choice.env_id} is stepped by Gymnasium, because {choice.reason}. Learning is compiled "
        "all the same, but stepping takes the time that it takes in Python.",
        data={"engine": choice.engine, "reason": choice.reason},
    )
