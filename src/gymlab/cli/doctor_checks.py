"""The checks of `gymlab doctor`: each looks at one thing and says how to mend it."""

import json
import platform
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import gymlab
from gymlab.cli.port_owner import owner_of_port
from gymlab.cli.running_server import running_server
from gymlab.settings import Settings
from gymlab.supervisor.sandbox.accelerators import cuda_accelerator
from gymlab.supervisor.sandbox.command import worker_command
from gymlab.supervisor.sandbox.detection import detect
from gymlab.supervisor.sandbox.self_test import SNIPPET_MODULE

STATIC_PAGE = Path(gymlab.__file__).parent / "server" / "static" / "index.html"
MIN_PYTHON = (3, 11)
SAFE_SQLITE = (3, 51, 3)
LOW_DISK_BYTES = 2 * 1024**3
NO_DISK_BYTES = 200 * 1024**2
PROBE_TIMEOUT_S = 120.0
OTHER_FOLDER = "Choose another folder with GYMLAB_HOME=..."
_TORCH_PROBE = """
import json, torch
cuda = torch.cuda.is_available()
mps = torch.backends.mps.is_available()
print(json.dumps({
    "version": torch.__version__,
    "device": "cuda" if cuda else "mps" if mps else "cpu",
    "name": torch.cuda.get_device_name(0) if cuda else "",
    "threads": torch.get_num_threads(),
}))
"""


class Verdict(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw."""

    name: str
    verdict: Verdict
    detail: str
    fix: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def check_python(_settings: Settings) -> Finding:
    """Look at the interpreter's version."""
    detail = f"{platform.python_version()} at {sys.executable}"
    if sys.version_info < MIN_PYTHON:
        return Finding("Python", Verdict.ERROR, detail, "Install Python 3.11 or newer.")
    return Finding("Python", Verdict.OK, detail)


@cache
def probe_torch(python: str = sys.executable) -> dict[str, Any] | str:
    """Import torch in a process of its own; return what it says, or why it could not."""
    try:
        answer = subprocess.run(
            [python, "-c", _TORCH_PROBE],
            capture_output=True,
            text=True,
            check=False,
            timeout=PROBE_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        return f"importing it took over {PROBE_TIMEOUT_S:.0f} s"
    if answer.returncode != 0:
        lines = answer.stderr.strip().splitlines()
        return lines[-1] if lines else f"its import ended with code {answer.returncode}"
    return json.loads(answer.stdout.strip().splitlines()[-1])


def probe_torch_confined() -> dict[str, Any] | str:
    """Import torch in the sandbox of a run with `device: cuda`; return what it says there, or why not."""
    with tempfile.TemporaryDirectory() as scratch:
        command = worker_command(
            [], scratch=Path(scratch), module=SNIPPET_MODULE, accelerator=cuda_accelerator()
        )
        try:
            answer = subprocess.run(
                command.arguments,
                input=_TORCH_PROBE,
                env=command.environment,
                cwd=scratch,
                capture_output=True,
                text=True,
                check=False,
                timeout=PROBE_TIMEOUT_S,
            )
        except subprocess.TimeoutExpired:
            return f"importing it took over {PROBE_TIMEOUT_S:.0f} s"
    try:
        return json.loads(answer.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        lines = answer.stderr.strip().splitlines()
        return lines[-1] if lines else f"its import ended with code {answer.returncode}"


def check_torch(_settings: Settings) -> Finding:
    """See whether torch can be imported."""
    found = probe_torch()
    if isinstance(found, str):
        fix = "Run `make setup`, or `pip install torch==2.13.0`."
        return Finding("torch", Verdict.ERROR, f"cannot be used: {found}", fix)
    return Finding("torch", Verdict.OK, str(found["version"]))


def check_device(settings: Settings) -> Finding:
    """Say what networks are computed on, and whether a forced device exists."""
    found = probe_torch()
    if isinstance(found, str):
        return Finding("device", Verdict.ERROR, "unknown without torch", "Mend torch first.")
    device = str(found["device"])
    wanted = settings.force_device or settings.device
    if wanted not in {"auto", "cpu", device}:
        fix = f"Unset GYMLAB_DEVICE and FORCE_DEVICE, or install a torch that has {wanted}."
        return Finding("device", Verdict.ERROR, f"{wanted} is asked for, torch has {device}", fix)
    if device == "cpu":
        detail = "cpu: small networks train as fast as on a GPU; images take long"
        return Finding("device", Verdict.OK, detail)
    detail = f"{device} {found['name']}".strip()
    inside = probe_torch_confined()
    if isinstance(inside, str) or inside["device"] != device:
        reason = inside if isinstance(inside, str) else f"torch sees {inside['device']} there"
        detail = f"{detail}, but workers cannot use it in their sandbox: {reason}"
        fix = "Runs train on the CPU until this is mended; report it with this line."
        return Finding("device", Verdict.WARNING, detail, fix)
    return Finding("device", Verdict.OK, detail)


def check_page(_settings: Settings) -> Finding:
    """See whether the web app was built."""
    if STATIC_PAGE.is_file():
        return Finding("web app", Verdict.OK, str(STATIC_PAGE.parent))
    node = shutil.which("node")
    fix = "Run `make setup`." if node else "Install Node 20 or newer, then run `make setup`."
    return Finding("web app", Verdict.ERROR, "not built: there is an API, but no page", fix)


def check_sqlite(_settings: Settings) -> Finding:
    """Warn of versions with the WAL-reset bug."""
    if sqlite3.sqlite_version_info < SAFE_SQLITE:
        detail = f"{sqlite3.sqlite_version} can corrupt a WAL with several writers; gymlab uses one"
        fix = "A Python built with SQLite 3.51.3 or newer removes the risk."
        return Finding("SQLite", Verdict.WARNING, detail, fix)
    return Finding("SQLite", Verdict.OK, sqlite3.sqlite_version)


def check_sandbox(settings: Settings) -> Finding:
    """Try the sandbox with real attacks and say which tier it reaches."""
    verdict = detect(settings.home)
    detail = f"{verdict.tier}: {verdict.detail}"
    if verdict.is_isolated:
        return Finding("sandbox", Verdict.OK, detail)
    fix = verdict.fix or "Train only with code and environments that you trust."
    return Finding("sandbox", Verdict.WARNING, detail, fix)


def check_disk(settings: Settings) -> Finding:
    """See whether the data folder can be written and has space."""
    folder = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        detail = f"cannot write to {folder}: {error.strerror}"
        return Finding("disk", Verdict.ERROR, detail, OTHER_FOLDER)
    free = shutil.disk_usage(folder).free
    detail = f"{free / 1e9:.1f} GB free in {settings.home}"
    fix = "Free some space, or choose another folder with GYMLAB_HOME=..."
    if free < NO_DISK_BYTES:
        return Finding("disk", Verdict.ERROR, detail, fix)
    return Finding("disk", Verdict.WARNING if free < LOW_DISK_BYTES else Verdict.OK, detail, fix)


def check_port(settings: Settings) -> Finding:
    """See whether the port is free, or held by this lab's own server."""
    client = running_server(settings)
    if client is not None:
        with client:
            return Finding("port", Verdict.OK, f"this lab is served at {client.url}")
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            owner = owner_of_port(settings.port) or error.strerror
            detail = f"{settings.host}:{settings.port} cannot be used: {owner}"
            return Finding("port", Verdict.ERROR, detail, "Choose another with GYMLAB_PORT=...")
    return Finding("port", Verdict.OK, f"{settings.host}:{settings.port} is free")


CHECKS: Sequence[Callable[[Settings], Finding]] = (
    check_python,
    check_torch,
    check_device,
    check_page,
    check_sqlite,
    check_sandbox,
    check_disk,
    check_port,
)
