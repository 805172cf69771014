"""Why an episode ended, in the environment's own words where it has some."""

import re
from collections.abc import Mapping
from typing import Any, cast

TERMINATED, TRUNCATED = "terminated", "truncated"
TIME_LIMIT = "time_limit"
CUT_OFF = "cut_off"
"""Somebody, or a reset in its middle, ended the episode."""
REASON_KEYS = ("termination", "termination_reason", "reason")
"""Where an environment may say in its `info` why an episode ended."""
MAX_REASON = 60
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")


def reason_of(info: object, *, terminated: bool) -> str:
    """Return why an episode ended: in the environment's words where it has some.

    Args:
        info: What came with the last transition.
        terminated: Whether the MDP ended; else the episode was cut off.
    """
    if isinstance(info, Mapping):
        given = cast("Mapping[str, Any]", info)
        for key in REASON_KEYS:
            value = given.get(key)
            if isinstance(value, str) and (text := _UNPRINTABLE.sub(" ", value).strip()):
                return text[:MAX_REASON]
    return TERMINATED if terminated else TRUNCATED
