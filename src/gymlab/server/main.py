"""Running the server in this process."""

import asyncio
import gc
import logging
import logging.handlers
import socket
from pathlib import Path
from typing import Any

import uvicorn

from gymlab.errors import UnavailableError
from gymlab.server.app import create_app
from gymlab.server.http.deadlines import DeadlineProtocol
from gymlab.server.http.upgrades import UpgradeProtocol
from gymlab.server.lab import Lab
from gymlab.server.orchestration.server_file import ServerLock
from gymlab.settings import Settings, load_settings
from gymlab.storage.migrating import prepare_database
from gymlab.supervisor.sandbox.control_groups import enter_leaf

SHUTDOWN_S = 3
KEEP_ALIVE_S = 15
SETTLE_AFTER_S = 1.0
MAX_CONNECTIONS = 4096
BACKLOG = 2048
MAX_WEBSOCKET_BYTES = 64 * 1024
LOG_BYTES = 5 * 1024 * 1024
LOGGER = logging.getLogger(__name__)


class LabServer(uvicorn.Server):
    """Uvicorn, with streams that end when the server leaves."""

    def __init__(self, config: uvicorn.Config, application: Any, settings: Settings) -> None:
        """Serve an application of `create_app`."""
        super().__init__(config)
        self._application = application
        self._settings = settings

    @property
    def _lab(self) -> Lab:
        return self._application.state.lab

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then say where."""
        await super().startup(sockets)
        if self.started and sockets:
            self._lab.announce_address(self._settings.host, sockets[0].getsockname()[1])
        gc.enable()
        asyncio.get_running_loop().call_later(SETTLE_AFTER_S, _settle)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End streams first: they would hold their connections open."""
        self._lab.end_streams()
        await super().shutdown(sockets)
        # Uvicorn would raise the signal again: leaving as asked is no death by a signal.
        self._captured_signals.clear()


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
        prepare_database(settings.database_path)
        listening = _listen(settings)
        application = create_app(settings)
        config = uvicorn.Config(
            application,
            http=DeadlineProtocol,
            loop="uvloop",
            ws=UpgradeProtocol,
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=SHUTDOWN_S,
            limit_concurrency=MAX_CONNECTIONS,
            backlog=BACKLOG,
            ws_max_size=MAX_WEBSOCKET_BYTES,
            ws_per_message_deflate=False,
        )
        server = LabServer(config, application, settings)
        LOGGER.info("serving %s", settings.home)
        server.run(sockets=[listening])
        LOGGER.info("ended")
    finally:
        lock.release()


def _settle() -> None:
    """Let later collections pass over everything that the start made: they would stall streams."""
    gc.collect()
    gc.freeze()


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise UnavailableError(
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}.",
            hint="Choose another port with GYMLAB_PORT; 0 takes a free one.",
        ) from error
    listening.set_inheritable(False)
    return listening


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
