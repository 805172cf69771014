"""Where and when something was measured."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NotRequired, TypedDict

import psutil

LIBRARIES = (
    "gymlab", "torch", "stable-baselines3", "sbx-rl", "gymnasium", "envpool", "jax", "fastapi",
    "uvicorn",
)  # fmt: skip
_ASK_FOR_CARDS = ("nvidia-smi", "--query-gpu=name", "--format=csv,noheader")
_ASKING_TIMEOUT_S = 20.0


class Machine(TypedDict):
    """What a reader needs to compare a number with another one."""

    date: str
    cpu: str
    cores: int
    memory_gib: float
    system: str
    load_average: list[float]
    versions: dict[str, str]
    gpus: NotRequired[list[str]]
    """Names of the graphics cards that were found; absent where nobody looked."""


def this_machine() -> Machine:
    """Describe the machine now."""
    return Machine(
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        cpu=_cpu_name(),
        cores=os.cpu_count() or 1,
        memory_gib=round(psutil.virtual_memory().total / 2**30, 1),
        system=f"{platform.system()} {platform.release()}",
        load_average=[round(value, 2) for value in psutil.getloadavg()],
        versions={"python": platform.python_version(), **_versions()},
        gpus=list(_gpus()),
    )


def gpu_text(machine: Machine) -> str:
    """Say which graphics cards the machine has."""
    gpus = machine.get("gpus")
    if gpus is None:
        return "nobody looked for a GPU"
    return f"GPU: {', '.join(gpus)}" if gpus else "no GPU found"


@cache
def _gpus() -> tuple[str, ...]:
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return ("Apple GPU",)
    try:
        done = subprocess.run(
            _ASK_FOR_CARDS, capture_output=True, text=True, check=True, timeout=_ASKING_TIMEOUT_S
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in done.stdout.splitlines() if line.strip())


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
