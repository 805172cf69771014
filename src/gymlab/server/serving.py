"""The server's sockets and event loop, from listening to leaving."""

import asyncio
import gc
import logging
import socket
from concurrent.futures import Future
from typing import Any

import uvicorn

from gymlab.errors import UnavailableError
from gymlab.server.app import create_app
from gymlab.server.http.deadlines import DeadlineProtocol
from gymlab.server.http.upgrades import UpgradeProtocol
from gymlab.server.lab import Lab
from gymlab.settings import Settings
from gymlab.storage.migrating import prepare_database
from gymlab.supervisor.sandbox.tiers import Verdict

SHUTDOWN_S = 3
KEEP_ALIVE_S = 15
SETTLE_AFTER_S = 1.0
MAX_CONNECTIONS = 4096
BACKLOG = 2048
MAX_WEBSOCKET_BYTES = 64 * 1024
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
        # What imports made is set aside: the first collection would go through all of it now.
        gc.freeze()
        gc.enable()
        asyncio.get_running_loop().call_later(SETTLE_AFTER_S, _settle)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End streams first: they would hold their connections open."""
        self._lab.end_streams()
        await super().shutdown(sockets)
        # Uvicorn would raise the signal again: leaving as asked is no death by a signal.
        self._captured_signals.clear()


def serve_until_told(settings: Settings, verdict: Future[Verdict]) -> None:
    """Serve the data folder, which nobody else serves, until SIGTERM or SIGINT.

    Args:
        settings: What was set from outside.
        verdict: What the sandbox of this machine holds, as soon as it is known.

    Raises:
        DataFolderTooNewError: A newer version of gymlab wrote the folder.
        UnavailableError: The address cannot be listened on.
    """
    prepare_database(settings.database_path)
    listening = _listen(settings)
    application = create_app(settings, verdict)
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


def _settle() -> None:
    """Let later collections pass over everything that the start made: they would stall streams."""
    gc.unfreeze()
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
