"""The files of users' code: their text for tracebacks, and the line that is running."""

import linecache
import traceback
from types import FrameType, TracebackType

_FILES: set[str] = set()


def register(filename: str, source: str) -> None:
    """Let tracebacks show the lines of a file that is on no disk."""
    _FILES.add(filename)
    # No modification time: such an entry is never checked against the disk.
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)


def is_user_file(filename: str) -> bool:
    """Tell whether a file was registered."""
    return filename in _FILES


def running_line(frame: FrameType | None) -> str | None:
    """Return the innermost line of a user's file on a stack, as `file:line`."""
    while frame is not None:
        if frame.f_code.co_filename in _FILES:
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    return None


def is_importing(frame: FrameType | None) -> bool:
    """Tell whether a stack is in the import of a package, asked for by a user's file."""
    while frame is not None and frame.f_code.co_filename not in _FILES:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def raising_line(trace: TracebackType | None) -> str | None:
    """Return the innermost line of a user's file in a traceback, as `file:line`."""
    for frame, number in reversed(list(traceback.walk_tb(trace))):
        if frame.f_code.co_filename in _FILES:
            return f"{frame.f_code.co_filename}:{number}"
    return None


def text_of(line: str | None) -> str:
    """Return what stands in a line given as `file:line`; empty where unknown."""
    if line is None:
        return ""
    filename, _, number = line.rpartition(":")
    return linecache.getline(filename, int(number)).strip()[:200]
