"""What a shim can find out about a user's code when the worker that ran it is gone.

A worker that dies says no last word. Two traces remain: a page of memory that both processes see,
in which the worker notes that user code is running and since which timestep, and the account that
Python's fault handler writes to the log.
"""

import mmap
import re
import struct
from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """Where user code runs."""

    IMPORT = "import"
    CONSTRUCTOR = "constructor"
    RESET = "reset"
    STEP = "step"
    REWARD = "reward"
    RENDER = "render"
    EVALUATE = "evaluate"


PLACES = tuple(Place)
MARKER_BYTES = 4096
"""Size of the shared page."""
PLACE_WORD, TIMESTEP_WORD = 0, 1
"""Positions in the page, in words of 64 bits: 1 + index into `PLACES` (0: none), and timesteps."""
MAX_TIMESTEP = 2**53
"""What is read as no more than this: a worker can write anything."""
USER_FILES = ("reward", "environment", "evaluation")
"""A user's file is named `<reward>`, or `<environment/part.py>` where there are several."""

_NAME = rf"<(?:{'|'.join(USER_FILES)})(?:/[^>\n]{{1,200}})?>"
_FRAME = re.compile(rf'File "({_NAME})", line (\d{{1,9}})')
_ALARM = re.compile(r"^Timeout \(\d+:\d\d:\d\d(?:\.\d+)?\)!$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class UserCodeMoment:
    """User code was running."""

    place: Place
    timestep: int
    """Timesteps of training done when it was called."""


Page = bytes | bytearray | memoryview | mmap.mmap


def read_marker(page: Page) -> UserCodeMoment | None:
    """Return what the page says; None while no user code runs. The page is hostile input."""
    if len(page) < 16:
        return None
    place, timestep = struct.unpack_from("=QQ", page)
    if not 1 <= place <= len(PLACES):
        return None
    return UserCodeMoment(PLACES[place - 1], min(timestep, MAX_TIMESTEP))


def read_marker_timestep(page: Page) -> int:
    """Return the timesteps that the page says were done, whether user code runs or not."""
    return min(struct.unpack_from("=QQ", page)[1], MAX_TIMESTEP) if len(page) >= 16 else 0


def was_deaf(log: str) -> bool:
    """Tell whether the fault handler ended an interpreter that let no other thread run.

    Args:
        log: The end of what the worker printed.
    """
    alarms = list(_ALARM.finditer(log))
    return bool(alarms) and alarms[-1].start() > log.rfind("Fatal Python error")


def line_of_crash(log: str) -> str | None:
    """Return the innermost line of a user's file in the fault handler's account, as `file:line`.

    Args:
        log: The end of what the worker printed.
    """
    # Frames come innermost first, and the account of a crash is the last thing written.
    start = max(log.rfind("Fatal Python error"), log.rfind("Timeout ("))
    found = _FRAME.search(log, start) if start >= 0 else None
    return f"{found[1]}:{found[2]}" if found else None
