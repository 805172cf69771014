"""Making a user's environment as a run is to be given it."""

import inspect
from collections.abc import Mapping
from typing import Any, Literal, cast

import gymnasium
from gymnasium import spaces
from gymnasium.wrappers import TimeLimit

from gymlab.domain.code import SourceCode
from gymlab.envs.arguments import arguments_of, check_kwargs
from gymlab.envs.custom.finding import EnvClass, environment_class, line_of_method
from gymlab.envs.custom.held import HeldEnv
from gymlab.envs.usercode.guard import guarded
from gymlab.envs.usercode.loading import MODULE_PREFIX
from gymlab.errors import UnavailableError, UserCodeError
from gymlab.protocol.usercode import Place

MAX_EPISODE_STEPS = "max_episode_steps"
DEFAULT_MAX_EPISODE_STEPS = 10_000
"""An episode of an environment that never ends is cut off after so many timesteps."""
RENDER_MODE = "rgb_array"
AnyEnv = gymnasium.Env[Any, Any]


def make_custom_env(
    code: SourceCode,
    kwargs: Mapping[str, Any] | None = None,
    *,
    render_mode: Literal["rgb_array"] | None = None,
) -> AnyEnv:
    """Make an environment of a user's source, with a time limit.

    Args:
        code: The source.
        kwargs: Constructor arguments as JSON values, `max_episode_steps` among them.
        render_mode: `rgb_array` where frames are wanted.

    Raises:
        UserCodeError: The source fails, or what it makes is no environment.
        InvalidInputError: An argument is unknown or of a wrong type.
        UnavailableError: It cannot be drawn, but frames were asked for.
    """
    cls = environment_class(code)
    checked = check_kwargs(cls.__name__, kwargs or {}, settable_arguments(cls))
    limit = checked.pop(MAX_EPISODE_STEPS, None) or default_limit(cls)
    if takes_render_mode(cls):
        checked["render_mode"] = render_mode
    if render_mode is not None:
        _require_drawing(cls)

    def construct() -> AnyEnv:
        env: Any = cast("Any", cls)(**checked)
        _require_spaces(code, cls, env)
        return HeldEnv(env, code)

    return TimeLimit(guarded(construct, Place.CONSTRUCTOR)(), limit)


def settable_arguments(cls: EnvClass) -> dict[str, Any]:
    """Return the constructor's arguments that a run may set, with their defaults."""
    return {**arguments_of(cls), MAX_EPISODE_STEPS: default_limit(cls)}


def default_limit(cls: EnvClass) -> int:
    """Return after how many timesteps an episode is cut off: as the class says, or 10,000."""
    own: Any = getattr(cls, MAX_EPISODE_STEPS, None)
    if isinstance(own, int) and not isinstance(own, bool) and 1 <= own <= 10_000_000:
        return own
    return DEFAULT_MAX_EPISODE_STEPS


def takes_render_mode(cls: EnvClass) -> bool:
    """Tell whether the constructor can be asked for pictures."""
    if cls.__init__ is object.__init__:
        return False  # its signature says "anything", and it takes nothing
    parameters = inspect.signature(cls.__init__).parameters.values()
    return any(
        item.name == "render_mode" or item.kind is inspect.Parameter.VAR_KEYWORD
        for item in parameters
    )


def says_it_draws(cls: EnvClass) -> bool:
    """Tell whether the class declares pictures."""
    modes = metadata_of(cls).get("render_modes")
    return isinstance(modes, list | tuple | set) and RENDER_MODE in cast("list[Any]", modes)


def metadata_of(cls: EnvClass) -> Mapping[str, Any]:
    """Return what the class says about itself; nothing where that is no dict."""
    metadata: Any = cls.metadata
    return cast("Mapping[str, Any]", metadata) if isinstance(metadata, Mapping) else {}


def _require_drawing(cls: EnvClass) -> None:
    if not says_it_draws(cls):
        raise UnavailableError(
            f"{cls.__name__} draws no pictures.",
            hint='Write `metadata = {"render_modes": ["rgb_array"]}` in the class.',
        )
    if not takes_render_mode(cls):
        raise UnavailableError(
            f"{cls.__name__} cannot be asked for pictures.",
            hint="Write `def __init__(self, render_mode=None):`.",
        )


def _require_spaces(code: SourceCode, cls: EnvClass, env: Any) -> None:
    for name in ("observation_space", "action_space"):
        space = getattr(env, name, None)
        if not isinstance(space, spaces.Space):
            line = line_of_method(code, cls, "__init__")
            what = "is not set" if space is None else f"is a {type(space).__name__}, no space"
            detail = f"self.{name} {what}."
            raise UserCodeError(
                f"{line}: {detail}" if line else detail,
                hint=f"Set it in `__init__`, such as `self.{name} = spaces.Discrete(2)`.",
                line=line,
            )
        kind = cast("Any", type)(space)
        if str(kind.__module__).startswith(MODULE_PREFIX):
            detail = f"self.{name} is of a class of your own, {str(kind.__name__)[:60]}."
            raise UserCodeError(detail, hint="Use the classes of `gymnasium.spaces`.")
