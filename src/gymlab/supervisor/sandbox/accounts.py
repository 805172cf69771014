"""User ids that belong to nobody, one for each sandbox that root starts."""

import os
from itertools import count
from pathlib import Path

FIRST_UID = 1_000_000_000
SLOTS = 16
"""Sandboxes of one starter that may live at the same time."""
FALLBACK_FIRST_UID = 40_000
_UID_MAP = Path("/proc/self/uid_map")
_numbers = count()


def unique_uid() -> int:
    """Return a user id that no account and no other live sandbox has.

    It is made of the starter's process id, which is unique while it lives, and a slot.
    """
    number = os.getpid() * SLOTS + next(_numbers) % SLOTS
    highest = _highest_uid()
    if highest > FIRST_UID + (1 << 28):
        return FIRST_UID + number
    room = max(1, highest - FALLBACK_FIRST_UID)
    return FALLBACK_FIRST_UID + number % room


def _highest_uid() -> int:
    """Return the largest id that exists in this user namespace (a container may have few)."""
    try:
        lines = _UID_MAP.read_text(encoding="ascii").splitlines()
        return max(int(line.split()[0]) + int(line.split()[2]) - 1 for line in lines)
    except (OSError, ValueError, IndexError):
        return FALLBACK_FIRST_UID
