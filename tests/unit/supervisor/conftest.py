"""A disk that fails on command, below everything that writes."""

import errno
import os
from dataclasses import dataclass, field

import pytest

_REAL_PWRITE, _REAL_FSYNC = os.pwrite, os.fsync


@dataclass(slots=True)
class FailingDisk:
    """Stands in for the system calls of this process."""

    fails_with: int | None = None
    """Error number of every write; None while the disk is well."""
    takes_bytes: int | None = None
    """What a write takes at most before it fails; None for everything or nothing."""
    fails_to_sync: bool = False
    forgotten: list[int] = field(default_factory=list[int])
    """Descriptors whose fsync failed."""

    def pwrite(self, descriptor: int, content: bytes, offset: int) -> int:
        """Write as `os.pwrite` does, or fail."""
        if self.fails_with is None:
            return _REAL_PWRITE(descriptor, content, offset)
        taken = min(self.takes_bytes or 0, len(content))
        if not taken:
            raise OSError(self.fails_with, os.strerror(self.fails_with))
        self.takes_bytes = (self.takes_bytes or 0) - taken
        return _REAL_PWRITE(descriptor, content[:taken], offset)

    def fsync(self, descriptor: int) -> None:
        """Sync as `os.fsync` does, or fail."""
        if self.fails_to_sync or self.fails_with is not None:
            self.forgotten.append(descriptor)
            number = self.fails_with or errno.EIO
            raise OSError(number, os.strerror(number))
        _REAL_FSYNC(descriptor)

    def heal(self) -> None:
        """Be well again."""
        self.fails_with, self.takes_bytes, self.fails_to_sync = None, None, False


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FailingDisk:
    """A disk that is well until it is told otherwise."""
    made = FailingDisk()
    monkeypatch.setattr(os, "pwrite", made.pwrite)
    monkeypatch.setattr(os, "fsync", made.fsync)
    monkeypatch.setattr(os, "fdatasync", made.fsync)
    return made
