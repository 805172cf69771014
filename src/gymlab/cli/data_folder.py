"""Whether a data folder can be used: said in one line before anything begins."""

import errno
import shutil
import tempfile
from pathlib import Path

from gymlab.errors import UnavailableError
from gymlab.settings import Settings

MIN_FREE_BYTES = 200 * 1024**2


def require_home(settings: Settings) -> None:
    """Fail with one line where the data folder cannot be written or the disk is full."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.home):
            pass
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _no_space(settings.home, 0) from error
        raise UnavailableError(
            f"Cannot write to the data folder {settings.home}: {error.strerror}.",
            hint="Choose another with GYMLAB_HOME=/some/folder, or make this one writable.",
        ) from error
    free = shutil.disk_usage(settings.home).free
    if free < MIN_FREE_BYTES:
        raise _no_space(settings.home, free)


def _no_space(home: Path, free: int) -> UnavailableError:
    return UnavailableError(
        f"No disk space: {free / 1e6:.0f} MB free where {home} lies, 200 MB are needed.",
        hint="Free some space, or choose another folder with GYMLAB_HOME=/some/folder.",
    )
