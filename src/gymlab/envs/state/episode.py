"""The episode an environment is in: how it began and which actions were taken since.

Copying an environment's insides would need to know each of them: Box2D, Atari and MuJoCo lose
their state silently when they are pickled, and others no longer pickle once they have drawn.
Repeating the episode needs to know none: a reset follows from the random generator, and a
timestep from what went before.
"""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast, runtime_checkable

import gymnasium
import numpy as np

from gymlab.envs.state.console import console_state, console_to_plain, load_console
from gymlab.envs.state.generators import generator_from_plain, generator_state, state_to_plain
from gymlab.envs.state.values import (
    UnwritableValueError,
    digest,
    from_plain,
    many_from_plain,
    many_to_plain,
    to_plain,
)

AnyEnv = gymnasium.Env[Any, Any]

LONGEST_EPISODE = 100_000
"""Actions that are remembered; an episode that is longer cannot be repeated."""

_DAMAGED = (
    gymnasium.error.Error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What environments raise where they are given what no episode has."""


class StateNotSavedError(Exception):
    """The episode cannot be written down."""


class StateNotRestoredError(Exception):
    """The episode could not be repeated up to where it was."""


@runtime_checkable
class LastingWrapper(Protocol):
    """A wrapper that remembers something from one episode to the next."""

    def lasting_state(self) -> dict[str, Any]:
        """Return it as plain data that later episodes do not change."""
        ...

    def set_lasting_state(self, state: Mapping[str, Any]) -> None:
        """Remember what was saved."""
        ...


@runtime_checkable
class ScheduledWrapper(Protocol):
    """A wrapper that may do something else as the run goes on."""

    @property
    def is_scheduled(self) -> bool:
        """Whether it does."""
        ...

    def begin_at(self, timestep: int) -> None:
        """Do with the next episode what is right after so many timesteps of the run."""
        ...


@dataclass(frozen=True, slots=True)
class EpisodeRecord:
    """An episode as it was played up to some timestep; nobody changes it any more."""

    beginning: Mapping[str, Any]
    actions: Sequence[Any]
    last_observation: Any

    def plain(self) -> dict[str, Any]:
        """Return it as plain data.

        Raises:
            StateNotSavedError: It is too long, or an action cannot be written.
        """
        if len(self.actions) > LONGEST_EPISODE:
            raise StateNotSavedError(f"the episode has more than {LONGEST_EPISODE:,} timesteps")
        beginning = self.beginning
        try:
            written: dict[str, Any] = {
                "options": to_plain(beginning["options"]),
                "actions": many_to_plain(self.actions),
                "digest": digest(self.last_observation),
            }
        except UnwritableValueError as error:
            raise StateNotSavedError(str(error)) from error
        if "timestep" in beginning:
            written["timestep"] = beginning["timestep"]
        if "seed" in beginning:
            return written | {"seed": beginning["seed"]}
        written["generator"] = state_to_plain(beginning["generator"])
        written["wrappers"] = beginning["wrappers"]
        if beginning["console"] is not None:
            written["console"] = console_to_plain(beginning["console"])
        return written


class Episode:
    """Remembers the episode under way; told by whoever resets and steps the environment."""

    def __init__(self, env: AnyEnv) -> None:
        """Begin before the first reset of this environment."""
        self._env = env
        self._lasting = [layer for layer in _layers(env) if isinstance(layer, LastingWrapper)]
        self._scheduled = [
            layer
            for layer in _layers(env)
            if isinstance(layer, ScheduledWrapper) and layer.is_scheduled
        ]
        self._beginning: dict[str, Any] | None = None
        self._actions: list[Any] = []
        self.last_observation: Any = None
        """What the environment showed last."""

    def begins(
        self,
        *,
        seed: int | None,
        options: Mapping[str, Any] | None,
        timestep: int | None = None,
    ) -> None:
        """Note the moment just before a reset.

        Args:
            seed: Seed that is asked for.
            options: Options that are asked for.
            timestep: Timesteps of the run so far, for wrappers with a schedule; without it they
                stay as they are.
        """
        self._actions = []
        moment: dict[str, Any] = {}
        if self._scheduled and timestep is not None:
            moment["timestep"] = timestep
            for layer in self._scheduled:
                layer.begin_at(timestep)
        if seed is not None:
            self._beginning = {"seed": seed, "options": options, **moment}
            return
        self._beginning = {
            **moment,
            "wrappers": [layer.lasting_state() for layer in self._lasting],
            "generator": generator_state(self._env),
            "console": console_state(self._env),
            "options": options,
        }

    def acts(self, action: Any) -> None:
        """Note an action; a copy, because its array may be used again."""
        if len(self._actions) > LONGEST_EPISODE:
            return
        # Numbers cannot change; everything else is copied, arrays in the quick way.
        if isinstance(action, np.ndarray):
            self._actions.append(cast("Any", action).copy())
        elif isinstance(action, int | np.generic):
            self._actions.append(action)
        else:
            self._actions.append(copy.deepcopy(action))

    def save(self) -> dict[str, Any]:
        """Return the episode as plain data.

        Raises:
            StateNotSavedError: Nothing has begun, the episode is too long, or an action cannot
                be written.
        """
        record = self.record()
        if record is None:
            raise StateNotSavedError("no episode has begun")
        return record.plain()

    def record(self) -> EpisodeRecord | None:
        """Return the episode so far; None before the first one.

        It costs nothing: what it refers to is left alone once the next episode begins.
        """
        if self._beginning is None:
            return None
        return EpisodeRecord(self._beginning, self._actions, self.last_observation)

    def restore(
        self, written: Mapping[str, Any], each: Callable[[float | None], object] | None = None
    ) -> None:
        """Repeat a saved episode in a fresh environment of the same specification.

        Args:
            written: What `save` or `EpisodeRecord.plain` returned.
            each: Called in every state with the reward that led there, None in the first.

        Raises:
            StateNotRestoredError: The data is damaged, or the environment arrived elsewhere.
        """
        try:
            self._repeat(written, each or _nobody)
        except _DAMAGED as error:
            raise StateNotRestoredError(f"{type(error).__name__}: {error}") from error
        if digest(self.last_observation) != written.get("digest"):
            raise StateNotRestoredError("the repeated episode arrived at another observation")

    def _repeat(self, written: Mapping[str, Any], each: Callable[[float | None], object]) -> None:
        env, seed, options = self._env, written.get("seed"), from_plain(written["options"])
        actions = many_from_plain(written["actions"])
        if seed is None:
            env.unwrapped.np_random = generator_from_plain(written["generator"])
            if "console" in written:
                load_console(env, written["console"])
            # Checkpoints of earlier versions know no such wrappers.
            for layer, state in zip(self._lasting, written.get("wrappers", []), strict=True):
                layer.set_lasting_state(state)
        self.begins(seed=seed, options=options, timestep=written.get("timestep"))
        self.last_observation, _ = env.reset(seed=seed, options=options)
        each(None)
        for action in actions:
            self.acts(action)
            self.last_observation, reward, *_ = env.step(action)
            each(float(reward))


def _nobody(_reward: float | None) -> None:
    """Take the place of whoever watches a repetition."""


def _layers(env: AnyEnv) -> Iterator[Any]:
    """Yield every wrapper around an environment, the outermost first."""
    layer: Any = env
    while isinstance(layer, gymnasium.Wrapper):
        yield layer
        layer = cast("Any", layer).env
