"""Configuration -> agent."""

from gymlab.agents.config_dqn import DqnConfig
from gymlab.agents.config_ppo import PpoConfig
from gymlab.agents.config_sac import SacConfig
from gymlab.agents.config_shared import AgentConfig
from gymlab.errors import InvalidInputError
from gymlab.runner_api.runner import RunContext
from gymlab.runners.turbo.agent import Agent
from gymlab.runners.turbo.dqn import Dqn
from gymlab.runners.turbo.ppo import Ppo
from gymlab.runners.turbo.sac import Sac
from gymlab.runners.turbo.stepping import Stepper


def build_agent(config: AgentConfig, stepper: Stepper, context: RunContext) -> Agent:
    """Make the agent; torch's global generator decides its first weights."""
    match config:
        case PpoConfig():
            return Ppo(config, stepper, context)
        case DqnConfig():
            return Dqn(config, stepper, context)
        case SacConfig():
            return Sac(config, stepper, context)
        case _:
            raise InvalidInputError(f"No agent for {type(config).__name__}.")
