"""Finding and ending the process that lives behind bubblewrap."""

import os
import signal
from pathlib import Path

SIGNAL_BASE = 128
"""bubblewrap ends with this and the number of the signal that ended the worker."""


def innermost_descendant(pid: int) -> int | None:
    """Return the worker below bubblewrap's own processes; None while it is not there yet.

    bubblewrap waits outside, is the first process of the namespace, and starts the worker, which
    can start nothing: the grandchild.
    """
    parents = _parents()
    first = {child for child, parent in parents.items() if parent == pid}
    second = [child for child, parent in parents.items() if parent in first]
    return second[0] if len(second) == 1 else None


def worker_returncode(returncode: int, *, is_wrapped: bool) -> int:
    """Return how the worker ended, as `subprocess` would say: negative for a signal."""
    number = returncode - SIGNAL_BASE
    if is_wrapped and number in set(signal.Signals):
        return -number
    return returncode


def _parents() -> dict[int, int]:
    """Return every process's parent (the kernel's own lists of children are often left out)."""
    found: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                status = (folder / "stat").read_bytes()
                found[int(folder.name)] = int(status.rpartition(b")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue
    return found


class Inside:
    """The worker below a wrapper, held so that no other process can be meant."""

    def __init__(self, wrapper: int) -> None:
        """Look for the worker below this process."""
        self._wrapper = wrapper
        self._pid: int | None = None
        self._handle = -1

    @property
    def pid(self) -> int:
        """The worker's process id; the wrapper's until the worker is there."""
        if self._pid is None:
            self._find()
        return self._pid or self._wrapper

    def signal(self, number: int) -> bool:
        """Send a signal to the worker; tell whether it was there."""
        if self._pid is None:
            self._find()
        if self._handle < 0:
            return False
        try:
            signal.pidfd_send_signal(self._handle, number)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Let go of it."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _find(self) -> None:
        pid = innermost_descendant(self._wrapper)
        if pid is None:
            return
        try:
            self._handle = os.pidfd_open(pid)
        except OSError:
            return
        if innermost_descendant(self._wrapper) == pid:
            self._pid = pid
        else:
            self.close()
