"""The environments that a run trains in: made, tracked, shown, restored."""

from collections.abc import Callable, Iterable
from typing import Any

import gymnasium
from gymnasium import spaces

from gymlab.domain.runs import RunSpec
from gymlab.envs.composing import compose_env
from gymlab.envs.rewarding.choosing import Reward, reward_of
from gymlab.errors import UnavailableError
from gymlab.protocol.parts import PhaseName
from gymlab.runner_api.environment_states import environments_member, restore_environments
from gymlab.runner_api.pool_tracking import PoolTracker, PoolView
from gymlab.runner_api.reward_batch import RewardBatch, batch_of
from gymlab.runner_api.runner import Members
from gymlab.runner_api.tracking import FinishedEpisode, RunCounters, TrackedEnv
from gymlab.worker.device import TorchAccelerators, device_of_run
from gymlab.worker.scene import EnvScene

AnyEnv = gymnasium.Env[Any, Any]
AnySpace = spaces.Space[Any]


class TrainingEnvs:
    """Makes the tracked environments of one run and knows them all."""

    def __init__(
        self,
        spec: RunSpec,
        counters: RunCounters,
        *,
        phase: Callable[[], PhaseName],
        on_episode: Callable[[FinishedEpisode], None],
    ) -> None:
        """Prepare to make the environments of this specification."""
        self._spec = spec
        self._counters = counters
        self._on_episode = on_episode
        self._envs: dict[int, TrackedEnv] = {}
        self._pool: tuple[PoolView, PoolTracker] | None = None
        self._device: str | None = None
        self._reward: Reward | None = None
        self._has_reward = False
        self.scene = EnvScene(
            "training",
            moment=lambda: counters.timestep,
            run_timestep=lambda: counters.timestep,
            phase=phase,
        )

    @property
    def first(self) -> TrackedEnv:
        """The environment of the lowest index."""
        return self._envs[min(self._envs)]

    def sample(self) -> AnyEnv:
        """Return one of the environments; where an engine hides them, one like them."""
        return self.first if self._envs else compose_env(self._spec)

    @property
    def spaces(self) -> tuple[AnySpace, AnySpace]:
        """Observations and actions of one environment."""
        shown = self._pool[0] if self._pool is not None else self.first
        return shown.observation_space, shown.action_space

    @property
    def device(self) -> str:
        """Torch name of the device that fits the run's environments."""
        if self._device is None:
            self._device = self._resolve_device()
        return self._device

    def make(self, env_index: int) -> AnyEnv:
        """Make one training environment that is tracked and can be watched."""
        if not self._has_reward:
            self._reward, self._has_reward = reward_of(self._spec), True
        env = self._make_bare_env()
        tracked = TrackedEnv(env, self._counters, env_index, self._on_episode)
        self._envs[env_index] = tracked
        self.scene.add(env_index, tracked, tracked.tracker)
        return tracked

    def track_pool(self, view: PoolView) -> PoolTracker:
        """Count and show environments that are stepped all at once."""
        tracker = PoolTracker(view.num_envs, self._counters, self._on_episode)
        self._pool = (view, tracker)
        self.scene.show_pool(view, tracker)
        return tracker

    def batch_rewards(self, say: Callable[[str], None]) -> RewardBatch | None:
        """Let the rewards of all environments be computed at once, where that can be."""
        return batch_of(self._reward, self._envs, say)

    def restore(self, members: Members) -> None:
        """Continue every environment in its episode.

        Raises:
            StateNotRestoredError: New episodes begin.
        """
        restore_environments(self._envs, members)

    def member(self, *, recent_returns: Iterable[float]) -> Members:
        """Return the checkpoint's file about the environments."""
        return environments_member(self._envs, recent_returns=recent_returns)

    def cut_episode(self, env_index: int) -> None:
        """Truncate the episode of a sub-environment at its next timestep."""
        env = self._envs.get(env_index)
        if env is not None:
            env.cut_episode()
        elif self._pool is not None:
            self._pool[1].cut_episode(env_index)

    def _make_bare_env(self) -> AnyEnv:
        spec = self._spec
        try:
            env = compose_env(spec, render_mode="rgb_array", reward=self._reward)
        except UnavailableError as error:
            self.scene.no_render_reason = error.detail
            return compose_env(spec, reward=self._reward)
        if "rgb_array" not in env.metadata.get("render_modes", []):
            self.scene.no_render_reason = f"{spec.env_id} has no pictures."
        return env

    def _resolve_device(self) -> str:
        if self._envs or self._pool is not None:
            space = self.spaces[0]
        else:
            env = self._make_bare_env()
            space = env.observation_space
            env.close()
        return device_of_run(self._spec, space, TorchAccelerators())
