"""EnvPool: environments in C++, stepped by threads of their own.

EnvPool begins a new episode in the step after the one that ended the old, and ignores the action of
that step. Learners would have to leave such a step out, so here the environments that ended are
reset at once, in the same timestep: every step is a transition.

N environments, E of them whose episode ended.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from gymlab.runner_api.runner import RunContext
from gymlab.runners.turbo.stepping import Array, PooledStepper, Space
from gymlab.runners.turbo.xla import jax as _jax  # its flags, before envpool imports it

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import envpool

__all__ = ["CompiledStepper"]
del _jax


class CompiledStepper(PooledStepper):
    """N environments of EnvPool."""

    no_render_reason = None

    def __init__(
        self, env_id: str, observed: Space, acted: Space, num_envs: int, context: RunContext,
        *, max_episode_steps: int | None, num_threads: int,
    ) -> None:  # fmt: skip
        """Take the spaces of the Gymnasium twin.

        Args:
            env_id: EnvPool's id.
            observed: Observations.
            acted: Actions.
            num_envs: N.
            context: Services of the run.
            max_episode_steps: Time limit in timesteps; None for the environment's own.
            num_threads: Threads that step.
        """
        super().__init__(observed, acted, num_envs, context)
        self._env_id = env_id
        self._options: dict[str, Any] = {"num_envs": num_envs, "num_threads": num_threads}
        if max_episode_steps is not None:
            self._options["max_episode_steps"] = max_episode_steps
        self._ids = np.arange(num_envs, dtype=np.int32)
        self._pool: Any = None
        self._is_one_hot = isinstance(observed, spaces.Discrete | spaces.MultiDiscrete)
        self._places: dict[str, int] = {}
        self._has_terminated = False

    def render(self, env_index: int) -> NDArray[np.uint8] | None:
        """Return a picture of one environment."""
        return self._pool.render(env_ids=[env_index])[0]

    def close(self) -> None:
        """End the threads."""
        self._pool = None

    def _begin(self, seed: int) -> None:
        self._pool = None  # its threads end first
        pool: Any = envpool.make(
            self._env_id,
            env_type="gymnasium",
            seed=seed,
            render_mode="rgb_array",
            **self._options,
        )
        self._pool = pool
        self._places = {name: idx for idx, name in enumerate(pool._state_keys)}  # noqa: SLF001 - its own wrapper takes ten times as long as this
        self._observation_place = next(
            idx for name, idx in self._places.items() if name.startswith("obs")
        )
        self._has_terminated = "terminated" in self._places
        self._action_type = pool.spec._action_spec[-1][0]  # noqa: SLF001 - as above
        pool._reset(self._ids)  # noqa: SLF001 - as above
        self._show(slice(None), pool._recv()[self._observation_place])  # noqa: SLF001 - as above

    def _advance(self, actions: Array) -> None:
        pool, places = self._pool, self._places
        ids = self._ids
        sent = np.ascontiguousarray(actions, self._action_type)
        pool._send([ids, ids, sent])  # noqa: SLF001 - as above
        found = pool._recv()  # noqa: SLF001 - as above
        self._show(slice(None), found[self._observation_place])
        self.rewards = found[places["reward"]].astype(np.float64)
        self.truncated = found[places["trunc"]].astype(np.bool_)
        if self._has_terminated:
            self.terminated = found[places["terminated"]].astype(np.bool_)
        else:
            self.terminated = found[places["done"]].astype(np.bool_) & ~self.truncated

    def _renew(self, ended: Array, cuts: Sequence[int]) -> None:
        del cuts
        self.final_observations[ended] = self.observations[ended]
        pool = self._pool
        pool._reset(ended.astype(np.int32))  # noqa: SLF001 - as above
        self._show(ended, pool._recv()[self._observation_place])  # noqa: SLF001 - as above

    def _show(self, rows: Any, seen: Array) -> None:
        """Put observations (E, ...) of some environments where the learner looks."""
        if not self._is_one_hot:
            self.observations[rows] = seen.reshape(-1, *self.encoder.shape)
            return
        for row, one in zip(self._ids[rows], seen, strict=True):
            self.encoder.write(one, self.observations[row])
