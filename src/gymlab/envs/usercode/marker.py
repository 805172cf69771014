"""The note "user code is running since timestep N", in memory that a shim can read."""

import mmap
import os

from gymlab.protocol.usercode import MARKER_BYTES, PLACE_WORD, TIMESTEP_WORD


class Marker:
    """A page of memory, of this process alone until `share` is called."""

    def __init__(self) -> None:
        """Begin with memory of our own."""
        self.words = memoryview(bytearray(MARKER_BYTES)).cast("Q")

    def share(self, descriptor: int) -> None:
        """Write to a page of the shim's from now on; call it before any user code is loaded.

        Args:
            descriptor: The page's; it is closed.

        Raises:
            OSError: The descriptor cannot be mapped.
        """
        self.words = memoryview(mmap.mmap(descriptor, MARKER_BYTES)).cast("Q")
        os.close(descriptor)

    def at(self, timestep: int) -> None:
        """Note how many timesteps are done."""
        self.words[TIMESTEP_WORD] = timestep

    @property
    def place(self) -> int:
        """1 + index of the place where user code runs; 0 for none."""
        return self.words[PLACE_WORD]


MARKER = Marker()
"""The marker of this process."""
