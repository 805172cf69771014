"""Naming the machine, so that a figure measured on another one is never taken for its own."""

import hashlib
import os
import platform
from functools import cache
from pathlib import Path

import psutil

_GIB = 1024**3
_NVIDIA = Path("/proc/driver/nvidia/gpus")


@cache
def cpu_name() -> str:
    """Return the processor's name."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def cpu_count() -> int:
    """Return the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def machine_key() -> str:
    """Return a short hash of what decides speed: processor, cores, memory, graphics cards.

    No name and no number of the machine goes into it: a container that was started anew is
    the same machine.
    """
    memory_gib = round(psutil.virtual_memory().total / _GIB)
    parts = [platform.system(), platform.machine(), cpu_name(), str(cpu_count()), str(memory_gib)]
    return hashlib.sha256("\n".join([*parts, *_graphics_cards()]).encode()).hexdigest()[:16]


def _graphics_cards() -> list[str]:
    try:
        return sorted(
            line.partition(":")[2].strip()
            for card in _NVIDIA.iterdir()
            for line in (card / "information").read_text(encoding="utf-8").splitlines()
            if line.startswith("Model")
        )
    except OSError:
        return []
