"""Where and when something was measured."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypedDict

import psutil

LIBRARIES = ("gymlab", "torch", "stable-baselines3", "gymnasium", "fastapi", "uvicorn")


class Machine(TypedDict):
    """What a reader needs to compare a number with another one."""

    date: str
    cpu: str
    cores: int
    memory_gib: float
    system: str
    load_average: list[float]
    versions: dict[str, str]


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
    )


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
