"""What a worker is told to take from itself before it imports anything."""

from typing import Literal

import msgspec

Profile = Literal["strict", "loopback"]
"""`strict`: no socket at all. `loopback`: sockets inside a network namespace of its own."""


class Confinement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The worker's share of its sandbox; the rest is around it when it starts."""

    profile: Profile
    uid: int | None
    """User and group to become; None stays what it is."""
    shares_uid: bool
    """Whether files of the server belong to the same user, so that their modes need a guard."""
    readable: list[str]
    """Files and folders below which everything can be read."""
    writable: list[str]
    """Folders below which files can be made."""
    devices: list[str]
    """Device nodes that can be read and written."""
    max_data_bytes: int
    """Private memory: heap, stacks of threads, anonymous mappings."""
    max_file_bytes: int
    """Size of one file."""
    max_files: int
    """Open descriptors."""
    max_threads: int | None
    """Threads; None where the kernel would count those of other processes too."""
    has_card: bool = False
    """Whether the driver of a graphics card may do what it must (`worker/sandbox/seccomp.py`)."""
