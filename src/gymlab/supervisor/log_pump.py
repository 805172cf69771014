"""Moving what a worker prints into a capped, rotated file."""

import os
from pathlib import Path
from typing import IO

MAX_LOG_BYTES = 4 * 1024 * 1024
LOG_FILE = "log.txt"
ROTATED_FILE = "log.1.txt"
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
        self._file: IO[bytes] = self._path.open("ab")
        self._size = self._path.stat().st_size
        self.written_bytes = max(written_bytes, self._size)

    def write(self, chunk: bytes) -> None:
        """Append; begins a new file when this one is full."""
        if self._size + len(chunk) > MAX_LOG_BYTES:
            self._file.close()
            self._path.replace(self._rotated)
            self._file = self._path.open("ab")
            self._size = 0
        self._file.write(chunk)
        self._file.flush()
        self._size += len(chunk)
        self.written_bytes += len(chunk)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_output(descriptor: int) -> bytes | None:
    """Return what the worker printed since the last call; None when its end is closed."""
    try:
        return os.read(descriptor, READ_BYTES) or None
    except BlockingIOError:
        return b""
