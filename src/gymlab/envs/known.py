"""Levels of MiniGrid that the catalogue names even where the package is missing or incomplete."""

import json
from functools import cache
from importlib.resources import files

from gymlab.envs.families import MINIGRID, Family

_PATTERN_LEVELS = "MiniGrid-WFC-"


@cache
def known_levels() -> dict[str, Family]:
    """Return the ids of MiniGrid and BabyAI, from the data file."""
    text = files("gymlab.envs").joinpath("minigrid_levels.json").read_text(encoding="utf-8")
    return dict.fromkeys(json.loads(text), MINIGRID)


@cache
def unavailable_level(env_id: str) -> str | None:
    """Return why an installed level cannot be made, or None.

    The wave-function-collapse levels read pattern pictures that the wheel does not contain.
    """
    if not env_id.startswith(_PATTERN_LEVELS):
        return None
    patterns = files("minigrid").joinpath("envs", "wfc", "patterns")
    if patterns.is_dir():
        return None
    return (
        "The published minigrid package lacks the pattern pictures this level is generated "
        "from; they are in its source repository."
    )
