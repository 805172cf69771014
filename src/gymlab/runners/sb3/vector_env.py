"""The vector environment that a learner steps."""
# pyright: reportPrivateUsage=false
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

from collections.abc import Callable
from typing import Any, cast

from gymnasium import spaces
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv, VecNormalize

from gymlab.runners.sb3.config_shared import EnvironmentConfig
from gymlab.runners.sb3.pictures import AnyEnv, is_picture


def build_vector_env(
    make_env: Callable[[int], AnyEnv], config: EnvironmentConfig, num_envs: int
) -> VecEnv:
    """Join environments, move the channels of pictures to the front and normalise."""
    makers = [lambda idx=idx: make_env(idx) for idx in range(num_envs)]
    # Pictures are transposed below the normalisation, because replay buffers store what
    # VecNormalize saw before normalising.
    vector_env = BaseAlgorithm._wrap_env(  # noqa: SLF001
        DummyVecEnv(cast("Any", makers)), monitor_wrapper=False
    )
    if not config.normalize:
        return vector_env
    keys = normalised_keys(vector_env.observation_space)
    is_dict = isinstance(vector_env.observation_space, spaces.Dict)
    return VecNormalize(
        vector_env,
        norm_obs=config.norm_obs and keys is not None,
        norm_reward=config.norm_reward,
        clip_obs=config.clip_obs,
        clip_reward=config.clip_reward,
        gamma=getattr(config, "gamma", 0.99),
        norm_obs_keys=keys if is_dict and config.norm_obs else None,
    )


def normalised_keys(space: spaces.Space[Any]) -> list[str] | None:
    """Return the parts of a Dict that can be normalised, [] for a vector, None for nothing."""
    if isinstance(space, spaces.Dict):
        keys = [key for key, part in space.spaces.items() if _is_vector(part)]
        return keys or None
    return [] if _is_vector(space) else None


def _is_vector(space: spaces.Space[Any]) -> bool:
    return isinstance(space, spaces.Box) and not is_picture(space)
