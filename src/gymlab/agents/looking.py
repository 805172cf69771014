"""Our learners as pictures are taken of them: what they think of every state.

S states.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Sequence
from typing import Any

import torch
from gymnasium import spaces
from torch import Tensor, nn

from gymlab.agents.action_values import ActionValues
from gymlab.agents.actor_critic import ActorCritic
from gymlab.agents.normalising import Normaliser
from gymlab.agents.observing import ObservationEncoder
from gymlab.runner_api.learner_view import Array, Judge

Space = spaces.Space[Any]


def judge_of(
    network: nn.Module, observed: Space, acted: Space, normaliser: Normaliser
) -> Judge | None:
    """Return what says the value of single states; None where they are not counted, or say nothing.

    Args:
        network: Of PPO or DQN, with the weights of this moment.
        observed: Observations.
        acted: Actions.
        normaliser: What lies before the network.
    """
    if not (isinstance(observed, spaces.Discrete) and isinstance(acted, spaces.Discrete)):
        return None
    if not isinstance(network, ActorCritic | ActionValues):
        return None
    if isinstance(network, ActorCritic) and network.is_recurrent:
        return None
    encoder = ObservationEncoder(observed)

    @torch.no_grad()
    def judge(states: Sequence[Any]) -> tuple[Array, Array]:
        rows = encoder.empty(len(states))
        for row, state in zip(rows, states, strict=True):
            encoder.write(state, row)
        device = next(network.parameters()).device
        was_training = network.training
        network.eval()
        values, actions = _judged(network, torch.from_numpy(normaliser.scaled(rows)).to(device))
        network.train(was_training)
        return values.double().cpu().numpy() * normaliser.reward_scale, actions.cpu().numpy()

    return judge


def _judged(network: ActorCritic | ActionValues, observations: Tensor) -> tuple[Tensor, Tensor]:
    """Return (S,) values and (S,) greedy actions."""
    if isinstance(network, ActionValues):
        best = network(observations).max(1)
        return best.values, best.indices
    outputs, values = network(observations)
    return values, outputs.argmax(1)
