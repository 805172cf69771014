"""One training run from its specification to its last checkpoint."""
# pyright: reportUnknownMemberType=false

import random
from typing import Any

import numpy as np
import torch

from gymlab.agents.training_run import MEMORY_HINT, TrainingRun
from gymlab.errors import TrainingFailedError
from gymlab.runner_api.runner import RunContext
from gymlab.runners.native.agent import Agent
from gymlab.runners.native.algorithms import config_of
from gymlab.runners.native.building import build_agent

_MEMORY_HINT = f"{MEMORY_HINT} Or choose the device cpu."


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


class _Run(TrainingRun[Agent[Any]]):
    @property
    def summary(self) -> str:
        agent = self.agent
        count = sum(parameter.numel() for parameter in agent.network.parameters())
        environments = "environment" if agent.num_envs == 1 else "environments"
        return (
            f"{self.context.spec.algorithm} ({count:,} parameters) on {agent.num_envs} "
            f"{environments}, device {agent.device}"
        )
