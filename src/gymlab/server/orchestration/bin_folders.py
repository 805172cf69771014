"""Where the folders of deleted runs lie, and how they get there and back.

A folder moves by renaming, which happens or does not: a crash leaves it in one place or the
other, never in both and never half.
"""

import shutil
from pathlib import Path

BIN = ".bin"
"""Inside the folder of runs, so that moving never crosses a file system."""
DELETED_PREFIX = ".deleted-"


def bin_dir(runs_dir: Path) -> Path:
    """Return the folder of binned runs."""
    return runs_dir / BIN


def binned_folder(runs_dir: Path, run_id: str) -> Path:
    """Return where the folder of a run in the bin lies."""
    return runs_dir / BIN / run_id


def deleted_folder(folder: Path) -> Path:
    """Return where the folder of a run that is purged waits for its removal."""
    return folder.with_name(f"{DELETED_PREFIX}{folder.name}")


def move_aside(runs_dir: Path, run_id: str) -> None:
    """Move a run's folder into the bin; a run that never began has none.

    Raises:
        OSError: It cannot be moved, or the bin has one of that name.
    """
    folder = runs_dir / run_id
    if folder.is_dir():
        bin_dir(runs_dir).mkdir(exist_ok=True)
        folder.rename(binned_folder(runs_dir, run_id))


def move_back(runs_dir: Path, run_id: str) -> None:
    """Move a run's folder out of the bin, unless it is where it belongs.

    Raises:
        OSError: It cannot be moved.
    """
    aside = binned_folder(runs_dir, run_id)
    if aside.is_dir():
        aside.rename(runs_dir / run_id)


def condemn(runs_dir: Path, run_id: str) -> None:
    """Mark a run's folder for removal by its name: from here on there is no way back.

    Raises:
        OSError: It cannot be moved.
    """
    for folder in (binned_folder(runs_dir, run_id), runs_dir / run_id):
        if folder.is_dir():
            condemned = deleted_folder(runs_dir / run_id)
            if condemned.exists():
                shutil.rmtree(condemned, ignore_errors=True)
            folder.rename(condemned)


def remove_condemned(runs_dir: Path, run_id: str) -> None:
    """Remove what `condemn` marked."""
    shutil.rmtree(deleted_folder(runs_dir / run_id), ignore_errors=True)
