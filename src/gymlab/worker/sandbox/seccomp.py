"""seccomp: system calls that nothing in a worker needs answer EPERM, in every thread, for good.

The filter is a small program for the kernel's packet-filter machine, assembled here and loaded
with `seccomp(2)`. Calls that are known and not listed are allowed; calls newer than the list do
not exist (ENOSYS), and neither do those of another calling convention.

CUDA does not start without three things that are denied otherwise (found on an H100, driver 580):
a unix socket of kind SEQPACKET, `bind` and `listen` on it, under an abstract name, and shared
anonymous pages. `connect` and `accept` stay denied, so that nobody is reached through the socket
and nobody who comes is answered; the watchdog counts the pages by their mappings.
"""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gymlab.protocol.confinement import Profile
from gymlab.worker.sandbox.syscalls import (
    DENIED,
    LAST_KNOWN,
    LOOKED_AT,
    MODES,
    SCHEDULING,
    SOCKETS,
    WAITING,
    Numbers,
)

# Operations of the machine (linux/bpf_common.h): load a word, jump, return.
_LOAD, _RETURN, _AND = 0x20, 0x06, 0x54
_JUMP_EQUAL, _JUMP_GREATER, _JUMP_AT_LEAST, _JUMP_ANY_BIT = 0x15, 0x25, 0x35, 0x45
# What it looks at: struct seccomp_data.
_AT_NUMBER, _AT_ARCHITECTURE, _AT_ARGUMENTS = 0, 4, 16
# What it answers.
_ALLOW, _KILL_PROCESS, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_DENY = _ERRNO | errno.EPERM
_MISSING = _ERRNO | errno.ENOSYS

_SET_MODE_FILTER, _FLAG_ALL_THREADS = 1, 1
_X32_CALLS = 0x40000000
_CLONE_THREAD = 0x00010000
_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10
_SOCK_STREAM, _SOCK_SEQPACKET, _SOCKET_KIND = 1, 5, 0xF
"""A datagram can be sent to any address, past `connect`; these two kinds cannot."""
_PRCTL_DENIED = (22, 35, 36, 59, 62, 0x59616D61)
"""SECCOMP, MM, CHILD_SUBREAPER, SYSCALL_USER_DISPATCH, SCHED_CORE, PTRACER."""
_SHARED_ANONYMOUS = 0x21
_SET_ID_BITS = 0o6000
_SIGNAL_OWNERS = (8, 10, 15)
_SET_PIPE_SIZE, _NOTIFY, _SET_LEASE = 1031, 1026, 1024
_TERMINAL_INPUT = (0x5412, 0x541C)
_IOCTL_OWNERS = (0x8901, 0x8902, 0x5452)
_ARCHITECTURES: Mapping[str, tuple[int, int, int]] = {
    "x86_64": (0, 0xC000003E, 317),
    "aarch64": (1, 0xC00000B7, 277),
}
"""Machine -> column of the table, its name for the kernel, number of `seccomp`."""


class SeccompError(OSError):
    """The kernel has no seccomp, refused the filter, or the processor is not known."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step of the program; jumps are relative to the next one."""

    operation: int
    value: int
    if_true: int = 0
    if_false: int = 0

    def packed(self) -> bytes:
        """Return it as the kernel reads it (`struct sock_filter`)."""
        return struct.pack("=HBBI", self.operation, self.if_true, self.if_false, self.value)


Program = list[Instruction]


def forbid_system_calls(profile: Profile, *, shares_uid: bool, has_card: bool = False) -> None:
    """Load the filter for every thread of this process.

    Args:
        profile: Whether sockets can be made at all.
        shares_uid: Whether modes and times of files need a guard as well.
        has_card: Whether the driver of a graphics card is to work.

    Raises:
        SeccompError: It cannot be loaded.
    """
    program = assemble(
        platform.machine(), os.getpid(), profile, shares_uid=shares_uid, has_card=has_card
    )
    code = b"".join(step.packed() for step in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = _Header(len(program), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    number = _ARCHITECTURES[platform.machine()][2]
    if libc.syscall(number, _SET_MODE_FILTER, _FLAG_ALL_THREADS, ctypes.byref(header)) != 0:
        code_ = ctypes.get_errno()
        raise SeccompError(code_, f"seccomp: {os.strerror(code_)}")


class _Header(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def assemble(
    machine: str, pid: int, profile: Profile, *, shares_uid: bool, has_card: bool = False
) -> Program:
    """Return the program for a processor.

    Args:
        machine: Its name.
        pid: This process.
        profile: Whether sockets can be made at all.
        shares_uid: Whether modes and times of files need a guard as well.
        has_card: Whether the driver of a graphics card is to work.

    Raises:
        SeccompError: The processor is not one of those whose numbers are listed.
    """
    if machine not in _ARCHITECTURES:
        raise SeccompError(errno.ENOSYS, f"no list of system calls for {machine}")
    column, name, _ = _ARCHITECTURES[machine]
    program = [
        Instruction(_LOAD, _AT_ARCHITECTURE),
        Instruction(_JUMP_EQUAL, name, 1, 0),
        Instruction(_RETURN, _KILL_PROCESS),
        Instruction(_LOAD, _AT_NUMBER),
    ]
    if machine == "x86_64":
        program += _when(_JUMP_AT_LEAST, _X32_CALLS, _MISSING)
    program += _when(_JUMP_GREATER, LAST_KNOWN, _MISSING)
    tables = [DENIED]
    tables += [SOCKETS] if profile == "strict" else []
    tables += [WAITING] if profile == "strict" and not has_card else []
    tables += [MODES] if shares_uid else []
    for table in tables:
        for number in _column(table.values(), column):
            program += _when(_JUMP_EQUAL, number, _DENY)
    looked_at = {**_looked_at(pid, profile), **(_scheduling(pid) if shares_uid else {})}
    looked_at |= _of_a_card(profile) if has_card else {}
    for call, body in looked_at.items():
        number = {**LOOKED_AT, **MODES, **SCHEDULING}[call][column]
        if number is not None:
            program += _case(number, body)
    program.append(Instruction(_RETURN, _ALLOW))
    return program


def _looked_at(pid: int, profile: Profile) -> Mapping[str, Program]:
    families = [_AF_UNIX] if profile == "strict" else [_AF_UNIX, _AF_INET, _AF_INET6]
    own = (0, pid)
    return {
        # torch and numpy start threads; glibc falls back to clone when clone3 is missing.
        "clone": [*_argument(0), *_when(_JUMP_ANY_BIT, _CLONE_THREAD, _ALLOW), _answer(_DENY)],
        "clone3": [_answer(_MISSING)],
        "socket": [_answer(_DENY)] if profile == "strict" else _only(0, families),
        # asyncio wakes its own loop through one.
        "socketpair": _sockets_of(_SOCK_STREAM, _SOCK_SEQPACKET),
        "kill": _only(0, [pid]),
        "tgkill": _only(0, [pid]),
        "prlimit64": _only(0, own),
        # Shared anonymous pages stay when they are unmapped from the count of the process.
        "mmap": [
            *_argument(3),
            Instruction(_AND, _SHARED_ANONYMOUS),
            *_when(_JUMP_EQUAL, _SHARED_ANONYMOUS, _DENY),
            _answer(_ALLOW),
        ],
        "chmod": _without_bits(1, _SET_ID_BITS),
        "fchmod": _without_bits(1, _SET_ID_BITS),
        "fchmodat": _without_bits(2, _SET_ID_BITS),
        "fchmodat2": _without_bits(2, _SET_ID_BITS),
        "prctl": _none_of(0, _PRCTL_DENIED),
        "fcntl": _none_of(1, (*_SIGNAL_OWNERS, _SET_PIPE_SIZE, _NOTIFY, _SET_LEASE)),
        "ioctl": _none_of(1, (*_TERMINAL_INPUT, *_IOCTL_OWNERS)),
    }


def _of_a_card(profile: Profile) -> Mapping[str, Program]:
    """Allow what CUDA does not start without."""
    sockets = {"socket": _sockets_of(_SOCK_SEQPACKET)} if profile == "strict" else {}
    return {**sockets, "mmap": [_answer(_ALLOW)]}


def _scheduling(pid: int) -> Mapping[str, Program]:
    """Leave priorities and processors of other processes of the same user alone."""
    own = _only(0, (0, pid))
    # The first argument of `setpriority` says whether a process, a group or a user is meant.
    one_process = [*_argument(0), Instruction(_JUMP_EQUAL, 0, 1, 0), _answer(_DENY)]
    return {
        **dict.fromkeys(
            ("sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr"), own
        ),
        "setpriority": [*one_process, *_only(1, (0, pid))],
    }


def _column(rows: Iterable[Numbers], column: int) -> Sequence[int]:
    return [row[column] for row in rows if row[column] is not None]  # type: ignore[misc]


def _answer(value: int) -> Instruction:
    return Instruction(_RETURN, value)


def _when(jump: int, value: int, answer: int) -> Program:
    return [Instruction(jump, value, 0, 1), _answer(answer)]


def _argument(index: int) -> Program:
    """Load the lower half of an argument (both processors are little-endian)."""
    return [Instruction(_LOAD, _AT_ARGUMENTS + 8 * index)]


def _only(index: int, values: Iterable[int]) -> Program:
    steps = [step for value in values for step in _when(_JUMP_EQUAL, value, _ALLOW)]
    return [*_argument(index), *steps, _answer(_DENY)]


def _sockets_of(*kinds: int) -> Program:
    """Allow unix sockets of some kinds."""
    steps = [step for kind in kinds for step in _when(_JUMP_EQUAL, kind, _ALLOW)]
    is_unix = [*_argument(0), Instruction(_JUMP_EQUAL, _AF_UNIX, 1, 0), _answer(_DENY)]
    return [*is_unix, *_argument(1), Instruction(_AND, _SOCKET_KIND), *steps, _answer(_DENY)]


def _none_of(index: int, values: Iterable[int]) -> Program:
    steps = [step for value in values for step in _when(_JUMP_EQUAL, value, _DENY)]
    return [*_argument(index), *steps, _answer(_ALLOW)]


def _without_bits(index: int, bits: int) -> Program:
    return [*_argument(index), *_when(_JUMP_ANY_BIT, bits, _DENY), _answer(_ALLOW)]


def _case(number: int, body: Program) -> Program:
    return [Instruction(_JUMP_EQUAL, number, 0, len(body)), *body]
