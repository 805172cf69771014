"""Becoming a user that owns nothing, and that no other sandbox is."""

import ctypes
import os

_PR_SET_NO_NEW_PRIVS, _PR_CAPBSET_DROP = 38, 24
_CAPABILITY_VERSION_3 = 0x20080522
_MAX_CAPABILITY = 64


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


def drop_capabilities() -> None:
    """Keep root's name without its power, where no other user could read Python.

    Raises:
        OSError: The kernel refused.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    for number in range(_MAX_CAPABILITY):
        libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    if libc.capset(ctypes.byref(header), ctypes.byref(none)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def forbid_new_privileges() -> None:
    """Let no program that is started ever hold more rights; Landlock and seccomp need it.

    Raises:
        OSError: The kernel refused.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
