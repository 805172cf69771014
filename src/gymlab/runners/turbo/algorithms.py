"""Algorithm id -> its configuration, which our PyTorch agents share."""

from collections.abc import Mapping

from gymlab.agents.config_dqn import DqnConfig
from gymlab.agents.config_ppo import PpoConfig
from gymlab.agents.config_sac import SacConfig
from gymlab.agents.config_shared import AgentConfig
from gymlab.agents.parsing import parse_config
from gymlab.domain.runs import RunSpec

CONFIGS: Mapping[str, type[AgentConfig]] = {"ppo": PpoConfig, "dqn": DqnConfig, "sac": SacConfig}
"""Algorithm id -> model of its hyperparameters."""
MISSING_LAYERS = ("dropout", "lstm", "gru")
"""Kinds of layers that are not compiled."""


def config_of(spec: RunSpec) -> AgentConfig:
    """Return the checked hyperparameters of a run.

    Raises:
        InvalidInputError: Something is wrong with them.
    """
    return parse_config(CONFIGS[spec.algorithm], spec.hyperparameters)
