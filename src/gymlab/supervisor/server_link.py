"""The shim's connection to the server, which may come and go."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from pathlib import Path

from gymlab.protocol.framing import ProtocolError, encode, shim_command_reader
from gymlab.protocol.shim import FromShim, ToShim

SERVER_FILE = "server.json"
RETRY_EVERY_S = 0.1
READ_BYTES = 256 * 1024
MAX_UNSENT_BYTES = 1024 * 1024
"""Pictures and progress are dropped while more than this waits to be sent."""
LOGGER = logging.getLogger(__name__)


class ServerLink:
    """Connects, says hello, delivers commands, reconnects for as long as it is wanted."""

    def __init__(
        self,
        home: Path,
        *,
        hello: Callable[[], FromShim],
        on_command: Callable[[ToShim], None],
        on_lost: Callable[[], None],
    ) -> None:
        """Prepare a link to the server of a data folder.

        Args:
            home: Data folder, with `server.json`.
            hello: Makes the first message of every connection.
            on_command: Called with each message of the server.
            on_lost: Called when a connection ends or none can be made.
        """
        self._home = home
        self._hello = hello
        self._on_command = on_command
        self._on_lost = on_lost
        self._writer: asyncio.StreamWriter | None = None

    @property
    def is_connected(self) -> bool:
        """Whether a server listens at this moment."""
        return self._writer is not None

    async def run(self) -> None:
        """Keep connecting until cancelled."""
        while True:
            try:
                await self._serve_once()
            except (OSError, ValueError, KeyError, TypeError) as error:
                LOGGER.debug("no server: %s", error)
            except Exception:  # the edge: a link that fails for any reason is made anew
                LOGGER.exception("the link to the server failed")
            self._writer = None
            self._on_lost()
            await asyncio.sleep(RETRY_EVERY_S)

    def send(self, message: FromShim) -> bool:
        """Send a message; tell whether a server was there to take it."""
        if self._writer is None or self._writer.is_closing():
            return False
        self._writer.write(encode(message))
        return True

    def send_if_room(self, message: FromShim) -> None:
        """Send a message that is dropped while the server does not read: a later one replaces it."""
        writer = self._writer
        if writer is not None and writer.transport.get_write_buffer_size() < MAX_UNSENT_BYTES:
            self.send(message)

    async def flush(self, timeout_s: float) -> None:
        """Wait until everything was handed to the kernel, or the time is up."""
        writer = self._writer
        if writer is not None:
            with contextlib.suppress(OSError, TimeoutError):
                writer.transport.set_write_buffer_limits(high=0)
                await asyncio.wait_for(writer.drain(), timeout_s)

    async def _serve_once(self) -> None:
        address = json.loads((self._home / SERVER_FILE).read_bytes())["socket"]
        reader, writer = await asyncio.open_unix_connection(address)
        self._writer = writer
        try:
            self.send(self._hello())
            messages = shim_command_reader()
            while chunk := await reader.read(READ_BYTES):
                for message in messages.feed(chunk):
                    self._on_command(message)
        except ProtocolError:
            return
        finally:
            self._writer = None
            writer.close()
