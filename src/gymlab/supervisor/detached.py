"""The outermost frame of a detached process: whatever ends it is in its log."""

import asyncio
import logging
import os
import signal
from collections.abc import Coroutine

LOGGER = logging.getLogger(__name__)


def prepare_detached(name: str) -> None:
    """Log under this name, and outlive the terminal that began it."""
    logging.basicConfig(
        level=logging.INFO, format=f"%(asctime)s {name} {os.getpid()} %(levelname)s %(message)s"
    )
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def run_detached(work: Coroutine[None, None, None], *, of: str) -> None:
    """Run to the end.

    Args:
        work: Everything that the process does.
        of: Whose process it is, for its log.

    Raises:
        SystemExit: It failed.
    """
    try:
        asyncio.run(work)
    except Exception:  # the edge: what ends a process is in its log
        LOGGER.exception("the process of %s failed", of)
        raise SystemExit(1) from None
