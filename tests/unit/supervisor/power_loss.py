"""What a disk holds after a power loss, simulated from the calls that make things durable.

Two worst cases bound what file systems do: nothing survives that was not synced, or every
name survives and only the content of files that were not synced is gone.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

_FSYNC, _FDATASYNC, _REPLACE = os.fsync, os.fdatasync, os.replace


@dataclass(slots=True)
class PowerLoss:
    """Follows one folder; `images` makes what a power loss at this moment would leave of it."""

    root: Path
    on_call: Callable[[], None] = lambda: None
    """Called after every call that makes something durable or renames something."""
    num_calls: int = 0
    _contents: dict[int, bytes] = field(default_factory=dict[int, bytes])
    _held: dict[int, int] = field(default_factory=dict[int, int])
    _names: dict[int, dict[str, int]] = field(default_factory=dict[int, dict[str, int]])

    def follow(self, patch: pytest.MonkeyPatch) -> None:
        """Watch the system calls of this process."""
        self._note(self.root)
        patch.setattr(os, "fsync", partial(self._synced, _FSYNC))
        patch.setattr(os, "fdatasync", partial(self._synced, _FDATASYNC))
        patch.setattr(os, "replace", self._replaced)

    def images(self, folder: Path) -> list[Path]:
        """Return copies of the folder as the two worst cases leave it."""
        strict, lenient = folder / "strict", folder / "lenient"
        self._make_strict(self.root.stat().st_ino, strict)
        self._make_lenient(self.root, lenient)
        return [strict, lenient]

    def _synced(self, sync: Callable[[int], None], descriptor: int) -> None:
        sync(descriptor)
        self._note(Path(f"/proc/self/fd/{descriptor}").readlink())
        self._called()

    def _replaced(self, source: Any, target: Any) -> None:
        _REPLACE(source, target)
        self._called()

    def _called(self) -> None:
        self.num_calls += 1
        self.on_call()

    def close(self) -> None:
        """Forget the files that were followed."""
        for descriptor in self._held.values():
            os.close(descriptor)
        self._held.clear()

    def _note(self, path: Path) -> None:
        inode = path.stat().st_ino if path.exists() else None
        if inode is not None and inode not in self._held:
            # A file that is open keeps its number from being given to another one.
            self._held[inode] = os.open(path, os.O_RDONLY)
        if path.is_dir():
            self._names[path.stat().st_ino] = {
                entry.name: entry.stat(follow_symlinks=False).st_ino for entry in os.scandir(path)
            }
        elif path.exists():
            self._contents[path.stat().st_ino] = path.read_bytes()

    def _make_strict(self, inode: int, target: Path) -> None:
        target.mkdir(parents=True)
        for name, child in self._names.get(inode, {}).items():
            if child in self._names:
                self._make_strict(child, target / name)
            else:
                (target / name).write_bytes(self._contents.get(child, b""))

    def _make_lenient(self, source: Path, target: Path) -> None:
        target.mkdir(parents=True)
        for path in source.iterdir():
            if path.is_dir():
                self._make_lenient(path, target / path.name)
            else:
                content = self._contents.get(path.stat().st_ino, b"")
                (target / path.name).write_bytes(content)
