"""What servers of earlier tests learnt of the environments, kept for the servers of later ones.

Looking up the catalogue and drawing its pictures takes seconds of every new data folder. Both are
files whose names say what they were made from, so that one which is out of date is never read.
"""

import os
import shutil
import time
from pathlib import Path

_KEPT = Path(__file__).parents[1] / ".setup" / "described-for-tests"
_KEPT_S = 7 * 86400.0
_KINDS = ("catalogue-*.json", "thumbnails/*.jpg", "thumbnails/*.webp")


def recall(home: Path) -> None:
    """Put what is known already into a data folder that no server serves yet."""
    _copy(_KEPT, home / "cache")


def remember(home: Path) -> None:
    """Keep what the server of a data folder found out; let go of what nobody may need any more."""
    _copy(home / "cache", _KEPT)
    for kind in _KINDS:
        for path in _KEPT.glob(kind):
            if path.stat().st_mtime < time.time() - _KEPT_S:
                path.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    for kind in _KINDS:
        for path in source.glob(kind):
            copy = target / path.relative_to(source)
            if copy.exists():
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            partial = copy.with_name(f"{copy.name}.{os.getpid()}")
            shutil.copyfile(path, partial)
            partial.replace(copy)
