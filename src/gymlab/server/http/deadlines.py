"""A connection that does not say what it wants in time is closed."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gymlab.server.http.errors import error_response

HEAD_DEADLINE_S = 10.0
"""From the connection, or a request's first byte, to the end of its head; sending does not move it."""

MAX_HEAD_BYTES = 64 * 1024
"""A head that is not complete after so many bytes is not read further."""


class DeadlineProtocol(HttpToolsProtocol):
    """HTTP with an absolute deadline for the head of each request."""

    _head_deadline: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._head_is_there()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head has become too large."""
        if self._head_deadline is not None:
            if self._head_bytes > MAX_HEAD_BYTES:
                self._give_up()
                return
            self._head_bytes += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Wait for the head of a further request."""
        super().on_message_begin()
        if self._head_deadline is None:
            self._expect_head()

    def on_headers_complete(self) -> None:
        """Stop waiting: the head is there."""
        self._head_is_there()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP in the API's shape."""
        response = error_response(422, code="not_http", detail=msg)
        head = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n"
        for name, value in response.raw_headers:
            head += name + b": " + value + b"\r\n"
        self.transport.write(head + b"\r\n" + bytes(response.body))
        self.transport.close()

    def _expect_head(self) -> None:
        self._head_bytes = 0
        self._head_deadline = self.loop.call_later(HEAD_DEADLINE_S, self._give_up)

    def _head_is_there(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None

    def _give_up(self) -> None:
        self._head_deadline = None
        if not self.transport.is_closing():
            self.transport.close()
