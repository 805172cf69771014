"""A user's environment, held to what Gymnasium's contract says.

Every call ends in time, and whatever it returns is either what the contract says or an error
that a person can read, with the line it comes from.
"""

from collections.abc import Mapping
from typing import Any, SupportsFloat, cast

import gymnasium
import numpy as np
from gymnasium import spaces

from gymlab.domain.code import SourceCode
from gymlab.envs.custom.finding import line_of_method
from gymlab.envs.rewarding.numbers import UnusableValueError, as_number
from gymlab.envs.space_info import describe_space, parts_of
from gymlab.envs.usercode.guard import guarded
from gymlab.errors import UserCodeError
from gymlab.protocol.usercode import Place

AnyEnv = gymnasium.Env[Any, Any]
STEP_HINT = "Write `return observation, reward, terminated, truncated, {}`."
RESET_HINT = "Write `return observation, {}`."
Step = tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]


class HeldEnv(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Calls the methods of a user's environment within limits and checks what they return."""

    def __init__(self, env: AnyEnv, code: SourceCode) -> None:
        """Wrap an environment that was just made of this source; itself a call of user code.

        What the environment says about itself is read once: an attribute may be computed by code
        of the user's, which nobody would stop later.
        """
        super().__init__(env)
        metadata: Any = env.metadata
        self.metadata = (
            dict(cast("Mapping[str, Any]", metadata)) if isinstance(metadata, Mapping) else {}
        )
        self.observation_space, self.action_space = env.observation_space, env.action_space
        self._code = code
        self._has_begun = False
        self._reset = guarded(self._checked_reset, Place.RESET)
        self._step = guarded(self._checked_step, Place.STEP)
        self._render = guarded(lambda: cast("Any", self.env.render()), Place.RENDER)
        self._close = guarded(self.env.close, Place.CONSTRUCTOR)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin an episode."""
        return self._reset(seed, options)

    def step(self, action: Any) -> Step:
        """Take one timestep."""
        return self._step(action)

    def render(self) -> Any:
        """Draw."""
        return self._render()

    def close(self) -> None:
        """Let go of what the environment holds."""
        self._close()

    def _checked_reset(
        self, seed: int | None, options: dict[str, Any] | None
    ) -> tuple[Any, dict[str, Any]]:
        self._has_begun = True
        found: Any = self.env.reset(seed=seed, options=options)
        if not isinstance(found, tuple) or len(cast("Any", found)) != 2:
            raise self._wrong("reset", f"reset returned {_told(found)}, not 2 values.", RESET_HINT)
        observation, info = cast("tuple[Any, Any]", found)
        return self._observation("reset", observation), self._info("reset", info, RESET_HINT)

    def _checked_step(self, action: Any) -> Step:
        if not self._has_begun:
            raise self._wrong("step", "step was called before reset.", "Call reset first.")
        found: Any = self.env.step(action)
        if not isinstance(found, tuple) or len(cast("Any", found)) != 5:
            raise self._wrong("step", f"step returned {_told(found)}, not 5 values.", STEP_HINT)
        observation, reward, terminated, truncated, info = cast("tuple[Any, ...]", found)
        try:
            number = as_number(reward)
        except UnusableValueError as error:
            detail = f"step returned {error.detail} as the reward."
            raise self._wrong("step", detail, error.hint) from None
        return (
            self._observation("step", observation),
            number,
            self._flag("terminated", terminated),
            self._flag("truncated", truncated),
            self._info("step", info, STEP_HINT),
        )

    def _observation(self, method: str, observation: Any) -> Any:
        problem = observation_problem(self.observation_space, observation)
        if problem is not None:
            raise self._wrong(method, f"{method} returned {problem[0]}", problem[1])
        return observation if type(observation) is np.ndarray else _plain(observation)

    def _flag(self, name: str, value: Any) -> bool:
        if isinstance(value, bool | int | np.bool_ | np.integer) and value in {0, 1}:
            return bool(cast("Any", value))
        detail = f"step returned {_told(value)} as {name}, which is true or false."
        raise self._wrong("step", detail, STEP_HINT)

    def _info(self, method: str, info: Any, hint: str) -> dict[str, Any]:
        if isinstance(info, Mapping):
            told = cast("Mapping[str, Any]", info)
            return cast("dict[str, Any]", told) if type(cast("Any", info)) is dict else dict(told)
        detail = f"{method} returned {_told(info)} as the info, which is a dict."
        raise self._wrong(method, detail, hint)

    def _wrong(self, method: str, detail: str, hint: str | None) -> UserCodeError:
        line = line_of_method(self._code, type(self.env), method)
        return UserCodeError(f"{line}: {detail}" if line else detail, hint=hint, line=line)


def observation_problem(space: Any, observation: Any) -> tuple[str, str | None] | None:
    """Return why nobody can learn from an observation, as the end of a sentence, and what to do.

    Values out of bounds are left to the checks before training: they are common and do no harm.
    """
    if isinstance(space, spaces.Box):
        return _array_problem(cast("spaces.Box", space), observation)
    if isinstance(space, spaces.Dict) and isinstance(observation, Mapping):
        return _dict_problem(parts_of(space), cast("Mapping[str, Any]", observation))
    if isinstance(space, spaces.Discrete) and isinstance(observation, np.ndarray):
        array = cast("np.ndarray[Any, Any]", observation)
        observation = array.item() if array.ndim == 0 and array.dtype.kind in "iu" else array
    if space.contains(observation):
        return None
    known: Any = cast("Any", space)
    detail = f"{_told(observation)} as the observation, not in {describe_space(known).text}."
    return detail, "Change the space or the value."


def _dict_problem(
    parts: Mapping[str, spaces.Space[Any]], given: Mapping[str, Any]
) -> tuple[str, str | None] | None:
    if given.keys() != parts.keys():
        names = ", ".join(sorted(parts))
        return "a dict as the observation with other keys than its space.", f"They are: {names}."
    problems = (observation_problem(part, given[name]) for name, part in parts.items())
    return next((problem for problem in problems if problem is not None), None)


def _array_problem(space: spaces.Box, observation: Any) -> tuple[str, str | None] | None:
    hint = f"Write `np.array([...], np.{space.dtype})` with the shape {space.shape}."
    if not isinstance(observation, np.ndarray):
        return f"{_told(observation)} as the observation, which is an array.", hint
    array = cast("np.ndarray[Any, Any]", observation)
    if array.shape != space.shape:
        detail = f"an observation of shape {array.shape}; its space says {space.shape}."
        return detail, "Give `observation_space` and the observation the same shape."
    if array.dtype.kind not in "biuf":
        return f"an observation of {array.dtype}.", hint
    if array.dtype.kind == "f" and not bool(np.isfinite(array).all()):
        finite = bool(np.isfinite(space.low).all() and np.isfinite(space.high).all())
        if bool(np.isnan(array).any()) or finite:
            detail = "an observation that is not finite."
            return detail, "Look for a division by 0, or clip the values."
    return None


def _plain(observation: Any) -> Any:
    """Return an observation of NumPy's and Python's own classes: those of a user run user code."""
    if isinstance(observation, np.ndarray):
        return np.asarray(cast("Any", observation))
    if isinstance(observation, Mapping):
        return {name: _plain(part) for name, part in cast("Mapping[str, Any]", observation).items()}
    return observation


def _told(value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, tuple):
        return f"{len(cast('tuple[Any, ...]', value))} values"
    if isinstance(value, bool | int | float | str):
        return f"{str(value)[:60]!r}" if isinstance(value, str) else str(value)[:60]
    kind = cast("type[Any]", type(value))
    return f"a {kind.__name__[:60]}"
