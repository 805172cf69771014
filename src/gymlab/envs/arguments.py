"""The constructor arguments of an environment: their defaults, and checks of what a user gives.

An argument arrives as JSON, so it is compared with its default: a flag stays a flag, a number
stays a finite number, a tuple is written as a list, and infinity is written as "inf".
"""

import difflib
import inspect
import math
from collections.abc import Iterator, Mapping
from typing import Any, cast

import gymnasium as gym
from gymnasium.envs.registration import EnvSpec, load_env_creator

from gymlab.errors import FieldProblem, InvalidInputError

_NOT_SETTABLE = frozenset({
    "self",
    "render_mode",
    "game",  # decided by the id
    "mission_space",  # a Python object, made by the environment itself
    "grid_size",  # the `size` of one environment; given twice it only fails
    "xml_file",  # a path on the machine: a run must be complete in its specification
    "model_path",
    "observation_space",
    "default_camera_config",
    "visual_options",
    "camera_id",
    "camera_name",
    "max_geom",
    "wfc_config",
    "sound_obs",
    "verbose",
})
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "size": (2, 50),
    "frame_skip": (1, 100),
    "frameskip": (1, 100),
    "width": (16, 2048),
    "height": (16, 2048),
    "screen_size": (16, 2048),
    "tile_size": (4, 64),
    "agent_view_size": (3, 31),
    "room_size": (3, 50),
    "num_rows": (1, 10),
    "num_cols": (1, 10),
    "num_crossings": (1, 50),
    "n_obstacles": (0, 100),
    "num_dists": (0, 100),
    "numObjs": (1, 50),
    "max_steps": (1, 10_000_000),
    "max_episode_steps": (1, 10_000_000),
    "max_num_frames_per_episode": (1, 10_000_000),
}
"""Bounds that the environments do not check and beyond which they hang or eat all memory."""

_OWN, _OWN_CHECKS = "gymlab/", frozenset({"size"})
"""What our own games check themselves, and say their own range of."""
_PROBABILITIES = ("_probability", "success_rate", "lap_complete_percent")
_INHERITED: Mapping[str, frozenset[str]] = {
    "MiniGridEnv": frozenset({"agent_view_size", "highlight", "tile_size", "agent_pov"}),
    "MujocoEnv": frozenset({"width", "height"}),
}
"""Arguments of base classes that every subclass hands on; others are given by the subclass."""

_INFINITIES = {"inf": math.inf, "-inf": -math.inf}
_MAX_JSON_CHARACTERS = 20_000
_MAX_NUMBER = 1e12


def _parameters(creator: Any) -> Iterator[inspect.Parameter]:
    """Yield the parameters of a constructor and those it hands on to its base classes."""
    if not inspect.isclass(creator):
        yield from inspect.signature(creator).parameters.values()
        return
    is_own = True
    for cls in creator.__mro__:
        if "__init__" not in vars(cls) or cls in {object, gym.Env}:
            continue
        parameters = list(inspect.signature(cls.__init__).parameters.values())
        handed_on = _INHERITED.get(cls.__name__, frozenset())
        yield from (each for each in parameters if is_own or each.name in handed_on)
        is_own = False
        if all(each.kind is not inspect.Parameter.VAR_KEYWORD for each in parameters):
            return


def native_kwargs(spec: EnvSpec) -> dict[str, Any]:
    """Return the settable arguments of a registered environment with their Python defaults."""
    creator = load_env_creator(spec.entry_point) if isinstance(spec.entry_point, str) else None
    found = arguments_of(creator) if creator else {}
    found.update({name: value for name, value in spec.kwargs.items() if name not in _NOT_SETTABLE})
    return found


def arguments_of(creator: Any) -> dict[str, Any]:
    """Return the settable arguments of a constructor with their Python defaults."""
    found: dict[str, Any] = {}
    for parameter in _parameters(creator):
        is_named = parameter.kind in {
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            inspect.Parameter.KEYWORD_ONLY,
        }
        if is_named and parameter.name not in found:
            found[parameter.name] = _default_of(parameter)
    return {name: value for name, value in found.items() if name not in _NOT_SETTABLE}


def _default_of(parameter: inspect.Parameter) -> Any:
    default = parameter.default
    if default is inspect.Parameter.empty:
        return None
    is_whole = isinstance(default, int) and not isinstance(default, bool)
    # `goal_velocity: float = 0` takes 0.5 too.
    return float(default) if is_whole and parameter.annotation in {float, "float"} else default


def to_json(value: Any) -> Any:
    """Write a default the way a user writes it in JSON."""
    if isinstance(value, bool | str | int) or value is None:
        return value
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return next((text for text, number in _INFINITIES.items() if number == value), None)
    if isinstance(value, list | tuple):
        return [to_json(item) for item in cast("list[Any]", value)]
    if isinstance(value, Mapping):
        items = cast("Mapping[Any, Any]", value).items()
        return {str(key): to_json(item) for key, item in items}
    return str(value)


def check_kwargs(
    env_id: str, kwargs: Mapping[str, Any], defaults: Mapping[str, Any]
) -> dict[str, Any]:
    """Check arguments by name and type against the defaults and make them Python values.

    Args:
        env_id: For the message.
        kwargs: What the user gave, from JSON.
        defaults: Settable arguments with their Python defaults.

    Returns:
        The arguments, ready for the constructor.

    Raises:
        InvalidInputError: An argument is unknown, of a wrong type or far too large.
    """
    problems: list[FieldProblem] = []
    checked: dict[str, Any] = {}
    for name, value in kwargs.items():
        problem = _name_problem(env_id, name, defaults) or _size_problem(name, value)
        if problem is None:
            checked[name] = _from_json(value, defaults[name])
            problem = _type_problem(name, checked[name], defaults[name])
            if problem is None and not (env_id.startswith(_OWN) and name in _OWN_CHECKS):
                problem = _bounds_problem(name, checked[name])
        if problem is not None:
            problems.append(problem)
    if problems:
        raise InvalidInputError(problems[0].detail, hint=problems[0].hint, fields=problems)
    return checked


def _name_problem(env_id: str, name: str, defaults: Mapping[str, Any]) -> FieldProblem | None:
    if name in defaults:
        return None
    closest = difflib.get_close_matches(name[:100], list(defaults), n=3, cutoff=0.5)
    known = ", ".join(sorted(defaults)) or "none"
    return FieldProblem(
        field=f"env_kwargs.{name[:100]}",
        code="unknown_argument",
        detail=f"{env_id} takes no argument {name[:100]!r}.",
        hint=f"Did you mean {', '.join(closest)}?" if closest else f"It takes: {known}.",
    )


def _size_problem(name: str, value: Any) -> FieldProblem | None:
    if len(repr(value)) <= _MAX_JSON_CHARACTERS:
        return None
    return FieldProblem(
        field=f"env_kwargs.{name}",
        code="too_large",
        detail=f"{name} is longer than {_MAX_JSON_CHARACTERS} characters.",
    )


def _from_json(value: Any, default: Any) -> Any:
    """Turn the JSON form of a value into the Python form its default has."""
    if isinstance(value, str) and value in _INFINITIES and not isinstance(default, str):
        return _INFINITIES[value]
    if isinstance(value, list):
        items = [_from_json(item, None) for item in cast("list[Any]", value)]
        return tuple(items) if isinstance(default, tuple) else items
    if isinstance(value, int) and not isinstance(value, bool) and isinstance(default, float):
        return float(value) if abs(value) < _MAX_NUMBER else math.inf
    return value


def _type_problem(name: str, value: Any, default: Any) -> FieldProblem | None:
    expected = _expectation(value, default)
    if expected is None:
        return None
    return FieldProblem(
        field=f"env_kwargs.{name}",
        code="wrong_type",
        detail=f"{name} must be {expected}, not {str(value)[:80]!r}.",
        hint=f"The default is {to_json(default)!r}.",
    )


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and -_MAX_NUMBER <= value <= _MAX_NUMBER


def _tuple_expectation(value: Any, default: tuple[Any, ...]) -> str | None:
    items = cast("tuple[Any, ...]", value) if isinstance(value, tuple) else ()
    are_numbers = all(_is_number(item) or item in _INFINITIES.values() for item in items)
    if len(items) == len(default) and are_numbers:
        return None
    return f"a list of {len(default)} numbers"


def _bounds_problem(name: str, value: Any) -> FieldProblem | None:
    bounds = (0.0, 1.0) if name.endswith(_PROBABILITIES) else _BOUNDS.get(name)
    if bounds is None or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    low, high = bounds
    if low <= value <= high:
        return None
    return FieldProblem(
        field=f"env_kwargs.{name}",
        code="out_of_range",
        detail=f"{name} must be from {low:,g} to {high:,g}, not {str(value)[:80]}.",
    )


def _expectation(value: Any, default: Any) -> str | None:
    """Say what a value should have been, or None where it fits."""
    if isinstance(value, float) and math.isnan(value):
        return "a number"
    if default is None:
        return None
    if isinstance(default, tuple):
        return _tuple_expectation(value, cast("tuple[Any, ...]", default))
    is_number = _is_number(value)
    rules: tuple[tuple[type[Any], bool, str], ...] = (
        (bool, isinstance(value, bool), "true or false"),
        (int, is_number and isinstance(value, int), "a whole number"),
        (float, is_number, f"a number of at most {_MAX_NUMBER:,.0f} in size"),
        (str, isinstance(value, str), "a text"),
        (list, isinstance(value, list), "a list"),
        (dict, isinstance(value, dict), "an object"),
    )
    for kind, fits, expected in rules:
        if isinstance(default, kind):
            return None if fits else expected
    return None
