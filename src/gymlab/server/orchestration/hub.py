"""Handing live messages to every open stream, each made once and kept a little while.

A stream has no queue: it knows how far it has read, takes what is newer from the few
messages kept here, and where those do not reach back far enough, reads the store. So a
slow or stuck client costs what lies in its socket's buffer and nothing more.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

KEPT_BYTES = 512 * 1024
KEPT_MESSAGES = 64
Wake = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a topic."""

    before: Any
    """Position that a reader must have reached; None when only the store knows."""
    after: Any
    """Position of a reader that took it."""
    body: bytes
    """Lines `event` and `data`."""


@dataclass(slots=True)
class Channel:
    """The last messages of one topic, and who waits for the next."""

    latest: Any = None
    entries: deque[Entry] = field(default_factory=deque[Entry])
    kept_bytes: int = 0
    readers: set[Wake] = field(default_factory=set[Wake])

    def add(self, entry: Entry) -> None:
        """Keep a message and wake everybody."""
        if self.latest is not None and entry.after <= self.latest:
            return
        self.latest = entry.after
        self.entries.append(entry)
        self.kept_bytes += len(entry.body)
        while self.entries and (self.kept_bytes > KEPT_BYTES or len(self.entries) > KEPT_MESSAGES):
            self.kept_bytes -= len(self.entries.popleft().body)
        for wake in self.readers:
            wake()

    def newer_than(self, position: Any) -> list[Entry] | None:
        """Return the messages behind a position; None when the store must be asked."""
        if self.latest is None or self.latest <= position:
            return []
        newer: list[Entry] = []
        for entry in reversed(self.entries):
            if entry.after <= position:
                break
            newer.append(entry)
        if not newer or newer[-1].before != position:
            return None
        newer.reverse()
        return newer


class Hub:
    """The topics that somebody listens to. Lives on the event loop."""

    def __init__(self) -> None:
        """Begin without topics."""
        self._channels: dict[str, Channel] = {}
        self.is_closed = False
        self._everybody: set[Wake] = set()

    def has_readers(self, topic: str) -> bool:
        """Tell whether anybody listens, so that a message is worth making."""
        return topic in self._channels

    def subscribe(self, topic: str, wake: Wake) -> Channel:
        """Begin to listen; `wake` is called with every new message."""
        channel = self._channels.setdefault(topic, Channel())
        channel.readers.add(wake)
        return channel

    def unsubscribe(self, topic: str, wake: Wake) -> None:
        """Stop listening."""
        channel = self._channels.get(topic)
        if channel is not None:
            channel.readers.discard(wake)
            if not channel.readers:
                del self._channels[topic]

    def publish(self, topic: str, after: Any, body: bytes) -> None:
        """Hand on a message that follows the topic's last one."""
        channel = self._channels.get(topic)
        if channel is not None:
            channel.add(Entry(channel.latest, after, body))

    def publish_between(self, topic: str, before: Any, after: Any, body: bytes | None) -> None:
        """Hand on a message that continues a known position.

        Args:
            topic: Where.
            before: The position.
            after: The next one.
            body: The message; None sends every reader to the store.
        """
        channel = self._channels.get(topic)
        if channel is None:
            return
        if body is None:
            channel.entries.clear()
            channel.kept_bytes = 0
        channel.add(Entry(before if body is not None else None, after, body or b""))

    def attend(self, wake: Wake) -> None:
        """Be woken at the end."""
        self._everybody.add(wake)

    def leave(self, wake: Wake) -> None:
        """Do not be woken any more."""
        self._everybody.discard(wake)

    def wake_everybody(self) -> None:
        """Wake every stream, for a ping or the end."""
        for wake in self._everybody:
            wake()

    def close(self) -> None:
        """End every stream."""
        self.is_closed = True
        self.wake_everybody()


def message(event: str, data: bytes) -> bytes:
    """Return a server-sent event without its id and without the closing blank line."""
    return b"event: " + event.encode() + b"\ndata: " + data + b"\n"
