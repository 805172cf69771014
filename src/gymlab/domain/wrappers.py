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


class Change(WrapperConfig):
    """Settings of what changes while a run trains."""

    begin: Annotated[float, Field(ge=-1e9, le=1e9)] = 1.0
    """Value until then."""
    end: Annotated[float, Field(ge=-1e9, le=1e9)] = 0.0
    """Value afterwards, and in every evaluation."""
    from_timestep: Annotated[int, Field(ge=0, le=10_000_000_000)] = 0
    """Timesteps of the run after which it begins to change."""
    over_timesteps: Annotated[int, Field(ge=1, le=10_000_000_000)] = 100_000
    """Timesteps of the run that the change takes."""
    num_changes: Annotated[int, Field(ge=1, le=1000)] = 10
    """Equal parts that it is made in; a part is made when an episode begins."""

    def value_at(self, timestep: int) -> float:
        """Return the value of an episode that begins after so many timesteps."""
        done = min(max(timestep - self.from_timestep, 0) / self.over_timesteps, 1.0)
        part = int(done * self.num_changes) / self.num_changes
        return self.begin + (self.end - self.begin) * part


class Curriculum(Change):
    """Settings of `curriculum`."""

    option: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")] = ""
    """Option of the environment that changes; a number."""


class TermWeight(Change):
    """Settings of `term_weight`."""

    term: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = ""
    """Name of the term, as the reward returns it."""


class ScaleReward(WrapperConfig):
    """Settings of `scale_reward`."""

    factor: Annotated[float, Field(gt=0, le=1e6)] = 0.1
    """What each reward is multiplied with."""


class ClipReward(WrapperConfig):
    """Settings of `clip_reward`."""

    limit: Annotated[float, Field(gt=0, le=1e6)] = 1.0
    """Rewards are kept between minus this and this."""


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
    is_innermost: bool = False
    """Whether it makes the environment itself anew, so that nothing stands below it."""
    is_rewards: bool = False
    """Whether it changes what the agent learns from, behind everything but the runner's."""

    @property
    def rank(self) -> int:
        """Number that never falls along a chain."""
        if self.is_innermost:
            return 0
        return 3 if self.is_runners else 2 if self.is_rewards else 1

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
        "curriculum",
        "Curriculum",
        "Changes an option of the environment from one value to another while the run trains, as "
        "episodes begin: gravity, wind, the size of a board. Evaluations play the last value.",
        ("any",),
        Curriculum,
        is_innermost=True,
    ),
    Wrapper(
        "term_weight",
        "Weight of a term",
        "Multiplies a named term of your reward with a weight that changes while the run trains: "
        "a help that fades, a cost that comes later.",
        ("any",),
        TermWeight,
        is_rewards=True,
    ),
    Wrapper(
        "scale_reward",
        "Scale the reward",
        "Multiplies what the agent learns from. The environment's own returns stay as they are.",
        ("any",),
        ScaleReward,
        is_rewards=True,
    ),
    Wrapper(
        "clip_reward",
        "Clip the reward",
        "Keeps what the agent learns from between two bounds, timestep by timestep. The "
        "environment's own returns stay as they are. Source: Mnih et al. 2015, Nature 518.",
        ("any",),
        ClipReward,
        is_rewards=True,
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
        misplaced = _misplaced(wrapper, [other for other, _ in chain[position + 1 :]])
        if misplaced is not None:
            problems.append((position, misplaced))
        try:
            observation = wrapper.fit(observation, config)
        except MisfitError as error:
            problems.append((position, str(error)))
            break  # what follows would be about observations that there are not
    return observation, problems


def _misplaced(wrapper: Wrapper, further: Sequence[Wrapper]) -> str | None:
    """Return why a link cannot stand before those that follow; None where it can."""
    if wrapper.is_runners and further:
        return f"{wrapper.title} is done by the runner, so it has to be the last link."
    before = next((other for other in further if other.rank < wrapper.rank), None)
    if before is None:
        return None
    if before.is_innermost:
        return (
            f"{before.title} changes the environment itself, so it stands before {wrapper.title}."
        )
    return (
        f"{wrapper.title} changes what the agent learns from, so it stands behind {before.title}."
    )
