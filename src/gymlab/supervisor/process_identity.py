"""Naming a process so that it cannot be mistaken for another one.

A pid alone is reused, so an identity is pid + start time + boot id, and a zombie
counts as dead.
"""

import os
from functools import cache
from pathlib import Path

import psutil

from gymlab.protocol.shim import ProcessIdentity

_BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")
_START_TIME_TOLERANCE_S = 0.005
"""Half a kernel clock tick: start times are counted in ticks."""


@cache
def boot_id() -> str:
    """Return what identifies this boot of the machine."""
    try:
        return _BOOT_ID_FILE.read_text(encoding="ascii").strip()
    except OSError:
        return f"boot-{psutil.boot_time():.0f}"


def start_time_of(pid: int) -> float | None:
    """Return when the process began, in seconds since boot; None when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return _portable_start_time(pid)
    return None if fields[0] in {b"Z", b"X"} else int(fields[19]) / os.sysconf("SC_CLK_TCK")


def _portable_start_time(pid: int) -> float | None:
    if _BOOT_ID_FILE.exists():
        return None
    try:
        process = psutil.Process(pid)
        zombie = process.status() == psutil.STATUS_ZOMBIE
        return None if zombie else process.create_time() - psutil.boot_time()
    except psutil.Error:
        return None


def identity_of(pid: int) -> ProcessIdentity | None:
    """Return the identity of a living process; None when there is none."""
    start_time = start_time_of(pid)
    if start_time is None:
        return None
    return ProcessIdentity(pid=pid, start_time=start_time, boot_id=boot_id())


def own_identity() -> ProcessIdentity:
    """Return the identity of this process."""
    identity = identity_of(os.getpid())
    if identity is None:
        raise ProcessLookupError(os.getpid())
    return identity


def is_alive(identity: ProcessIdentity) -> bool:
    """Tell whether exactly this process still lives; wall-clock jumps do not matter."""
    if identity.boot_id != boot_id():
        return False
    start_time = start_time_of(identity.pid)
    return (
        start_time is not None and abs(start_time - identity.start_time) < _START_TIME_TOLERANCE_S
    )
