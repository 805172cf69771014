"""The catalogue: every environment that is installed, as data.

The server never imports Gymnasium; it shows what this module says. Environments are made for
it, because their spaces are only known then, except for Atari, where that would take ten
seconds (see `atari.py`).
"""

import ast
import inspect
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import gymnasium as gym
from gymnasium import spaces

from gymlab.domain.environments import (
    ActionMeaning,
    EnvironmentInfo,
    GameInfo,
    NamedMeaning,
)
from gymlab.envs import atari
from gymlab.envs.aliases import aliases_of
from gymlab.envs.arguments import to_json
from gymlab.envs.docstrings import action_meanings, observation_table, parse_sections
from gymlab.envs.families import ATARI, FAMILIES, MINIGRID
from gymlab.envs.game import Game, game_of
from gymlab.envs.making import (
    CONSTRUCTOR_ERRORS,
    ListedEnvironment,
    listed_environments,
    make_env,
    resolve_env_id,
    settable_kwargs,
    time_limit,
    unavailable_reason,
)
from gymlab.envs.registration import import_family, missing_module
from gymlab.envs.rendering import rendering_problem
from gymlab.envs.space_info import describe_space
from gymlab.envs.state.levels import resume_info
from gymlab.envs.titles import fitting_meanings, summary_of, title_of
from gymlab.errors import LabError


def describe_environments() -> list[EnvironmentInfo]:
    """Describe every environment of the catalogue, family by family."""
    order = list(FAMILIES)
    listed = sorted(
        listed_environments().values(),
        key=lambda environment: order.index(environment.family.id),
    )
    return [_describe(environment) for environment in listed]


def describe_environment(env_id: str) -> EnvironmentInfo:
    """Describe one environment, which may be named by an alias.

    Raises:
        EnvironmentNotFoundError: The id is unknown.
    """
    return _describe(listed_environments()[resolve_env_id(env_id).env_id])


def _describe(environment: ListedEnvironment) -> EnvironmentInfo:
    is_game = environment.family is ATARI
    facts = _facts_of_game(environment) if is_game else _facts_of_docstring(environment)
    reason = unavailable_reason(environment)
    if reason is None:
        try:
            facts |= _facts_when_available(environment, facts["action_meanings"])
        except (LabError, *CONSTRUCTOR_ERRORS) as error:
            # One broken package must not empty the whole catalogue.
            reason = f"It cannot be made here: {type(error).__name__}: {str(error)[:300]}"
    spec = environment.spec
    return EnvironmentInfo.model_validate({
        "id": environment.env_id,
        "family": environment.family.id,
        "reward_threshold": spec.reward_threshold if spec else None,
        "available": reason is None,
        "unavailable_reason": reason,
        "aliases": aliases_of(environment.env_id, listed_environments()),
        "action_space": None,
        "observation_space": None,
        "resume": resume_info(environment.family),
        **facts,
    })


def _facts_when_available(
    environment: ListedEnvironment, parsed_meanings: list[ActionMeaning]
) -> dict[str, Any]:
    import_family(environment.family)
    is_game = environment.family is ATARI
    facts = _facts_of_default_game(environment) if is_game else _facts_of_instance(environment)
    facts["action_meanings"] = fitting_meanings(
        environment.env_id, parsed_meanings, facts["action_space"]
    )
    facts["default_kwargs"] = {
        name: to_json(value) for name, value in settable_kwargs(environment).items()
    }
    return facts


def _facts_of_game(environment: ListedEnvironment) -> dict[str, Any]:
    title = title_of(environment.env_id)
    game = atari.known_games().get(environment.env_id)
    if game is None:
        summary = f"Play {title} on an Atari 2600 from its screen."
        return {"title": title, "summary": summary, "action_meanings": []}
    return {
        "title": title,
        "summary": f"Play {title} on an Atari 2600 from its screen.",
        "description": atari.describe_game(title, game),
        "action_meanings": atari.action_meanings_of(game),
    }


def _facts_of_default_game(environment: ListedEnvironment) -> dict[str, Any]:
    spec = environment.spec
    game = atari.known_games().get(environment.env_id)
    if game is None and spec is not None:
        game = atari.read_game(spec)
    num_actions = len(game.actions) if game else 18
    return {
        "action_space": describe_space(spaces.Discrete(num_actions)),
        "observation_space": describe_space(atari.observation_space_of()),
        "render_fps": atari.EMULATED_FRAMES_PER_SECOND / atari.FRAME_SKIP,
        "max_episode_steps": atari.MAX_EPISODE_STEPS,
    }


def _facts_of_docstring(environment: ListedEnvironment) -> dict[str, Any]:
    title = title_of(environment.env_id)
    sections = parse_sections(_docstring_of(environment))
    return {
        "title": title,
        "summary": summary_of(environment.env_id, title, sections),
        "description": sections,
        "action_meanings": action_meanings(sections),
        "observation_table": observation_table(sections),
    }


def _facts_of_instance(environment: ListedEnvironment) -> dict[str, Any]:
    env = make_env(environment.env_id)
    try:
        modes = env.metadata.get("render_modes", [])
        can_draw = "rgb_array" in modes and rendering_problem(environment.family) is None
        return {
            "action_space": describe_space(env.action_space),
            "observation_space": describe_space(env.observation_space),
            "render_fps": env.metadata.get("render_fps"),
            "can_render": can_draw,
            "max_episode_steps": time_limit(environment) or _own_limit(environment, env),
            "game": _game_info(game_of(env)),
        }
    finally:
        env.close()


def _game_info(game: Game[Any, Any] | None) -> GameInfo | None:
    if game is None:
        return None

    def named(meanings: Mapping[str, str]) -> list[NamedMeaning]:
        return [NamedMeaning(name=name, meaning=text) for name, text in meanings.items()]

    return GameInfo(
        events=named(game.EVENTS),
        measures=named(game.MEASURES),
        terminations=named(game.TERMINATIONS),
    )


def _own_limit(environment: ListedEnvironment, env: gym.Env[Any, Any]) -> int | None:
    """Return the limit that a level of MiniGrid enforces itself; 0 means it differs by episode."""
    if environment.family is not MINIGRID:
        return None
    return int(getattr(env.unwrapped, "max_steps", 0)) or None


def _docstring_of(environment: ListedEnvironment) -> str | None:
    entry_point = environment.spec.entry_point if environment.spec else None
    if not isinstance(entry_point, str):
        return None
    module_name, _, class_name = entry_point.partition(":")
    if missing_module(environment.family) is None:
        import_family(environment.family)
    try:
        return inspect.getdoc(getattr(import_module(module_name), class_name))
    except CONSTRUCTOR_ERRORS:
        return _docstring_in_source(module_name, class_name)


def _docstring_in_source(module_name: str, class_name: str) -> str | None:
    """Read a docstring from a file that cannot be imported, so that a grey entry has its text."""
    package, *parts = module_name.split(".")
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        return None
    path = Path(found.submodule_search_locations[0], *parts).with_suffix(".py")
    if not path.is_file():
        return None
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings: Mapping[str, str | None] = {
        node.name: ast.get_docstring(node) for node in tree.body if isinstance(node, ast.ClassDef)
    }
    return docstrings.get(class_name)
