"""Files that are either wholly there or not there."""

import os
from pathlib import Path


def write_atomically(path: Path, content: bytes, *, durable: bool) -> None:
    """Replace a file in one step.

    Args:
        path: The file.
        content: What it holds afterwards.
        durable: Whether it must survive a power loss from here on.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as file:
        file.write(content)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    temporary.replace(path)
    if durable:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power loss."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
