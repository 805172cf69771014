"""The value of every action at once: what DQN learns.

B rows, A actions.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from torch import Tensor, nn

from gymlab.agents.config_dqn import DqnConfig
from gymlab.agents.networks import build_layers, scaled_input
from gymlab.domain.network_shapes import Shape
from gymlab.domain.networks import NetworkSpec


class ActionValues(nn.Module):
    """Q(s, a) of every action at once; dueling where the state's value has an output of its own."""

    def __init__(
        self, spec: NetworkSpec, observation: Shape, num_actions: int, *, dueling: bool
    ) -> None:
        """Build the layers; weights begin as torch draws them."""
        super().__init__()
        self.trunk, width = build_layers(spec.layers, observation)
        self.q = nn.Linear(width, num_actions)
        self.value = nn.Linear(width, 1) if dueling else None

    def forward(self, observations: Tensor) -> Tensor:
        """Return (B, A) action values.

        Dueling: Q(s, a) = V(s) + A(s, a) - mean_a' A(s, a')     (Wang et al. 2016, equation 9)
        """
        features = self.trunk(scaled_input(observations))
        outputs = self.q(features)
        if self.value is None:
            return outputs
        return self.value(features) + outputs - outputs.mean(-1, keepdim=True)


def exploration_rate(config: DqnConfig, progress: float) -> float:
    """Return epsilon after a share of the budget: it falls linearly, then stays."""
    share = min(1.0, progress / config.exploration_fraction)
    first, last = config.exploration_initial_eps, config.exploration_final_eps
    return first + share * (last - first)
