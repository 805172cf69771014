"""Telling whether what a worker once described is still true."""

import hashlib
import platform
import sys
from pathlib import Path

import gymlab

_DESCRIBED_BY = ("envs", "runners", "runner_api", "worker", "domain")
_SUFFIXES = {".py", ".toml", ".json"}


def version_key() -> str:
    """Return a hash of Python, the installed packages and our own describing code."""
    parts = [gymlab.__version__, platform.python_version(), sys.executable]
    for folder in sorted({Path(entry) for entry in sys.path if entry.endswith("-packages")}):
        if folder.is_dir():
            parts += sorted(path.name for path in folder.glob("*.dist-info"))
    root = Path(gymlab.__file__).parent
    for name in _DESCRIBED_BY:
        for path in sorted((root / name).rglob("*")):
            if path.suffix in _SUFFIXES:
                status = path.stat()
                parts.append(f"{path}:{status.st_size}:{status.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]
