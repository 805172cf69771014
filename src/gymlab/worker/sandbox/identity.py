"""Becoming a user that owns nothing, and that no other sandbox is."""

import ctypes
import os

_PR_SET_NO_NEW_PRIVS = 38


def become(uid: int) -> None:
    """Give up root for good: no group, no capability, no way back.

    Raises:
        OSError: The kernel refused, or something of root is left.
    """
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if os.getresuid() != (uid, uid, uid) or os.getresgid() != (uid, uid, uid) or os.getgroups():
        raise PermissionError(f"something of the old identity is left: {os.getresuid()}")


def forbid_new_privileges() -> None:
    """Let no program that is started ever hold more rights; Landlock and seccomp need it.

    Raises:
        OSError: The kernel refused.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
