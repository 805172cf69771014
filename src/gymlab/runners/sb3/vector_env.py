"""The vector environment that a learner steps."""
# pyright: reportPrivateUsage=false
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

from collections.abc import Callable, Sequence
from typing import Any, cast

from gymnasium import spaces
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv, VecNormalize
from stable_baselines3.common.vec_env.base_vec_env import VecEnvObs, VecEnvStepReturn
from stable_baselines3.common.vec_env.util import dict_to_obs

from gymlab.runner_api.reward_batch import RewardBatch
from gymlab.runners.sb3.config_shared import EnvironmentConfig
from gymlab.runners.sb3.pictures import AnyEnv, is_picture

BatchRewards = Callable[[], RewardBatch | None]


class TrainingVecEnv(DummyVecEnv):
    """Steps every environment, has their rewards computed together, then resets.

    The numbers are those of the original, which copies everything that is in its `infos` at every
    step; the learner reads them before the next step, so here the dictionaries alone are copied.
    """

    def __init__(self, makers: Sequence[Callable[[], AnyEnv]], batch_rewards: BatchRewards) -> None:
        """Make the environments; `batch_rewards` is asked once they are there."""
        super().__init__(cast("Any", list(makers)))
        self._batch = batch_rewards()

    def step_wait(self) -> VecEnvStepReturn:
        """Take the actions that were given."""
        stepped = [env.step(action) for env, action in zip(self.envs, self.actions, strict=True)]
        rewards = self._batch.settle() if self._batch is not None else [one[1] for one in stepped]
        for idx, (last, _, terminated, truncated, info) in enumerate(stepped):
            observation = last
            self.buf_rews[idx] = rewards[idx]
            self.buf_dones[idx] = terminated or truncated
            self.buf_infos[idx] = info
            info["TimeLimit.truncated"] = truncated and not terminated
            if self.buf_dones[idx]:
                info["terminal_observation"] = last
                observation, self.reset_infos[idx] = self.envs[idx].reset()
            self._save_obs(idx, observation)
        infos = [dict(info) for info in self.buf_infos]
        return self._obs_from_buf(), self.buf_rews.copy(), self.buf_dones.copy(), infos

    def _obs_from_buf(self) -> VecEnvObs:
        copies = {key: part.copy() for key, part in self.buf_obs.items()}
        return dict_to_obs(self.observation_space, copies)


def build_vector_env(
    make_env: Callable[[int], AnyEnv],
    config: EnvironmentConfig,
    num_envs: int,
    *,
    batch_rewards: BatchRewards = lambda: None,
) -> VecEnv:
    """Join environments, move the channels of pictures to the front and normalise."""
    makers = [lambda idx=idx: make_env(idx) for idx in range(num_envs)]
    # Pictures are transposed below the normalisation, because replay buffers store what
    # VecNormalize saw before normalising.
    vector_env = BaseAlgorithm._wrap_env(  # noqa: SLF001
        TrainingVecEnv(makers, batch_rewards), monitor_wrapper=False
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
