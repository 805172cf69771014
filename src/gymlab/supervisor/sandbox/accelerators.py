"""The GPU profile: device nodes and what a driver reads, for a run that computes on a card.

A driver is a large part of the kernel that any process with its nodes can talk to, so no worker
sees them unless its run asks for `device: cuda` or, with the device left open, may use the card. CUDA does not start without a little more, which
such a worker is given too: `worker/sandbox/seccomp.py` and `boot.py` say what, and why.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NODES = (
    "dev/nvidiactl",
    "dev/nvidia[0-9]*",
    "dev/nvidia-uvm",
    "dev/nvidia-caps/*",
    "dev/dxg",
)
"""Character devices of NVIDIA's driver, and of Windows' own for Linux programs. Those for profilers
and screens are left out: computing does without."""
READ_BY_DRIVERS = (
    "sys/module/nvidia",
    "sys/module/nvidia_uvm",
    "sys/bus/pci/devices",
    "sys/devices/pci*",
    "usr/lib/wsl",
    "proc/devices",
    "proc/driver/nvidia",
    "proc/sys/vm/mmap_min_addr",
)
"""What the user's part of the driver reads: its version, and where cards are plugged in."""


@dataclass(frozen=True, slots=True)
class Accelerator:
    """What a worker gets for computing on a GPU."""

    devices: tuple[str, ...]
    """Nodes that it may read, write and control."""
    readable: tuple[str, ...]
    """Files and folders that it may read."""


def cuda_accelerator(root: Path = Path("/")) -> Accelerator | None:
    """Return what CUDA needs here; None where no card can be computed on.

    Args:
        root: Where the machine's files are.
    """
    devices = tuple(path for path in _found(root, NODES) if (root / path[1:]).is_char_device())
    has_card = any(path.removeprefix("/dev/nvidia").isdecimal() for path in devices)
    if not has_card and "/dev/dxg" not in devices:
        return None
    return Accelerator(devices, tuple(_found(root, READ_BY_DRIVERS)))


def asks_for_cuda(spec: Mapping[str, Any]) -> bool:
    """Tell whether a run's specification needs the profile."""
    device = spec.get("device")
    return device == "cuda" or (device == "auto" and bool(spec.get("may_use_card")))


def accelerator_of(spec: Mapping[str, Any]) -> Accelerator | None:
    """Return what the worker of a run gets; None where it asks for no card or there is none."""
    return cuda_accelerator() if asks_for_cuda(spec) else None


def _found(root: Path, patterns: tuple[str, ...]) -> Iterator[str]:
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            yield f"/{path.relative_to(root)}"
