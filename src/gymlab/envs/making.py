"""Makes an environment from what a run's specification says: an id and arguments.

Nothing outside the catalogue is made: Gymnasium itself would import any module that stands
before a colon in an id.
"""

import copy
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import gymnasium as gym
from gymnasium.envs.registration import EnvSpec, load_env_creator

from gymlab.envs.aliases import ResolvedId, newest_versions, resolve_alias
from gymlab.envs.arguments import check_kwargs, native_kwargs
from gymlab.envs.atari import known_games
from gymlab.envs.families import ATARI, MINIGRID, Family, family_of
from gymlab.envs.fresh_world import WALKERS, FreshWorld
from gymlab.envs.frozen_lake_map import check_lake_map
from gymlab.envs.known import known_levels, unavailable_level
from gymlab.envs.observations import (
    OBSERVATIONS,
    AnyEnv,
    constructor_kwargs,
    wrap_observation,
)
from gymlab.envs.registration import import_family, missing_module, register_environments
from gymlab.envs.rendering import rendering_problem
from gymlab.errors import (
    DependencyMissingError,
    EnvironmentNotFoundError,
    FieldProblem,
    InvalidInputError,
    UnavailableError,
)

TIME_LIMITS: Mapping[str, int] = {"CliffWalking-v1": 1000, "CliffWalkingSlippery-v1": 1000}
"""Limits in timesteps for environments that have none and that a poor policy never leaves."""

LEVEL_KWARGS = frozenset({"agent_view_size", "agent_pov", "highlight", "max_steps", "tile_size"})
"""What may be set of MiniGrid's levels. Their sizes and numbers of objects are part of their ids:
a level too small for its objects looks for a free cell for ever."""

CONSTRUCTOR_ERRORS = (
    gym.error.Error,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    MemoryError,
    ArithmeticError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What constructors of environments raise; a narrower list would let one bad argument end a run
as if the lab itself had failed."""


@dataclass(frozen=True, slots=True)
class ListedEnvironment:
    """A registered environment of the catalogue; without a spec where its package is missing."""

    env_id: str
    family: Family
    spec: EnvSpec | None


@cache
def listed_environments() -> Mapping[str, ListedEnvironment]:
    """Return every environment of the catalogue by id, installed or not."""
    register_environments()
    found = {
        env_id: ListedEnvironment(env_id, family, spec)
        for env_id, spec in gym.registry.items()
        if (family := family_of(spec)) is not None
    }
    current = newest_versions(found)
    listed = {env_id: found[env_id] for env_id in current}
    for env_id, family in known_levels().items():
        listed.setdefault(env_id, ListedEnvironment(env_id, family, None))
    for env_id in known_games():
        listed.setdefault(env_id, ListedEnvironment(env_id, ATARI, None))
    return listed


def resolve_env_id(env_id: str) -> ResolvedId:
    """Return the catalogue id that an id means, with a notice where it is an older one.

    Raises:
        EnvironmentNotFoundError: Nothing of that name is in the catalogue.
    """
    listed = listed_environments()
    resolved = resolve_alias(env_id, listed)
    if resolved is None:
        closest = difflib.get_close_matches(env_id[:200], list(listed), n=3, cutoff=0.5)
        raise EnvironmentNotFoundError(env_id[:200], closest)
    return resolved


def unavailable_reason(environment: ListedEnvironment) -> str | None:
    """Return what is missing for an environment and how to get it, or None."""
    missing = missing_module(environment.family)
    if missing is not None:
        return f"{missing} is not installed: {environment.family.install_hint}"
    if environment.spec is None:
        return f"The installed {environment.family.modules[0]} does not offer it."
    return unavailable_level(environment.env_id)


def settable_kwargs(environment: ListedEnvironment) -> dict[str, Any]:
    """Return the arguments that a run may set, with their defaults as Python values."""
    if environment.spec is None:
        return {}
    if missing_module(environment.family) is None:
        import_family(environment.family)
    defaults = native_kwargs(environment.spec)
    if environment.family is MINIGRID:
        defaults = {name: value for name, value in defaults.items() if name in LEVEL_KWARGS}
    observations = OBSERVATIONS.get(environment.family.id)
    if observations:
        for name in constructor_kwargs(environment.family, observations[0]):
            defaults.pop(name, None)
        defaults["observation"] = observations[0]
    limit = time_limit(environment)
    if limit is not None:
        defaults["max_episode_steps"] = limit
    return defaults


def time_limit(environment: ListedEnvironment) -> int | None:
    """Return the limit in timesteps that a wrapper enforces, where there is one."""
    own = environment.spec.max_episode_steps if environment.spec else None
    return own or TIME_LIMITS.get(environment.env_id)


def make_env(
    env_id: str,
    kwargs: Mapping[str, Any] | None = None,
    *,
    render_mode: Literal["rgb_array"] | None = None,
) -> AnyEnv:
    """Make an environment as an agent is to be given it.

    Args:
        env_id: Id of the catalogue or one of its aliases.
        kwargs: Constructor arguments as JSON values; unknown ones are refused by name.
        render_mode: `rgb_array` where frames are wanted.

    Returns:
        The environment with its time limit and with the observation of `observations.py`.

    Raises:
        EnvironmentNotFoundError: The id is unknown.
        DependencyMissingError: Its package is not installed.
        InvalidInputError: An argument is unknown, of a wrong type or refused.
        UnavailableError: It cannot be drawn here, but frames were asked for.
    """
    environment = listed_environments()[resolve_env_id(env_id).env_id]
    reason = unavailable_reason(environment)
    if reason is not None or environment.spec is None:
        detail = f"{environment.env_id} is not available. {reason}"
        raise DependencyMissingError(detail)
    import_family(environment.family)
    if render_mode is not None:
        _require_rendering(environment)
    checked = check_kwargs(environment.env_id, kwargs or {}, settable_kwargs(environment))
    return _construct(environment, environment.spec, checked, render_mode)


def _require_rendering(environment: ListedEnvironment) -> None:
    entry_point = environment.spec.entry_point if environment.spec else None
    creator = load_env_creator(entry_point) if isinstance(entry_point, str) else entry_point
    if "rgb_array" not in getattr(creator, "metadata", {}).get("render_modes", []):
        raise UnavailableError(f"{environment.env_id} draws no pictures.")
    problem = rendering_problem(environment.family)
    if problem is not None:
        raise UnavailableError(problem, hint="Training works without frames.")


def _construct(
    environment: ListedEnvironment, spec: EnvSpec, kwargs: dict[str, Any], render_mode: str | None
) -> AnyEnv:
    limit = kwargs.pop("max_episode_steps", None) or time_limit(environment)
    observation = _checked_observation(environment, kwargs)
    native = {**constructor_kwargs(environment.family, observation), **kwargs}
    lake_map = native.get("desc")
    if lake_map is not None:
        check_lake_map(lake_map)
    try:
        env: AnyEnv = gym.make(
            spec,
            max_episode_steps=limit,
            disable_env_checker=True,
            render_mode=render_mode,
            **native,
        )
        if environment.env_id in WALKERS:
            env = FreshWorld(env)
        if kwargs:
            _try_one_timestep(env)
        return wrap_observation(env, observation)
    except CONSTRUCTOR_ERRORS as error:
        if not kwargs:
            raise
        raise _refused(environment.env_id, kwargs, error) from error


def _try_one_timestep(env: AnyEnv) -> None:
    """Begin an episode, because some arguments only turn out impossible when it is played."""
    actions = copy.deepcopy(env.action_space)
    actions.seed(0)
    env.reset(seed=0)
    env.step(actions.sample())


def _checked_observation(environment: ListedEnvironment, kwargs: dict[str, Any]) -> str | None:
    allowed = OBSERVATIONS.get(environment.family.id)
    if not allowed:
        return None
    observation = str(kwargs.pop("observation", allowed[0]))
    if observation in allowed:
        return observation
    detail = f"observation must be one of {', '.join(allowed)}, not {observation[:80]!r}."
    problem = FieldProblem("env_kwargs.observation", "not_a_choice", detail)
    raise InvalidInputError(detail, fields=[problem])


def _refused(env_id: str, kwargs: Mapping[str, Any], error: BaseException) -> InvalidInputError:
    names = ", ".join(sorted(kwargs))
    reason = str(error)[:300] or type(error).__name__
    detail = f"{env_id} refuses {names}: {reason}"
    problems = [FieldProblem(f"env_kwargs.{name}", "refused", detail) for name in kwargs]
    return InvalidInputError(detail, fields=problems)
