"""Looking at a worker from outside: is it frozen, is it too large."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from gymlab.supervisor.deaths import Death, frozen, over_memory_limit

CHECK_EVERY_S = 0.1
_HAS_PROC = sys.platform == "linux"
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Watchdog:
    """Finds the deaths that no exit status tells of."""

    def __init__(
        self, pid: Callable[[], int], *, memory_limit_bytes: int, timestep: Callable[[], int]
    ) -> None:
        """Watch the process that `pid` names; `timestep` gives the words their number."""
        self._pid = pid
        self._limit = memory_limit_bytes
        self._timestep = timestep

    def check(self) -> Death | None:
        """Return why the worker must be ended now; None when it is well or gone already."""
        if not _HAS_PROC:
            return None
        try:
            pid = self._pid()
            state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
            pages = int(Path(f"/proc/{pid}/statm").read_bytes().split()[1])
        except (OSError, IndexError):
            return None
        if state in {b"T", b"t"}:
            return frozen(self._timestep())
        if pages * _PAGE_BYTES > self._limit:
            return over_memory_limit(self._limit, self._timestep())
        return None
