"""Running the server in this process."""

import logging
import logging.handlers
from collections.abc import Callable
from concurrent.futures import Future
from importlib import import_module
from pathlib import Path

from gymlab.server.orchestration.server_file import ServerLock
from gymlab.server.sandbox_gate import find_out
from gymlab.settings import Settings, load_settings
from gymlab.supervisor.sandbox.control_groups import enter_leaf
from gymlab.supervisor.sandbox.tiers import Verdict

LOG_BYTES = 5 * 1024 * 1024
LOGGER = logging.getLogger(__name__)


def serve(settings: Settings) -> None:
    """Serve the data folder until SIGTERM or SIGINT; runs go on without the server.

    Raises:
        DataFolderInUseError: Another server owns the folder; names its pid.
        DataFolderTooNewError: A newer version of gymlab wrote the folder.
        UnavailableError: The address cannot be listened on.
    """
    lock = ServerLock(settings.home)
    try:
        _configure_logging(settings)
        enter_leaf()
        verdict = find_out(settings.home)
        # The sandbox is tried by a process of its own while this one loads what it serves with.
        run: Callable[[Settings, Future[Verdict]], None] = import_module(
            "gymlab.server.serving"
        ).serve_until_told
        run(settings, verdict)
        LOGGER.info("ended")
    finally:
        lock.release()


def _configure_logging(settings: Settings) -> None:
    folder: Path = settings.home / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        folder / "server.log", maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(settings.log_level.upper())
    logging.captureWarnings(capture=True)


if __name__ == "__main__":
    serve(load_settings())
