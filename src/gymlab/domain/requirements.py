"""What a backend needs that is not installed, found without importing it."""

from importlib.util import find_spec
from pathlib import Path

from gymlab.domain.runners import RunnerManifest


def absence(manifest: RunnerManifest) -> str | None:
    """Say what is missing and how to get it; None when nothing is."""
    missing = [name for name in manifest.requires if not _is_installed(name)]
    hint = f" {manifest.install_hint}" if manifest.install_hint else ""
    if missing:
        return f"Not installed: {', '.join(missing)}.{hint}"
    absent = [pattern for pattern in manifest.requires_files if not _is_there(pattern)]
    if not absent:
        return None
    packages = " ".join(dict.fromkeys(pattern.partition("/")[0] for pattern in absent))
    return (
        f"Installed in part: {', '.join(absent)} is missing. "
        f"Remove it (pip uninstall {packages}), then:{hint}"
    )


def _is_installed(name: str) -> bool:
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return False
    # A folder without code is what an interrupted installation or removal leaves behind.
    return spec is not None and spec.origin is not None


def _is_there(pattern: str) -> bool:
    """Tell whether a file of a package is there; its first folder is the package."""
    package, _, rest = pattern.partition("/")
    spec = find_spec(package)
    folders = (spec.submodule_search_locations if spec is not None else None) or ()
    return any(path.stat().st_size > 0 for folder in folders for path in Path(folder).glob(rest))
