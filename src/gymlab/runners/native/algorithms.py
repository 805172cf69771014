"""Algorithm id -> its configuration and its agent."""

from collections.abc import Mapping

from gymlab.agents.config_dqn import PrioritizedDqnConfig
from gymlab.agents.config_ppo import PpoConfig
from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.parsing import parse_config
from gymlab.domain.runs import RunSpec

CONFIGS: Mapping[str, type[AgentConfig]] = {"ppo": PpoConfig, "dqn": PrioritizedDqnConfig}
"""Algorithm id -> model of its hyperparameters."""


def config_of(spec: RunSpec) -> AgentConfig:
    """Return the checked hyperparameters of a run.

    Raises:
        InvalidInputError: Something is wrong with them.
    """
    return parse_config(CONFIGS[spec.algorithm], spec.hyperparameters)
