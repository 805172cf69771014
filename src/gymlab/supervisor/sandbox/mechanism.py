"""Which mechanisms this machine offers, found by trying them once in each process."""

import ctypes
import os
import platform
import stat
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gymlab.supervisor.sandbox.apparmor import start_fix
from gymlab.supervisor.sandbox.bubblewrap import (
    Mounts,
    UnsafeBubblewrapError,
    bubblewrap_arguments,
    find_bubblewrap,
    install_hint,
)
from gymlab.supervisor.sandbox.tiers import Tier
from gymlab.supervisor.sandbox.view import python_roots, readable_roots, scratch_path

PROBE_TIMEOUT_S = 10.0
PROCESSORS = ("x86_64", "aarch64")
_LANDLOCK_CREATE_RULESET, _LANDLOCK_VERSION = 444, 1


@dataclass(frozen=True, slots=True)
class Mechanism:
    """What a worker is confined with."""

    tier: Tier
    program: str | None = None
    """bubblewrap, where it works."""
    becomes_another: bool = False
    """Whether the worker takes a user id of its own, which only root can give it."""
    confines: bool = False
    """Whether the kernel has Landlock and seccomp."""
    problem: str | None = None
    """Why it is not better."""
    fix: str | None = None
    """What to do for better."""


@cache
def best_mechanism() -> Mechanism:
    """Return the strongest that works here."""
    missing = _missing_in_the_kernel()
    if missing is not None:
        return missing
    is_root = os.geteuid() == 0
    try:
        program = find_bubblewrap()
    except UnsafeBubblewrapError as error:
        return _without_namespaces(str(error), f"Replace it: {install_hint()}")
    if program is None:
        return _without_namespaces("bubblewrap is not installed", install_hint())
    problem = bubblewrap_problem(program, is_root=is_root)
    if problem is not None:
        return _without_namespaces(f"bubblewrap cannot start: {problem}", start_fix(program))
    return Mechanism(Tier.ISOLATED, program=program, becomes_another=is_root, confines=True)


def _missing_in_the_kernel() -> Mechanism | None:
    if sys.platform != "linux":
        return Mechanism(Tier.NONE, problem=f"there is no sandbox for {platform.system()}")
    if platform.machine() not in PROCESSORS:
        return Mechanism(Tier.NONE, problem=f"there is no sandbox for {platform.machine()}")
    if landlock_abi() < 1:
        fix = "Use Linux 5.13 or newer with `landlock` in its `lsm=` list."
        return Mechanism(Tier.NONE, problem="the kernel has no Landlock", fix=fix)
    return None


def landlock_abi() -> int:
    """Return the kernel's version of Landlock; 0 without it."""
    libc = ctypes.CDLL(None, use_errno=True)
    answer = libc.syscall(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    return max(0, answer)


def bubblewrap_problem(program: str, *, is_root: bool) -> str | None:
    """Start a program that does nothing in a sandbox; return why that fails."""
    mounts = Mounts(readable_roots(), scratch_path())
    arguments = bubblewrap_arguments(program, mounts, is_root=is_root)
    try:
        answer = subprocess.run(
            [*arguments, "/bin/true"],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=PROBE_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if answer.returncode == 0:
        return None
    lines = answer.stderr.strip().splitlines()
    return lines[-1] if lines else f"it ended with code {answer.returncode}"


def _without_namespaces(problem: str, fix: str | None) -> Mechanism:
    if os.geteuid() != 0:
        return Mechanism(Tier.SINGLE_USER, confines=True, problem=problem, fix=fix)
    closed = closed_folder(python_roots())
    if closed is None:
        return Mechanism(
            Tier.REDUCED, becomes_another=True, confines=True, problem=problem, fix=fix
        )
    problem = f"{problem}, and no other user can enter {closed}, below which Python lies"
    return Mechanism(Tier.SINGLE_USER, confines=True, problem=problem, fix=fix)


def closed_folder(roots: Iterable[str]) -> str | None:
    """Return a folder above one of these that only its owner can enter; None where all are open."""
    for root in roots:
        for folder in (Path(root), *Path(root).parents):
            if not folder.stat().st_mode & stat.S_IXOTH:
                return str(folder)
    return None
