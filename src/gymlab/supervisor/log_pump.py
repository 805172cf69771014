"""Moving what a worker prints into a capped, rotated file."""

import os
from pathlib import Path

MAX_LOG_BYTES = 4 * 1024 * 1024
LOG_FILE = "log.txt"
ROTATED_FILE = "log.1.txt"
MAX_WAITING_BYTES = 1024 * 1024
LOST = b"\n[output was lost while the log could not be written]\n"
READ_BYTES = 64 * 1024


class LogFile:
    """`log.txt`, with one older part; together at most twice `MAX_LOG_BYTES`."""

    def __init__(self, folder: Path, *, written_bytes: int = 0) -> None:
        """Open the file for appending.

        Args:
            folder: The run's folder.
            written_bytes: Bytes written by earlier attempts, rotated-away ones included.
        """
        self._path = folder / LOG_FILE
        self._rotated = folder / ROTATED_FILE
        self._descriptor = _open(self._path)
        self._size = os.fstat(self._descriptor).st_size
        self._waiting = bytearray()
        self.written_bytes = max(written_bytes, self._size)

    @property
    def is_waiting(self) -> bool:
        """Whether something could not be written yet."""
        return bool(self._waiting)

    def write(self, chunk: bytes) -> None:
        """Append; begins a new file when this one is full.

        Raises:
            OSError: The disk is full or failing; the last `MAX_WAITING_BYTES` wait in memory.
        """
        self._waiting += chunk
        too_much = len(self._waiting) - MAX_WAITING_BYTES
        if too_much > 0:
            self._waiting[: too_much + len(LOST)] = LOST
        self.flush()

    def flush(self) -> None:
        """Write what waits.

        Raises:
            OSError: The disk is still full or failing.
        """
        if self._size + len(self._waiting) > MAX_LOG_BYTES:
            self._rotate()
        while self._waiting:
            written = os.pwrite(self._descriptor, self._waiting, self._size)
            del self._waiting[:written]
            self._size += written
            self.written_bytes += written

    def _rotate(self) -> None:
        if self._path.exists():
            self._path.replace(self._rotated)
        descriptor = _open(self._path)
        os.close(self._descriptor)
        self._descriptor, self._size = descriptor, 0

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)


def read_output(descriptor: int) -> bytes | None:
    """Return what the worker printed since the last call; None when its end is closed."""
    try:
        return os.read(descriptor, READ_BYTES) or None
    except BlockingIOError:
        return b""
