"""The page in which a worker notes that user code is running, as its shim reads it.

The worker writes it with two assignments for each call, so that what it says is exact at the
moment of a crash; a heartbeat is up to a tenth of a second old by then.
"""

import mmap
import os

from gymlab.protocol.usercode import (
    MARKER_BYTES,
    UserCodeMoment,
    read_marker,
    read_marker_timestep,
)
from gymlab.supervisor.blobs import make_blob

PAGE_NAME = "gymlab-marker"


class MarkerPage:
    """Memory of a fixed size that this process reads and one worker writes."""

    def __init__(self) -> None:
        """Make the page.

        Raises:
            OSError: The machine has no memory or descriptor left.
        """
        self.descriptor = make_blob(MARKER_BYTES, PAGE_NAME)
        """What the worker inherits."""
        self._page: mmap.mmap | None = mmap.mmap(self.descriptor, MARKER_BYTES, prot=mmap.PROT_READ)

    def moment(self) -> UserCodeMoment | None:
        """Return what user code is running, or was when the worker ended; None for none."""
        return read_marker(self._page) if self._page is not None else None

    def timestep(self) -> int:
        """Return how many timesteps were done before the one that was begun last."""
        return read_marker_timestep(self._page) if self._page is not None else 0

    def close(self) -> None:
        """Let go of the memory; may be called again."""
        if self._page is not None:
            self._page.close()
            self._page = None
            os.close(self.descriptor)
