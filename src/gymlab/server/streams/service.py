"""Open streams: one connection, several topics, exact positions."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Sequence
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gymlab.errors import LabError
from gymlab.server.lab import Lab
from gymlab.server.orchestration.announcing import RenderRun
from gymlab.server.orchestration.hub import Channel, Hub
from gymlab.server.run_lookup import existing_run
from gymlab.server.streams.cursors import (
    AnyPosition,
    Topic,
    format_position,
    parse_cursor,
    parse_topics,
)
from gymlab.server.streams.sources import (
    EventsSource,
    LogSource,
    MetricsSource,
    RunsSource,
    Source,
)

SETTLE_S = 3.0
STUCK_S = 60.0
PING = b"event: ping\ndata: {}\n"
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
LOGGER = logging.getLogger(__name__)
_START: dict[str, AnyPosition] = {"runs": 0, "metrics": (0, 0), "events": 0, "log": 0}


class Subscription:
    """How far one stream has read one topic."""

    def __init__(self, topic: Topic, source: Source, channel: Channel) -> None:
        """Listen to a channel; `place` must follow."""
        self.topic = topic
        self.position: AnyPosition = _START[topic.kind]
        self._source = source
        self._channel = channel
        self._must_read = True

    async def place(self, cursor: AnyPosition | None, begin: Literal["now", "start"]) -> None:
        """Take the position of a cursor, or the beginning asked for.

        Raises:
            InvalidCursorError: The position was never reached.
        """
        if cursor is not None:
            await asyncio.to_thread(self._source.check, cursor)
            self.position = cursor
        elif begin == "now" or self.topic.kind == "runs":
            self.position = await asyncio.to_thread(self._source.end)

    async def pull(self) -> list[tuple[AnyPosition, bytes]]:
        """Return the next messages, from memory where they are still there."""
        if not self._must_read:
            entries = self._channel.newer_than(self.position)
            if entries is not None:
                return [(entry.after, entry.body) for entry in entries]
        found = await asyncio.to_thread(self._source.after, self.position)
        self._must_read = not found.is_complete
        if not found.messages:
            self.position = found.position
        return found.messages

    @property
    def must_read(self) -> bool:
        """Whether the store has more."""
        return self._must_read


class Stream:
    """One open connection."""

    def __init__(self, hub: Hub) -> None:
        """Begin without topics; add to `subscriptions`."""
        self._hub = hub
        self.subscriptions: list[Subscription] = []
        self._news = asyncio.Event()
        self._is_closed = False
        self._is_pinged = False

    def _cursor(self) -> bytes:
        return ",".join(
            f"{item.topic.key}={format_position(item.position)}" for item in self.subscriptions
        ).encode()

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Yield messages until the stream or the server closes."""
        yield PING + b"id: " + self._cursor() + b"\n\n"
        while not (self._is_closed or self._hub.is_closed):
            self._news.clear()
            is_quiet = True
            for subscription in self.subscriptions:
                messages = await subscription.pull()
                for position, body in messages:
                    subscription.position = position
                    yield body + b"id: " + self._cursor() + b"\n\n"
                is_quiet = is_quiet and not messages and not subscription.must_read
            if is_quiet:
                await self._news.wait()
                if self._is_pinged:
                    self._is_pinged = False
                    yield PING + b"id: " + self._cursor() + b"\n\n"

    def wake(self) -> None:
        """Look for messages."""
        self._news.set()

    def ping(self) -> None:
        """Send a ping, or end with the server."""
        self._is_pinged = True
        self._news.set()

    def close(self) -> None:
        """End."""
        self._is_closed = True
        self._news.set()


class EventStreamResponse(Response):
    """Server-sent events, written straight to the connection."""

    media_type = "text/event-stream"

    def __init__(self, lab: Lab, topics: Sequence[Topic], render: RenderRun) -> None:
        """Prepare to stream; `place` must follow."""
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._hub = lab.hub
        self._stream = Stream(lab.hub)
        self._stream.subscriptions = [
            Subscription(
                topic,
                source_of(lab, topic, render),
                self._hub.subscribe(topic.key, self._stream.wake),
            )
            for topic in topics
        ]

    async def place(self, cursor: dict[str, AnyPosition], begin: Literal["now", "start"]) -> None:
        """Position every topic.

        Raises:
            LabError: A position is impossible or a run is gone; nothing was sent yet.
        """
        is_placed = False
        try:
            for subscription in self._stream.subscriptions:
                await subscription.place(cursor.get(subscription.topic.key), begin)
            is_placed = True
        finally:
            if not is_placed:
                self._unsubscribe()

    def _unsubscribe(self) -> None:
        for subscription in self._stream.subscriptions:
            self._hub.unsubscribe(subscription.topic.key, self._stream.wake)
        self._hub.leave(self._stream.ping)

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send messages until either side leaves."""
        self._hub.attend(self._stream.ping)
        listening = asyncio.create_task(self._until_gone(receive))
        try:
            await send({
                "type": "http.response.start",
                "status": 200,
                "headers": self.raw_headers,
            })
            async for chunk in self._stream.chunks():
                async with asyncio.timeout(STUCK_S):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (TimeoutError, LabError, SQLAlchemyError, OSError) as error:
            # The client resumes from its last id; what was sent ends with a whole message.
            LOGGER.info("a stream ended early: %s", error or "the client is stuck")
        finally:
            self._unsubscribe()
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._stream.close()


def source_of(lab: Lab, topic: Topic, render: RenderRun) -> Source:
    """Return where a topic can be read again."""
    match topic.kind:
        case "runs":
            return RunsSource(lab, render)
        case "metrics":
            return MetricsSource(lab, topic.run_id)
        case "events":
            return EventsSource(lab, topic.run_id)
        case "log":
            return LogSource(lab, topic.run_id)


async def open_stream(
    lab: Lab, topics_text: str, cursor_text: str | None, begin: Literal["now", "start"]
) -> EventStreamResponse:
    """Return a stream whose every refusal has happened already.

    Raises:
        LabError: A topic, run or position is not possible.
    """
    topics = parse_topics(topics_text)
    cursor = parse_cursor(cursor_text, topics)
    run_ids = list(dict.fromkeys(topic.run_id for topic in topics if topic.run_id))
    await asyncio.to_thread(_require_runs, lab, run_ids)
    for topic in topics:
        if topic.kind == "metrics" and topic.key in cursor:
            await lab.ingest.settle(topic.run_id, SETTLE_S)
    response = EventStreamResponse(lab, topics, lab.render_run)
    await response.place(cursor, begin)
    return response


def _require_runs(lab: Lab, run_ids: Sequence[str]) -> None:
    with lab.database.reading() as connection:
        for run_id in run_ids:
            existing_run(connection, run_id)
