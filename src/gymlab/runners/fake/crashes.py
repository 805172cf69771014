"""Ways to fail on purpose."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import NoReturn

import numpy as np

from gymlab.runners.fake.config import CrashKind

EXIT_CODE = 3


class DeliberateError(Exception):
    """The exception that was asked for."""


def crash(kind: CrashKind, timestep: int) -> NoReturn:
    """Fail in the given way; never returns.

    Raises:
        DeliberateError: The kind is `exception`.
    """
    sys.stdout.flush()
    _CRASHES[kind](timestep)
    raise DeliberateError(f"asked to fail at timestep {timestep}")


def _exit(_timestep: int) -> None:
    os._exit(EXIT_CODE)


def _segv(_timestep: int) -> None:
    ctypes.string_at(0)


def _kill(_timestep: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _hang(_timestep: int) -> None:
    # PyDLL keeps the interpreter lock during the call, so no thread of the process can answer.
    ctypes.PyDLL(None).pause()


def _stall(_timestep: int) -> None:
    while True:
        time.sleep(3600)


def _allocate(_timestep: int) -> None:
    np.empty(2**50, dtype=np.float64)


def _nothing(_timestep: int) -> None:
    return


_CRASHES: dict[CrashKind, Callable[[int], None]] = {
    CrashKind.EXCEPTION: _nothing,
    CrashKind.EXIT: _exit,
    CrashKind.SEGV: _segv,
    CrashKind.KILL: _kill,
    CrashKind.HANG: _hang,
    CrashKind.STALL: _stall,
    CrashKind.OOM: _allocate,
}
