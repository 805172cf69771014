"""Telling whether what a worker once described is still true."""

import hashlib
import platform
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

import gymlab
from gymlab.domain.requirements import absence
from gymlab.domain.runners import RunnerManifest

_DESCRIBED_BY = ("envs", "runners", "runner_api", "worker", "domain")
_SUFFIXES = {".py", ".toml", ".json"}


def version_key() -> str:
    """Return a hash of Python, the installed packages and our own describing code."""
    parts = [gymlab.__version__, platform.python_version(), sys.executable]
    for folder in sorted({Path(entry) for entry in sys.path if entry.endswith("-packages")}):
        if folder.is_dir():
            parts += sorted(path.name for path in folder.glob("*.dist-info"))
    root = Path(gymlab.__file__).parent
    parts += _absences(root / "runners")
    for name in _DESCRIBED_BY:
        for path in sorted((root / name).rglob("*")):
            if path.suffix in _SUFFIXES:
                status = path.stat()
                parts.append(f"{path}:{status.st_size}:{status.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def _absences(folder: Path) -> Iterator[str]:
    """Yield what each runner lacks: files may vanish from a package whose name stays."""
    for path in sorted(folder.glob("*/runner.toml")):
        try:
            manifest = RunnerManifest.model_validate(
                tomllib.loads(path.read_text(encoding="utf-8"))
            )
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError):
            continue
        yield f"{manifest.id}: {absence(manifest)}"
