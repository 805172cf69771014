"""Positions in a log that is rotated while it is read."""

from dataclasses import dataclass
from pathlib import Path

from gymlab.supervisor.log_pump import LOG_FILE, ROTATED_FILE

MAX_INCOMPLETE_BYTES = 3


@dataclass(frozen=True, slots=True)
class LogExtent:
    """Which bytes of a log, counted from its beginning, are still there."""

    rotated_start: int
    current_start: int
    end: int


class LogFiles:
    """The two files of one run's log."""

    def __init__(self, folder: Path) -> None:
        """Look at the log in this folder."""
        self._current = folder / LOG_FILE
        self._rotated = folder / ROTATED_FILE
        self._inode = 0
        self._start = 0

    def extent(self, written_bytes: int) -> LogExtent:
        """Return what is there now.

        Args:
            written_bytes: Bytes written since the run began, as its shim last said.
        """
        inode, size = _inode_and_size(self._current)
        rotated_inode, rotated_size = _inode_and_size(self._rotated)
        if rotated_inode == 0:
            start = 0
        elif inode == self._inode:
            start = self._start
        elif rotated_inode == self._inode:
            start = self._start + rotated_size
        else:
            start = max(0, written_bytes - size)
        self._inode, self._start = inode, start
        return LogExtent(max(0, start - rotated_size), start, start + size)

    def read(self, extent: LogExtent, position: int, limit: int) -> tuple[int, bytes]:
        """Return up to `limit` bytes from a position on, and where they really begin.

        Ends between two characters.
        """
        position = max(position, extent.rotated_start)
        in_rotated = position < extent.current_start
        path, start, end = (
            (self._rotated, extent.rotated_start, extent.current_start)
            if in_rotated
            else (self._current, extent.current_start, extent.end)
        )
        try:
            with path.open("rb") as file:
                file.seek(position - start)
                content = file.read(min(limit, max(0, end - position)))
        except OSError:
            return position, b""
        return position, _whole_characters(content)


def _inode_and_size(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_ino, status.st_size


def _whole_characters(content: bytes) -> bytes:
    for back in range(1, min(MAX_INCOMPLETE_BYTES, len(content)) + 1):
        byte = content[-back]
        if byte < 0x80:
            break
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return content[:-back] if back < needed else content
    return content
