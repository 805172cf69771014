"""A trained policy outside training: for the showcase and for evaluation."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

import warnings
from typing import Any, Literal

import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3.common.policies import BasePolicy

from gymlab.domain.runs import RunSpec
from gymlab.envs.composing import compose_env
from gymlab.protocol.parts import Thoughts
from gymlab.runner_api.runner import Members
from gymlab.runners.sb3.building import build_model
from gymlab.runners.sb3.config import parse_config
from gymlab.runners.sb3.pictures import AnyEnv, wrap_observations
from gymlab.runners.sb3.thinking import can_think, think, weights_of
from gymlab.runners.sb3.vector_env import build_vector_env
from gymlab.runners.sb3.weights import ObservationNormaliser, load_policy

SMALLEST_BUFFERS = {
    "buffer_size": 1,
    "n_steps": 1,
    "normalize_advantage": False,
    "normalize": False,
}
"""Nothing is learnt, so nothing needs room; normalisation is applied by the actor."""


class PolicyActor:
    """Acts with a Stable-Baselines3 policy; keeps the memory of a recurrent one."""

    def __init__(
        self, policy: BasePolicy, normaliser: ObservationNormaliser, *, use_sde: bool
    ) -> None:
        """Take a policy in evaluation mode."""
        self._policy = policy
        self._normaliser = normaliser
        self._use_sde = use_sde
        self._memory: tuple[np.ndarray, ...] | None = None
        self._is_first = True

    def reset(self) -> None:
        """Forget the recurrent state: a new episode begins."""
        self._memory = None
        self._is_first = True
        if self._use_sde:
            self._policy.reset_noise(1)  # pyright: ignore[reportAttributeAccessIssue, reportCallIssue]

    def act(self, observation: Any, *, deterministic: bool) -> Any:
        """Return the action for one observation."""
        action, self._memory = self._policy.predict(
            self._normaliser(observation),
            state=self._memory,
            episode_start=np.array([self._is_first]),
            deterministic=deterministic,
        )
        self._is_first = False
        # Tabular environments look the action up in a dictionary, where an array is no key.
        return int(action) if isinstance(self._policy.action_space, spaces.Discrete) else action


class ThinkingActor(PolicyActor):
    """Also says what it makes of an observation."""

    def __init__(
        self, policy: BasePolicy, normaliser: ObservationNormaliser, *, use_sde: bool
    ) -> None:
        """Take a policy that `can_think`."""
        super().__init__(policy, normaliser, use_sde=use_sde)
        self._weights = weights_of(policy)

    def think(self, observation: Any) -> Thoughts:
        """Look at an observation without acting on it."""
        return think(self._policy, self._normaliser(observation), self._weights)


def make_env(spec: RunSpec, *, render_mode: Literal["rgb_array"] | None) -> AnyEnv:
    """Make one environment with the observations that the policy was trained on."""
    env = compose_env(spec, render_mode=render_mode)
    return wrap_observations(env, parse_config(spec.algorithm, spec.hyperparameters))


def load_actor(spec: RunSpec, members: Members) -> PolicyActor:
    """Rebuild the policy from a checkpoint's or policy's files."""
    config = parse_config(spec.algorithm, spec.hyperparameters)
    known = type(config).model_fields
    small = config.model_copy(
        update={name: value for name, value in SMALLEST_BUFFERS.items() if name in known}
    )
    vector_env = build_vector_env(lambda _: make_env(spec, render_mode=None), small, 1)
    try:
        # Drawing the first weights must not disturb a training in the same process.
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
            model, _ = build_model(spec.algorithm, small, vector_env, seed=None, device="cpu")
    finally:
        vector_env.close()
    load_policy(model.policy, members)
    model.policy.set_training_mode(False)
    normaliser = ObservationNormaliser(members, clip_obs=config.clip_obs)
    kind = ThinkingActor if can_think(model.policy) else PolicyActor
    actor = kind(model.policy, normaliser, use_sde=model.use_sde)
    actor.reset()
    return actor
