"""The present time as events carry it."""

import time

from gymlab.domain.timestamps import rfc3339


def now() -> str:
    """Return the present time."""
    return rfc3339(time.time())
