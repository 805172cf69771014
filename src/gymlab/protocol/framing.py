"""Length-prefixed msgpack on a byte stream."""

import struct
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import msgspec

from gymlab.protocol.replays import PlayedAgain
from gymlab.protocol.shim import FromShim, ToShim
from gymlab.protocol.spaces import SpacesFound
from gymlab.protocol.thumbnails import Thumbnail
from gymlab.protocol.version import MAX_MESSAGE_BYTES
from gymlab.protocol.worker import FromWorker, ToWorker

HEADER_BYTES = 4
_HEADER = struct.Struct(">I")
_ENCODER = msgspec.msgpack.Encoder()
MessageT = TypeVar("MessageT")


class ProtocolError(Exception):
    """The other end sent what no correct peer sends."""


def encode(message: msgspec.Struct) -> bytes:
    """Return the message as it goes over the wire, length first.

    Raises:
        ProtocolError: The message is over `MAX_MESSAGE_BYTES`.
    """
    buffer = bytearray(HEADER_BYTES)
    _ENCODER.encode_into(message, buffer, HEADER_BYTES)
    length = len(buffer) - HEADER_BYTES
    if length > MAX_MESSAGE_BYTES:
        raise ProtocolError(f"a message of {length} bytes is over the limit")
    _HEADER.pack_into(buffer, 0, length)
    return bytes(buffer)


class MessageReader(Generic[MessageT]):
    """Turns chunks of a byte stream into messages of one union."""

    def __init__(self, union: Any) -> None:
        """Prepare a decoder for the union of message types."""
        self._decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(union)
        self._buffer = bytearray()

    def feed(self, chunk: bytes | memoryview) -> Iterator[MessageT]:
        """Add bytes and yield every message that is now complete.

        Raises:
            ProtocolError: A length over the limit, or a body that is no message of the union.
        """
        self._buffer += chunk
        start = 0
        try:
            while len(self._buffer) - start >= HEADER_BYTES:
                (length,) = _HEADER.unpack_from(self._buffer, start)
                if length > MAX_MESSAGE_BYTES:
                    raise ProtocolError(f"a length of {length} bytes is over the limit")
                end = start + HEADER_BYTES + length
                if len(self._buffer) < end:
                    break
                body = bytes(memoryview(self._buffer)[start + HEADER_BYTES : end])
                start = end
                yield self._decode(body)
        finally:
            del self._buffer[:start]

    def _decode(self, body: bytes) -> MessageT:
        try:
            return self._decoder.decode(body)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise ProtocolError(f"not a message: {error}") from error


def worker_reader() -> "MessageReader[FromWorker]":
    """Return a reader of what a worker sends."""
    return MessageReader(FromWorker)


def worker_command_reader() -> "MessageReader[ToWorker]":
    """Return a reader of what a shim sends its worker."""
    return MessageReader(ToWorker)


def thumbnail_reader() -> "MessageReader[Thumbnail]":
    """Return a reader of what `worker thumbnails` writes."""
    return MessageReader(Thumbnail)


def replay_reader() -> "MessageReader[PlayedAgain]":
    """Return a reader of what `worker replays` writes."""
    return MessageReader(PlayedAgain)


def spaces_reader() -> "MessageReader[SpacesFound]":
    """Return a reader of what `worker spaces` writes."""
    return MessageReader(SpacesFound)


def shim_reader() -> "MessageReader[FromShim]":
    """Return a reader of what a shim sends the server."""
    return MessageReader(FromShim)


def shim_command_reader() -> "MessageReader[ToShim]":
    """Return a reader of what the server sends a shim."""
    return MessageReader(ToShim)
