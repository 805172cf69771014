"""One environment's episodes, each of which can be gone through again from its seed."""

import math
from collections.abc import Callable, Mapping
from typing import Any, cast

import gymnasium

from gymlab.protocol.previews import PreviewState
from gymlab.runner_api.runner import Actor
from gymlab.runner_api.tracking import EpisodeTracker
from gymlab.worker.generators import seed_generators
from gymlab.worker.plain import plain
from gymlab.worker.previewing.shown import shown

MAX_TIMESTEPS = 100_000
"""An episode is not followed any further."""
TERMS = "reward_terms"
"""Where an environment may say in its `info` what the reward is made of."""
AnyEnv = gymnasium.Env[Any, Any]
Choose = Callable[[Any], Any]


class PreviewEpisode:
    """The episode under way and the viewer's place in it.

    Its actions are kept, so that going back is playing again from the seed. From an earlier
    place the kept actions are taken, until somebody acts otherwise: then a new branch begins.
    """

    def __init__(self, env: AnyEnv, actor: Actor | None) -> None:
        """Take over an environment.

        Args:
            env: It is stepped here alone.
            actor: A policy that must see every observation, for its memory.
        """
        self._env = env
        self._actor = actor
        self._actions: list[Any] = []
        self._seed = 0
        self._episode = 0
        self._observation: Any = None
        self._last: tuple[Any, float | None, bool, bool, Mapping[str, Any]]
        self.tracker = EpisodeTracker(0, lambda _: None)
        self.timestep = 0

    @property
    def is_over(self) -> bool:
        """Whether the episode has ended at the place shown."""
        return self._last[2] or self._last[3]

    @property
    def is_full(self) -> bool:
        """Whether it is as long as it may be."""
        return self.timestep >= MAX_TIMESTEPS

    def begin(self, seed: int) -> None:
        """Begin another episode."""
        self._seed, self._episode = seed, self._episode + 1
        self._actions.clear()
        self._reset()

    def advance(self, choose: Choose) -> bool:
        """Go one timestep on; tell whether anything happened.

        Args:
            choose: Gives the action for an observation, or None for no action at all. It is not
                asked where the episode was played already.
        """
        if self.is_over or self.is_full:
            return False
        policy_action = self._policy_action()
        if self.timestep < len(self._actions):
            self._step(self._actions[self.timestep])
            return True
        action = choose(policy_action)
        if action is None:
            return False
        self._actions.append(action)
        self._step(action)
        return True

    def act(self, action: Any) -> bool:
        """Take an action here, whatever was done before; tell whether it was possible."""
        if self.is_over or self.is_full:
            return False
        self._policy_action()
        del self._actions[self.timestep :]
        self._actions.append(action)
        self._step(action)
        return True

    def seek(self, timestep: int, choose: Choose) -> None:
        """Go to a timestep, back from the seed or forward as far as the episode goes."""
        if timestep < self.timestep:
            self._reset()
        while self.timestep < timestep and self.advance(choose):
            pass

    def state(self, *, is_playing: bool, notice: str | None) -> PreviewState:
        """Return what is to be told."""
        action, reward, terminated, truncated, info = self._last
        given: Any = info.get(TERMS)
        terms: Mapping[Any, Any] = {}
        if isinstance(given, Mapping):
            terms = cast("Mapping[Any, Any]", given)
        return PreviewState(
            observation=shown(self._observation),
            action=shown(action),
            reward=reward,
            terms={str(name)[:100]: _number(value) for name, value in list(terms.items())[:50]},
            terminated=terminated,
            truncated=truncated,
            info=plain(info),
            timestep=self.timestep,
            last_timestep=len(self._actions),
            episode=self._episode,
            episode_return=_number(self.tracker.episode_return),
            seed=self._seed,
            is_playing=is_playing,
            notice=notice,
        )

    def _policy_action(self) -> Any:
        """Return what the policy would do; it must see every observation once."""
        if self._actor is None:
            return None
        return self._actor.act(self._observation, deterministic=True)

    def _reset(self) -> None:
        seed_generators(self._seed)
        self._env.action_space.seed(self._seed)
        self._observation, info = self._env.reset(seed=self._seed)
        if self._actor is not None:
            self._actor.reset()
        self._last = (None, None, False, False, info)
        self.timestep = 0
        self.tracker.begin(self._episode)

    def _step(self, action: Any) -> None:
        self._observation, reward, terminated, truncated, info = self._env.step(action)
        ended = bool(terminated), bool(truncated)
        self.tracker.add(reward, terminated=ended[0], truncated=ended[1])
        self._last = (action, _number(reward), *ended, info)
        self.timestep += 1


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
