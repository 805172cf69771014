"""The watchdog of a worker's shim, for a worker that a test started."""

import os
import signal
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psutil

from gymlab.supervisor.deaths import Death
from gymlab.supervisor.sandbox.inside import Inside
from gymlab.supervisor.sandbox.view import scratch_path
from gymlab.supervisor.watchdog import CHECK_EVERY_S, Scratch, Watchdog

MEMORY_LIMIT_BYTES = 512 * 1024 * 1024


@contextmanager
def guarded(
    process: "subprocess.Popen[bytes]",
    scratch: Path,
    *,
    is_wrapped: bool,
    memory_limit_bytes: int = MEMORY_LIMIT_BYTES,
) -> Generator[list[Death]]:
    """Watch a process as a shim does; the list gets the reason for which it was ended."""
    inside = Inside(process.pid) if is_wrapped else None

    def pid() -> int:
        return inside.pid if inside is not None else _last_child(process.pid)

    def where() -> Scratch | None:
        if inside is None:
            return Scratch(scratch, is_own_file_system=False)
        if inside.pid == process.pid:
            return None
        return Scratch(Path(f"/proc/{inside.pid}/root{scratch_path()}"), is_own_file_system=True)

    watchdog = Watchdog(
        pid,
        memory_limit_bytes=memory_limit_bytes,
        timestep=lambda: 0,
        scratch=where,
        has_user_code=True,
    )
    deaths: list[Death] = []
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(CHECK_EVERY_S):
            if (death := watchdog.check()) is not None:
                deaths.append(death)
                os.kill(pid(), signal.SIGKILL)
                return

    thread = threading.Thread(target=watch, name="guard")
    thread.start()
    try:
        yield deaths
    finally:
        is_over.set()
        thread.join()
        if inside is not None:
            inside.close()


def _last_child(pid: int) -> int:
    """Return the process at the end of a chain of only children."""
    descendants = psutil.Process(pid).children(recursive=True)
    return descendants[-1].pid if descendants else pid
