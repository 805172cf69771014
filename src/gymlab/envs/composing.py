"""Makes the environment that a run's specification describes, whole: the one way to it."""

from collections.abc import Mapping
from typing import Any, Literal

from gymlab.domain.runs import RunSpec
from gymlab.envs.custom.making import make_custom_env
from gymlab.envs.making import make_env
from gymlab.envs.observations import AnyEnv
from gymlab.envs.rewarding.adjusting import adjustment_of
from gymlab.envs.rewarding.choosing import Reward
from gymlab.envs.rewarding.shaping import ShapedEnv
from gymlab.envs.wrapping.chain import base_env, wrap


def compose_env(
    spec: RunSpec,
    *,
    render_mode: Literal["rgb_array"] | None = None,
    reward: Reward | None = None,
) -> AnyEnv:
    """Make an environment as the agent of a run is to be given it.

    Args:
        spec: The run's specification.
        render_mode: `rgb_array` where frames are wanted.
        reward: The run's own reward, in training alone; see `gymlab.envs.rewarding.shaping`.

    Returns:
        The environment of the catalogue, or of the user's source, with everything that the specification puts on top.

    Raises:
        EnvironmentNotFoundError: The id is unknown.
        DependencyMissingError: Its package is not installed.
        InvalidInputError: An argument is unknown, of a wrong type or refused.
        UnavailableError: It cannot be drawn here, but frames were asked for.
        UserCodeError: The user's own environment fails.
    """

    def make(kwargs: Mapping[str, Any]) -> AnyEnv:
        if spec.environment_code is not None:
            return make_custom_env(spec.environment_code, kwargs, render_mode=render_mode)
        return make_env(spec.env_id, kwargs, render_mode=render_mode)

    env = base_env(make, spec.env_kwargs, spec.wrappers)
    if reward is not None:
        # Innermost: the function sees what the environment shows, whatever the agent is given.
        env = ShapedEnv(env, reward, adjustment_of(spec.wrappers))
    return wrap(env, spec.wrappers)
