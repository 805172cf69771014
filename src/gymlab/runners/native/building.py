"""Configuration -> agent."""

from collections.abc import Callable
from typing import Any

from gymlab.agents.config_dqn import PrioritizedDqnConfig
from gymlab.agents.config_ppo import PpoConfig
from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.observing import ObservationEncoder
from gymlab.agents.stepping import Env, EnvironmentRow
from gymlab.errors import InvalidInputError
from gymlab.runner_api.runner import RunContext
from gymlab.runners.native.agent import Agent
from gymlab.runners.native.dqn import Dqn
from gymlab.runners.native.ppo import Ppo


def build_agent(
    config: AgentConfig, make_env: Callable[[int], Env], context: RunContext
) -> Agent[Any]:
    """Make the environments and the agent; the global generators decide its first weights."""
    envs = [make_env(idx) for idx in range(config.num_envs)]
    encoder = ObservationEncoder(envs[0].observation_space)
    row = EnvironmentRow(envs, encoder, context.batch_rewards())
    match config:
        case PpoConfig():
            return Ppo(config, row, encoder, context)
        case PrioritizedDqnConfig():
            return Dqn(config, row, encoder, context)
        case _:
            raise InvalidInputError(f"No agent for {type(config).__name__}.")
