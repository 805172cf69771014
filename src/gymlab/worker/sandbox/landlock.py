"""Landlock: the kernel lets this process reach the files it names, and no other.

Three system calls through `ctypes`: make a ruleset of everything that is handled (and so denied),
allow some of it below some paths, restrict. Rights that an older kernel does not know are left
out; seccomp denies what Landlock does not cover: UDP, unix sockets, modes and owners of files.
"""

import ctypes
import os
import stat
from collections.abc import Iterable
from enum import IntFlag

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1
_SCOPE_ABSTRACT_UNIX_SOCKET, _SCOPE_SIGNAL = 1, 2
_NET_BIND_TCP, _NET_CONNECT_TCP = 1, 2
_ABI_REFER, _ABI_TRUNCATE, _ABI_NET, _ABI_IOCTL, _ABI_SCOPE = 2, 3, 4, 5, 6


class Access(IntFlag):
    """Rights on files (`LANDLOCK_ACCESS_FS_*`)."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15


READ = Access.READ_FILE | Access.READ_DIR
SCRATCH = (
    READ
    | Access.WRITE_FILE
    | Access.TRUNCATE
    | Access.MAKE_REG
    | Access.MAKE_DIR
    | Access.REMOVE_FILE
    | Access.REMOVE_DIR
    | Access.REFER
)
"""Ordinary files and folders; no links, pipes, sockets or devices."""
DEVICE = Access.READ_FILE | Access.WRITE_FILE | Access.IOCTL_DEV
NAMES = Access.WRITE_FILE | Access.TRUNCATE
"""Writing anew what is there; nothing can be made."""
_OF_A_FILE = (
    Access.EXECUTE | Access.WRITE_FILE | Access.READ_FILE | Access.TRUNCATE | Access.IOCTL_DEV
)


class LandlockError(OSError):
    """The kernel has no Landlock or refused a rule."""


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def landlock_abi() -> int:
    """Return the kernel's version of Landlock; 0 without it."""
    libc = ctypes.CDLL(None, use_errno=True)
    return max(0, libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_FLAG))


def restrict_files(
    *,
    readable: Iterable[str],
    writable: Iterable[str],
    devices: Iterable[str],
    allows_network: bool,
    renamable: Iterable[str] = (),
) -> None:
    """Deny this thread, and all that it will start, every file but these.

    Args:
        readable: Files and folders that can be read; one that is missing is passed over.
        writable: Folders in which ordinary files can be made, changed and removed.
        devices: Device nodes that can be read and written.
        allows_network: Whether TCP is left to the network namespace.
        renamable: Folders in which files that are there can be written, to give names.

    Raises:
        LandlockError: The kernel refused.
    """
    abi = landlock_abi()
    if abi < 1:
        raise LandlockError(0, "this kernel has no Landlock")
    handled = _known_rights(abi)
    ruleset = _create(abi, handled, allows_network=allows_network)
    try:
        for access, paths in (
            (READ, readable), (SCRATCH, writable), (DEVICE, devices), (NAMES, renamable),
        ):  # fmt: skip
            for path in paths:
                _allow(ruleset, path, access & handled)
        _call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _known_rights(abi: int) -> Access:
    rights = Access(0)
    for right in Access:
        rights |= right
    for needed, right in (
        (_ABI_REFER, Access.REFER),
        (_ABI_TRUNCATE, Access.TRUNCATE),
        (_ABI_IOCTL, Access.IOCTL_DEV),
    ):
        if abi < needed:
            rights &= ~right
    return rights


def _create(abi: int, handled: Access, *, allows_network: bool) -> int:
    network = 0 if allows_network or abi < _ABI_NET else _NET_BIND_TCP | _NET_CONNECT_TCP
    scoped = _SCOPE_ABSTRACT_UNIX_SOCKET | _SCOPE_SIGNAL if abi >= _ABI_SCOPE else 0
    ruleset = _Ruleset(int(handled), network, scoped)
    # An older kernel refuses a structure with fields that it does not know, unless they are zero.
    return _call(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(ctypes.sizeof(ruleset)), 0)


def _allow(ruleset: int, path: str, access: Access) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(parent).st_mode):
            access &= _OF_A_FILE
        rule = _PathBeneath(int(access), parent)
        _call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(parent)


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(number, *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise LandlockError(code, f"Landlock: {os.strerror(code)}")
    return result
