"""The document from which the server learns environments and runners: `worker describe`."""

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from gymlab.domain.environments import EnvironmentInfo
from gymlab.domain.runners import AlgorithmDescription, RunnerDescription, RunnerManifest
from gymlab.envs.catalogue import describe_environments
from gymlab.runner_api.runner import Runner
from gymlab.worker.discovery import BrokenFolder, RunnerFolder, discover_runners
from gymlab.worker.foreign import ForeignCodeError, foreign_code

_PACKAGES = ("gymlab", "gymnasium", "numpy", "torch")


def describe() -> dict[str, Any]:
    """Return everything the server must know, as JSON values; what is broken is said, not raised."""
    runners = describe_runners()
    return {
        "environments": [info.model_dump(mode="json") for info in _environments()],
        "runners": [item.model_dump(mode="json", by_alias=True) for item in runners],
        "versions": versions(),
    }


def describe_runners(root: Path | None = None) -> list[RunnerDescription]:
    """Describe every runner folder, broken ones with the reason.

    Args:
        root: Folder to look into; the package's own by default.
    """
    found, broken = discover_runners(root)
    return [_describe_runner(item) for item in found] + [_describe_broken(item) for item in broken]


def versions() -> dict[str, str]:
    """Return the versions of Python and of the main libraries that are installed."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _environments() -> list[EnvironmentInfo]:
    try:
        with foreign_code("describing the environments"):
            return describe_environments()
    except ForeignCodeError:
        return []


def _describe_runner(folder: RunnerFolder) -> RunnerDescription:
    reason = folder.unavailable_reason
    if reason is not None:
        return _unavailable(folder.manifest, reason)
    try:
        with foreign_code(f"describing the runner {folder.manifest.id}"):
            runner = folder.load()
            return RunnerDescription(
                manifest=folder.manifest,
                available=True,
                versions=dict(runner.versions()),
                algorithms=_describe_algorithms(folder, runner),
            )
    except ForeignCodeError as error:
        return _unavailable(folder.manifest, f"It is broken: {error}")


def _describe_algorithms(folder: RunnerFolder, runner: Runner) -> list[AlgorithmDescription]:
    schemas = runner.describe()
    presets = folder.presets()
    return [
        AlgorithmDescription(
            **algorithm.model_dump(),
            schema=schemas[algorithm.id],
            presets=sorted(presets.get(algorithm.id, []), key=lambda item: item.env_id is not None),
        )
        for algorithm in folder.manifest.algorithms
    ]


def _describe_broken(folder: BrokenFolder) -> RunnerDescription:
    manifest = RunnerManifest.model_validate({
        "id": folder.path.name,
        "title": folder.path.name,
        "kind": "python",
        "algorithms": [],
    })
    return _unavailable(manifest, f"It is broken: {folder.reason}")


def _unavailable(manifest: RunnerManifest, reason: str) -> RunnerDescription:
    return RunnerDescription(
        manifest=manifest, available=False, unavailable_reason=reason, algorithms=[]
    )
