"""The wrappers that may stand around an environment: their settings, and what they fit."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field

from gymlab.domain.environments import SpaceInfo

MAX_LINKS = 16
"""Longest chain."""
SET_BY_WRAPPER = "set_by_wrapper"
"""Key in the schema of a hyperparameter: wrapper id -> value that the wrapper means by it."""

_Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]


class WrapperConfig(BaseModel):
    """Base of every wrapper's settings."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


class FrameStack(WrapperConfig):
    """Settings of `frame_stack`."""

    num_frames: Annotated[int, Field(ge=2, le=16)] = 4
    """Latest observations given together."""


class TimeLimit(WrapperConfig):
    """Settings of `time_limit`."""

    max_episode_steps: Annotated[int, Field(ge=1, le=10_000_000)] = 500
    """Timesteps after which an episode is truncated."""


class ActionRepeat(WrapperConfig):
    """Settings of `action_repeat`."""

    num_repeats: Annotated[int, Field(ge=2, le=16)] = 4
    """Times that the environment is given each action."""


class StickyActions(WrapperConfig):
    """Settings of `sticky_actions`."""

    probability: Annotated[float, Field(gt=0, lt=1)] = 0.25
    """How likely it is that the last action is taken again instead of the new one."""


class Resize(WrapperConfig):
    """Settings of `resize`."""

    height: Annotated[int, Field(ge=8, le=512)] = 84
    """New height in pixels."""
    width: Annotated[int, Field(ge=8, le=512)] = 84
    """New width in pixels."""


class Seeds(WrapperConfig):
    """Settings of `seeds`."""

    seeds: Annotated[list[_Seed], Field(min_length=1, max_length=1000)] = [0, 1, 2, 3]
    """Seeds that episodes begin with, one after another."""


class NoSettings(WrapperConfig):
    """Settings of a wrapper that has none."""


class MisfitError(Exception):
    """A wrapper does not fit what it is put around; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Wrapper:
    """One kind of link."""

    id: str
    title: str
    summary: str
    applies_to: tuple[str, ...]
    """Observations that it takes: any, vector, picture or colour_picture."""
    config: type[WrapperConfig]
    observe: Callable[[SpaceInfo, Any], SpaceInfo] = lambda space, _: space
    """What the observation becomes."""
    is_runners: bool = False
    """Whether the runner does it, by a hyperparameter of its own, and always last."""

    def fit(self, space: SpaceInfo, config: WrapperConfig) -> SpaceInfo:
        """Return what is observed through it.

        Raises:
            MisfitError: It cannot be put around such observations.
        """
        kinds = kinds_of(space)
        if "any" not in self.applies_to and not kinds & set(self.applies_to):
            needed = " or ".join(KINDS[kind] for kind in self.applies_to)
            raise MisfitError(f"{self.title} needs {needed}; here it is given {space.text}.")
        return self.observe(space, config)


KINDS: Mapping[str, str] = {
    "vector": "vectors of numbers",
    "picture": "pictures (height, width, channels) of 8 bits",
    "colour_picture": "pictures in colour (height, width, 3) of 8 bits",
}
"""Kind of observation -> its name for people."""


def kinds_of(space: SpaceInfo) -> set[str]:
    """Return which kinds of observation a space is of."""
    shape = space.shape or []
    if space.type != "Box":
        return set()
    if len(shape) == 1:
        return {"vector"}
    if len(shape) == 3 and space.dtype == "uint8" and (space.low, space.high) == (0, 255):
        return {"picture", "colour_picture"} if shape[-1] == 3 else {"picture"}
    return set()


def _box(space: SpaceInfo, shape: list[int], **changes: Any) -> SpaceInfo:
    size = (space.size_bytes or 0) // max(1, math.prod(space.shape or []))
    text = f"Box({', '.join(map(str, shape))})"
    update = {"shape": shape, "text": text, "size_bytes": size * math.prod(shape), **changes}
    return space.model_copy(update=update)


def _stacked(space: SpaceInfo, config: FrameStack) -> SpaceInfo:
    shape = list(space.shape or [])
    shape[-1] *= config.num_frames

    def repeated(bounds: Any) -> Any:
        is_list = isinstance(bounds, list)
        return cast("list[Any]", bounds) * config.num_frames if is_list else bounds

    return _box(space, shape, low=repeated(space.low), high=repeated(space.high))


def _grey(space: SpaceInfo, config: NoSettings) -> SpaceInfo:
    del config
    return _box(space, [*(space.shape or [])[:2], 1])


def _resized(space: SpaceInfo, config: Resize) -> SpaceInfo:
    return _box(space, [config.height, config.width, (space.shape or [1])[-1]])


_ALL = (
    Wrapper(
        "frame_stack",
        "Frame stack",
        "Gives the latest observations together, so that the agent sees motion. An episode "
        "begins with its first observation repeated.",
        ("vector", "picture"),
        FrameStack,
        _stacked,
    ),
    Wrapper(
        "time_limit",
        "Time limit",
        "Truncates an episode after so many timesteps, as counted where it stands in the chain. "
        "It can shorten the environment's own limit, not extend it.",
        ("any",),
        TimeLimit,
    ),
    Wrapper(
        "action_repeat",
        "Action repeat",
        "Gives the environment each action several times and adds its rewards up. One decision "
        "of the agent counts as one timestep of the run.",
        ("any",),
        ActionRepeat,
    ),
    Wrapper(
        "sticky_actions",
        "Sticky actions",
        "Takes the last action again with some probability, so that nothing can be learnt by "
        "heart. Source: Machado et al. 2018, arXiv:1709.06009.",
        ("any",),
        StickyActions,
    ),
    Wrapper(
        "grayscale",
        "Grey-scale",
        "Turns pictures in colour into grey ones: a third of the numbers.",
        ("colour_picture",),
        NoSettings,
        _grey,
    ),
    Wrapper(
        "resize",
        "Resize",
        "Shrinks or enlarges pictures; each pixel is the mean of the area that it covers.",
        ("picture",),
        Resize,
        _resized,
    ),
    Wrapper(
        "seeds",
        "Fixed seeds",
        "Begins episodes with these seeds in turn, again and again: a fixed set of levels. "
        "Evaluations play the same set, each episode the level that its own seed points to.",
        ("any",),
        Seeds,
    ),
    Wrapper(
        "normalize_observation",
        "Normalise observations",
        "Subtracts the running mean and divides by the running standard deviation. The runner "
        "does it over all environments together, and keeps the statistics with the policy.",
        ("vector",),
        NoSettings,
        is_runners=True,
    ),
)

WRAPPERS: Mapping[str, Wrapper] = {wrapper.id: wrapper for wrapper in _ALL}
"""Id -> wrapper."""


def fit_chain(
    observation: SpaceInfo, chain: Sequence[tuple[Wrapper, WrapperConfig]]
) -> tuple[SpaceInfo, list[tuple[int, str]]]:
    """Put a chain together, the innermost first.

    Returns:
        What is observed through it, and what does not fit: position and sentence.
    """
    problems: list[tuple[int, str]] = []
    for position, (wrapper, config) in enumerate(chain):
        if wrapper.is_runners and position < len(chain) - 1:
            problems.append((
                position,
                f"{wrapper.title} is done by the runner, so it has to be the last link.",
            ))
        try:
            observation = wrapper.fit(observation, config)
        except MisfitError as error:
            problems.append((position, str(error)))
            break  # what follows would be about observations that there are not
    return observation, problems
