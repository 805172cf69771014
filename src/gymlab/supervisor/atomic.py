"""Files that are either wholly there or not there."""

import os
from collections.abc import Iterable
from pathlib import Path


def write_atomically(path: Path, content: bytes, *, durable: bool) -> None:
    """Replace a file in one step; after a power loss it is the old or the new one, never a part.

    Args:
        path: The file.
        content: What it holds afterwards.
        durable: Whether it must be the new one after a power loss from here on.

    Raises:
        OSError: The disk is full or failing; the old file is untouched.
    """
    write_stream(path, (content,), durable=durable)


def write_stream(path: Path, chunks: Iterable[bytes], *, durable: bool = True) -> None:
    """Do the same with content that comes in pieces."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            # Before the name: a file that has it may never be empty or torn.
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder that survives a power loss, where it is missing."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power loss."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
