"""A policy and a value function over one description of layers: what PPO learns.

M rows, T timesteps, B episodes side by side, K outputs of the policy.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from gymlab.agents.actions import ActionDistribution
from gymlab.agents.config_ppo import PpoConfig
from gymlab.agents.networks import (
    Memory,
    Trunk,
    build_layers,
    initialize_orthogonally,
    scaled_input,
)
from gymlab.domain.network_shapes import Shape
from gymlab.domain.networks import NetworkSpec


class ActorCritic(nn.Module):
    """A policy and a value function, with hidden layers of their own or shared ones."""

    def __init__(
        self, spec: NetworkSpec, observation: Shape, actions: ActionDistribution, config: PpoConfig
    ) -> None:
        """Build the layers and draw the first weights."""
        super().__init__()
        self.trunk, width = build_layers(spec.layers, observation)
        self.critic_trunk: Trunk | None = None
        critic_width = width
        if spec.trunk == "separate":
            self.critic_trunk, critic_width = build_layers(spec.layers_of_critic, observation)
        self.policy = nn.Linear(width, actions.num_outputs)
        self.value = nn.Linear(critic_width, 1)
        self.log_std: nn.Parameter | None = None
        if actions.is_continuous:
            self.log_std = nn.Parameter(torch.full((actions.num_outputs,), config.log_std_init))
        if config.ortho_init:  # Huang et al. 2022, detail 2
            initialize_orthogonally(self.trunk, 2**0.5)
            if self.critic_trunk is not None:
                initialize_orthogonally(self.critic_trunk, 2**0.5)
            initialize_orthogonally(self.policy, 0.01)
            initialize_orthogonally(self.value, 1.0)

    @property
    def critic(self) -> Trunk:
        """The layers that the value function reads."""
        return self.trunk if self.critic_trunk is None else self.critic_trunk

    @property
    def is_recurrent(self) -> bool:
        """Whether a layer has a memory over the episode."""
        return self.trunk.is_recurrent or self.critic.is_recurrent

    def forward(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        """Return (M, K) outputs of the policy and (M,) values; without memory."""
        inputs = scaled_input(observations)
        features = self.trunk(inputs)
        seen = features if self.critic_trunk is None else self.critic_trunk(inputs)
        return self.policy(features), self.value(seen).squeeze(-1)

    def through_time(
        self, observations: Tensor, memory: Mapping[str, Memory], begins: Tensor
    ) -> tuple[Tensor, Tensor, dict[str, Memory]]:
        """Return (T, B, K) outputs, (T, B) values and the memory after them."""
        inputs = scaled_input(observations)
        features, actor = self.trunk.through_time(inputs, memory["actor"], begins)
        seen, critic = features, actor
        if self.critic_trunk is not None:
            seen, critic = self.critic_trunk.through_time(inputs, memory["critic"], begins)
        after = {"actor": actor, "critic": critic}
        return self.policy(features), self.value(seen).squeeze(-1), after

    def empty_memory(self, num_episodes: int, device: torch.device) -> dict[str, Memory]:
        """Return the memory before an episode."""
        return {
            "actor": self.trunk.empty_memory(num_episodes, device),
            "critic": self.critic.empty_memory(num_episodes, device),
        }
