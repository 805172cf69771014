"""A Stable-Baselines3 learner as pictures are taken of it: its layers, and its values of states."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch
from gymnasium import spaces
from sb3_contrib.common.recurrent.policies import RecurrentActorCriticPolicy
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.vec_env import VecNormalize
from stable_baselines3.dqn.policies import DQNPolicy
from torch import Tensor

from gymlab.runner_api.learner_view import Array, Judge, LayerView, LearnerView

_TARGETS = ("_target.", "target_net.")
"""Parts of the names of networks that only follow another one."""


def view_of(model: BaseAlgorithm, gradient_steps: int) -> LearnerView:
    """Return what a picture is taken of."""
    has_learnt = gradient_steps > 0
    layers = [
        LayerView(
            name.removesuffix(".weight"),
            parameter.detach().cpu().numpy(),
            parameter.grad.cpu().numpy() if has_learnt and parameter.grad is not None else None,
        )
        for name, parameter in model.policy.named_parameters()
        if parameter.dim() > 1 and not any(part in name for part in _TARGETS)
    ]
    discount = float(getattr(model, "gamma", 1.0))
    return LearnerView(layers, discount, gradient_steps, _judge_of(model))


def _judge_of(model: BaseAlgorithm) -> Judge | None:
    policy = model.policy
    is_tabular = isinstance(model.observation_space, spaces.Discrete) and isinstance(
        model.action_space, spaces.Discrete
    )
    if not is_tabular or isinstance(policy, RecurrentActorCriticPolicy):
        return None
    if not isinstance(policy, ActorCriticPolicy | DQNPolicy):
        return None
    scale = _reward_scale(model)

    @torch.no_grad()
    def judge(states: Sequence[Any]) -> tuple[Array, Array]:
        was_training = policy.training
        policy.set_training_mode(False)
        try:
            seen = cast("Tensor", policy.obs_to_tensor(np.asarray(states))[0])
            values, actions = _judged(policy, seen)
        finally:
            policy.set_training_mode(was_training)
        return values.double().cpu().numpy() * scale, actions.cpu().numpy()

    return judge


def _judged(policy: ActorCriticPolicy | DQNPolicy, seen: Tensor) -> tuple[Tensor, Tensor]:
    if isinstance(policy, DQNPolicy):
        best = policy.q_net(seen).max(1)
        return best.values, best.indices
    likeliest = policy.get_distribution(seen).mode()
    return policy.predict_values(seen).reshape(-1), likeliest


def _reward_scale(model: BaseAlgorithm) -> float:
    """Return what a normalised reward is multiplied by to be the environment's again."""
    normaliser = model.get_vec_normalize_env()
    if not isinstance(normaliser, VecNormalize) or not normaliser.norm_reward:
        return 1.0
    return float(np.sqrt(normaliser.ret_rms.var + normaliser.epsilon))
