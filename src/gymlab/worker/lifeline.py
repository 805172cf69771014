"""A worker never outlives its shim."""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Ask the kernel to end this process when its parent dies.

    The closed socket says the same, but only to a process that can still run Python: native
    code that hangs with the interpreter lock held never looks at it. Linux only.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
