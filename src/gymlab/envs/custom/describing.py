"""A catalogue entry of a user's environment."""

from typing import Any

from gymlab.domain.code import SourceCode
from gymlab.domain.environments import EnvironmentInfo, ResumeInfo, ResumeLevel
from gymlab.envs.arguments import to_json
from gymlab.envs.custom.finding import EnvClass, environment_class
from gymlab.envs.custom.making import (
    MAX_EPISODE_STEPS,
    make_custom_env,
    metadata_of,
    settable_arguments,
)
from gymlab.envs.docstrings import parse_sections
from gymlab.envs.space_info import describe_space
from gymlab.errors import UnavailableError

FAMILY = "yours"
MAX_SUMMARY = 200
MAX_DOCUMENTATION = 20_000
_RESUME = ResumeInfo(
    level=ResumeLevel.APPROXIMATE,
    reason=(
        "It is code of a user's and may hold more than its random generator and actions. The "
        "episode is repeated; where it arrives elsewhere, a new one begins and the event log "
        "says so."
    ),
)


def describe_custom_env(code: SourceCode, env_id: str) -> EnvironmentInfo:
    """Make the environment once and say what is to be known of it.

    Args:
        code: Its source.
        env_id: What runs name it by.

    Raises:
        UserCodeError: The source fails, or what it makes is no environment.
    """
    cls = environment_class(code)
    env = make_custom_env(code)
    try:
        observed, acted = describe_space(env.observation_space), describe_space(env.action_space)
    finally:
        env.close()
    arguments = settable_arguments(cls)
    documentation = (cls.__doc__ or "")[:MAX_DOCUMENTATION]
    return EnvironmentInfo(
        id=env_id,
        title=code.name or cls.__name__,
        family=FAMILY,
        summary=_summary(cls),
        action_space=acted,
        observation_space=observed,
        max_episode_steps=arguments[MAX_EPISODE_STEPS],
        render_fps=_fps(cls),
        can_render=_can_render(code),
        description=parse_sections(documentation),
        default_kwargs={name: to_json(value) for name, value in arguments.items()},
        resume=_RESUME,
    )


def _summary(cls: EnvClass) -> str:
    own = cls.__dict__.get("__doc__") or ""
    lines = str(own).strip().splitlines()
    return lines[0].strip()[:MAX_SUMMARY] if lines else f"{cls.__name__}, written here."


def _fps(cls: EnvClass) -> float | None:
    value: Any = metadata_of(cls).get("render_fps")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 < value <= 1000 else None


def _can_render(code: SourceCode) -> bool:
    try:
        make_custom_env(code, render_mode="rgb_array").close()
    except UnavailableError:
        return False
    return True
