"""The unix socket on which shims report."""

import asyncio
import contextlib
import logging
import tempfile
from pathlib import Path
from typing import Protocol

from gymlab.protocol.framing import ProtocolError, encode, shim_reader
from gymlab.protocol.shim import FromShim, ProcessIdentity, RunState, ShimHello, ToShim
from gymlab.protocol.version import PROTOCOL_VERSION

LOGGER = logging.getLogger(__name__)
TEMPORARY_PREFIX = "gymlab-socket-"
READ_BYTES = 512 * 1024
MAX_SOCKET_PATH_BYTES = 100
MAX_UNSENT_BYTES = 8 * 1024 * 1024
HELLO_PATIENCE_S = 5.0


class ShimConnection:
    """One shim that is connected."""

    def __init__(self, writer: asyncio.StreamWriter, hello: ShimHello) -> None:
        """Begin with what the shim said of itself."""
        self._writer = writer
        self.identity: ProcessIdentity = hello.identity
        self.run_id: str | None = hello.run_id
        self.evaluation_id: str | None = hello.evaluation_id
        self.is_stage = hello.is_stage
        self.state: RunState | None = hello.state
        self.is_ready = bool(hello.versions)
        self.has_finished = False

    def send(self, message: ToShim) -> bool:
        """Send a command; tell whether the connection was open."""
        transport = self._writer.transport
        if self._writer.is_closing() or transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            return False
        self._writer.write(encode(message))
        return True

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


class ShimListener(Protocol):
    """Who is told what shims say; all calls come on the event loop."""

    def shim_connected(self, connection: ShimConnection) -> None:
        """A shim introduced itself."""
        ...

    def shim_said(self, connection: ShimConnection, message: FromShim) -> None:
        """A message arrived."""
        ...

    def shim_lost(self, connection: ShimConnection) -> None:
        """The connection is gone."""
        ...


def socket_path(home: Path) -> Path:
    """Return where the socket goes: in the data folder, or a private one where that is too long."""
    path = home / "server.sock"
    if len(str(path).encode()) <= MAX_SOCKET_PATH_BYTES:
        return path
    return Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX)) / "server.sock"


class ShimLink:
    """Accepts shims and reads what they say."""

    def __init__(self, path: Path, listener: ShimListener) -> None:
        """Listen at this path, once started."""
        self.path = path
        self._listener = listener
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to accept."""
        self.path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._accept, path=self.path)
        self.path.chmod(0o600)

    async def close(self) -> None:
        """Hang up on everybody; runs go on."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.path.unlink(missing_ok=True)
        if self.path.parent.name.startswith(TEMPORARY_PREFIX):
            with contextlib.suppress(OSError):
                self.path.parent.rmdir()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            await self._serve(reader, writer)
        except (OSError, ProtocolError, TimeoutError) as error:
            LOGGER.warning("a shim's connection ended: %s", error or type(error).__name__)
        except asyncio.CancelledError:
            # The server leaves: the shim reconnects to the next one.
            LOGGER.debug("hung up on a shim")
        finally:
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        messages = shim_reader()
        connection: ShimConnection | None = None
        try:
            while True:
                patience = HELLO_PATIENCE_S if connection is None else None
                chunk = await asyncio.wait_for(reader.read(READ_BYTES), patience)
                if not chunk:
                    return
                for message in messages.feed(chunk):
                    if connection is not None:
                        self._listener.shim_said(connection, message)
                    else:
                        connection = _greet(writer, message)
                        self._listener.shim_connected(connection)
        finally:
            if connection is not None:
                self._listener.shim_lost(connection)


def _greet(writer: asyncio.StreamWriter, message: FromShim) -> ShimConnection:
    if not isinstance(message, ShimHello):
        raise ProtocolError("a shim did not introduce itself")
    if message.protocol_version != PROTOCOL_VERSION:
        raise ProtocolError(
            f"a shim speaks version {message.protocol_version}, not {PROTOCOL_VERSION}"
        )
    return ShimConnection(writer, message)
