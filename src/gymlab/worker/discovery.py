"""Finds the training backends: folders of `gymlab.runners` with a `runner.toml`."""

import importlib
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from gymlab import runners
from gymlab.domain.requirements import absence
from gymlab.domain.runners import Preset, RunnerManifest
from gymlab.errors import DependencyMissingError, InvalidInputError
from gymlab.runner_api.runner import Runner

MANIFEST_FILE = "runner.toml"
PRESETS_FILE = "presets.toml"
_PRESETS = TypeAdapter(dict[str, list[Preset]])


@dataclass(frozen=True)
class RunnerFolder:
    """One backend on disk, not imported before it is asked for."""

    path: Path
    manifest: RunnerManifest

    @cached_property
    def unavailable_reason(self) -> str | None:
        """What is missing and how to get it; None when nothing is."""
        return absence(self.manifest)

    def load(self) -> Runner:
        """Import the backend and return its `RUNNER`.

        Raises:
            DependencyMissingError: A module that it requires is not installed.
        """
        if self.unavailable_reason:
            raise DependencyMissingError(
                f"The runner {self.manifest.id} is not available: {self.unavailable_reason}",
                hint=self.manifest.install_hint,
            )
        module = importlib.import_module(f"{runners.__name__}.{self.path.name}.runner")
        return cast("Runner", module.RUNNER)

    def presets(self) -> dict[str, list[Preset]]:
        """Return the presets by algorithm id; none where there is no file.

        Raises:
            InvalidInputError: The file is not what a preset file must be.
        """
        path = self.path / PRESETS_FILE
        if not path.is_file():
            return {}
        return _validated(path, _PRESETS)


@dataclass(frozen=True)
class BrokenFolder:
    """A runner folder whose manifest cannot be read."""

    path: Path
    reason: str


def runners_root() -> Path:
    """Return the folder that holds one folder per backend."""
    return Path(runners.__path__[0])


def discover_runners(root: Path | None = None) -> tuple[list[RunnerFolder], list[BrokenFolder]]:
    """Read every manifest; nothing is imported.

    Args:
        root: Folder to look into; the package's own by default.

    Returns:
        The readable folders in their own order, else by name, and the broken ones.
    """
    found: list[RunnerFolder] = []
    broken: list[BrokenFolder] = []
    for path in sorted((root or runners_root()).iterdir()):
        if not (path / MANIFEST_FILE).is_file():
            continue
        try:
            found.append(RunnerFolder(path, read_manifest(path)))
        except InvalidInputError as error:
            broken.append(BrokenFolder(path, error.detail))
    found.sort(key=lambda folder: folder.manifest.order)
    return found, broken


def find_runner(runner_id: str) -> RunnerFolder:
    """Return the folder of one backend.

    Raises:
        InvalidInputError: There is no such backend, or its manifest cannot be read.
    """
    found, broken = discover_runners()
    for folder in found:
        if folder.manifest.id == runner_id:
            return folder
    for folder in broken:
        if folder.path.name == runner_id:
            raise InvalidInputError(folder.reason)
    raise InvalidInputError(f"No runner {runner_id!r}.", hint="`gymlab runners list` shows all.")


def read_manifest(path: Path) -> RunnerManifest:
    """Read the manifest of a runner folder.

    Raises:
        InvalidInputError: It is not TOML, not a manifest, or names another folder.
    """
    manifest: RunnerManifest = _validated(path / MANIFEST_FILE, TypeAdapter(RunnerManifest))
    if manifest.id != path.name:
        raise InvalidInputError(
            f"{path / MANIFEST_FILE}: the id is {manifest.id!r}, the folder {path.name!r}.",
            hint="Give the manifest the folder's name.",
        )
    return manifest


def _validated(path: Path, adapter: TypeAdapter[Any]) -> Any:
    try:
        return adapter.validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise InvalidInputError(f"Cannot read {path}: {error}") from error
