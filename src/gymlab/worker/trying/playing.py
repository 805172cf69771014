"""The environment of a trial, and random actions in it."""

from typing import Any, Literal

import gymnasium

from gymlab.domain.code import SourceCode
from gymlab.envs.custom.making import make_custom_env
from gymlab.envs.making import make_env
from gymlab.errors import UnavailableError
from gymlab.protocol.worker import StartTrial

AnyEnv = gymnasium.Env[Any, Any]
MAX_SEED = 2**31 - 1


def trial_env(message: StartTrial) -> AnyEnv:
    """Make the environment that a trial plays in, without pictures."""
    return _made(message, None)


def drawing_env(message: StartTrial) -> AnyEnv | None:
    """Make it for pictures; None where it has none."""
    try:
        return _made(message, "rgb_array")
    except UnavailableError:
        return None


def seed_of(message: StartTrial, episode: int) -> int:
    """Return the seed of an episode, counted from 0."""
    return (message.seed + episode) % (MAX_SEED + 1)


def _made(message: StartTrial, render_mode: Literal["rgb_array"] | None) -> AnyEnv:
    if message.environment_code is None:
        return make_env(message.env_id, message.env_kwargs, render_mode=render_mode)
    code = SourceCode.model_validate(message.environment_code)
    return make_custom_env(code, message.env_kwargs, render_mode=render_mode)
