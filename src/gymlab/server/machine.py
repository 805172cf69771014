"""What this machine has: processor, accelerator, memory, disk."""

import platform
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import psutil

from gymlab.settings import Settings
from gymlab.supervisor.this_machine import cpu_name

DeviceType = Literal["cpu", "cuda", "mps"]
NVIDIA_SMI_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Accelerator:
    """A processor that networks can be computed on."""

    type: DeviceType
    name: str
    memory_bytes: int | None


@cache
def accelerators() -> tuple[Accelerator, ...]:
    """Return what is there beside the CPU."""
    return (*_nvidia(), *_apple())


def _nvidia() -> tuple[Accelerator, ...]:
    if shutil.which("nvidia-smi") is None:
        return ()
    try:
        answer = subprocess.run(
            ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=NVIDIA_SMI_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    found: list[Accelerator] = []
    for line in answer.stdout.splitlines():
        name, _, memory = line.rpartition(",")
        size = int(memory) * 1024**2 if memory.strip().isdecimal() else None
        found.append(Accelerator("cuda", name.strip(), size))
    return tuple(found)


def _apple() -> tuple[Accelerator, ...]:
    if platform.system() != "Darwin" or platform.machine() != "arm64":
        return ()
    return (Accelerator("mps", "Apple GPU", psutil.virtual_memory().total),)


def default_device(settings: Settings) -> Accelerator:
    """Return what a run that asks for `auto` may compute on."""
    cpu = Accelerator("cpu", cpu_name(), psutil.virtual_memory().total)
    wanted = settings.force_device or settings.device
    if wanted == "cpu":
        return cpu
    for found in accelerators():
        if wanted in {"auto", found.type}:
            return found
    return cpu


def has_device(wanted: str) -> bool:
    """Tell whether a device of this type is there."""
    return wanted in {"auto", "cpu"} or any(found.type == wanted for found in accelerators())


def is_accelerated(device: str) -> bool:
    """Tell whether a worker with this device sees an accelerator.

    With `auto` none sees an NVIDIA card, unless its run may use it (`runs/choosing_device.py`).
    """
    if device == "auto":
        return any(found.type != "cuda" for found in accelerators())
    return device != "cpu" and has_device(device)


def available_memory() -> int:
    """Return the bytes that new processes could use."""
    available = psutil.virtual_memory().available
    limit = _control_group_room()
    return min(available, limit) if limit is not None else available


def _control_group_room() -> int | None:
    """Return what a container's memory limit leaves; None without one."""
    base = Path("/sys/fs/cgroup")
    try:
        limit = (base / "memory.max").read_text(encoding="ascii").strip()
        used = int((base / "memory.current").read_text(encoding="ascii"))
        return None if limit == "max" else max(0, int(limit) - used)
    except (OSError, ValueError):
        return None


def free_disk(folder: Path) -> int:
    """Return the free bytes where a folder lies."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0
