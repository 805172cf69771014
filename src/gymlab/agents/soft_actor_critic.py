"""A squashed Gaussian policy and several critics: what SAC learns.

Haarnoja et al. 2018, arXiv:1812.05905. M rows, A components of an action.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import torch
from torch import Tensor, nn

from gymlab.agents.networks import build_layers
from gymlab.domain.network_shapes import Shape
from gymlab.domain.networks import NetworkSpec

LOG_STD_RANGE = (-20.0, 2.0)
"""Least and largest logarithm of a standard deviation."""


class SoftCritic(nn.Module):
    """Q(s, a) of one action."""

    def __init__(self, spec: NetworkSpec, num_inputs: int) -> None:
        """Build the layers; weights begin as torch draws them."""
        super().__init__()
        self.trunk, width = build_layers(spec.layers_of_critic, (num_inputs,))
        self.q = nn.Linear(width, 1)

    def forward(self, observations: Tensor, actions: Tensor) -> Tensor:
        """Return (M,) values of (M, D) observations with (M, A) actions in [-1, 1]."""
        return self.q(self.trunk(torch.cat((observations, actions), 1))).squeeze(-1)


class SoftActorCritic(nn.Module):
    """The policy and its critics; the target critics belong to training alone."""

    def __init__(
        self, spec: NetworkSpec, observation: Shape, num_components: int, num_critics: int
    ) -> None:
        """Build the layers; weights begin as torch draws them."""
        super().__init__()
        self.trunk, width = build_layers(spec.layers, observation)
        self.policy = nn.Linear(width, num_components)
        self.log_std = nn.Linear(width, num_components)
        inputs = observation[0] + num_components
        self.critics = nn.ModuleList(SoftCritic(spec, inputs) for _ in range(num_critics))

    def forward(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        """Return (M, A) means and logarithms of standard deviations, before squashing."""
        features = self.trunk(observations)
        return self.policy(features), self.log_std(features).clamp(*LOG_STD_RANGE)

    def values(self, observations: Tensor, actions: Tensor) -> Tensor:
        """Return (C, M) what each critic says."""
        return torch.stack([critic(observations, actions) for critic in self.critics])
