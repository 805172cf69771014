"""Makes the environment that a run's specification describes, whole: the one way to it."""

from typing import Literal

from gymlab.domain.runs import RunSpec
from gymlab.envs.custom.making import make_custom_env
from gymlab.envs.making import make_env
from gymlab.envs.observations import AnyEnv
from gymlab.envs.rewarding.choosing import Reward
from gymlab.envs.rewarding.shaping import ShapedEnv
from gymlab.envs.wrapping.chain import wrap


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
    if spec.environment_code is not None:
        env = make_custom_env(spec.environment_code, spec.env_kwargs, render_mode=render_mode)
    else:
        env = make_env(spec.env_id, spec.env_kwargs, render_mode=render_mode)
    if reward is not None:
        # Innermost: the function sees what the environment shows, whatever the agent is given.
        env = ShapedEnv(env, reward)
    return wrap(env, spec.wrappers)
