"""Telling streams what a transaction changed, in the order of transactions."""

import asyncio
from collections.abc import Callable

import msgspec

from gymlab.server.orchestration.hub import Hub, message
from gymlab.storage.database import Writer
from gymlab.storage.events import NewEvent, StoredEvent, insert_event
from gymlab.storage.runs import StoredRun, get_runs, queue_positions

RUNS_TOPIC = "runs"
RenderRun = Callable[[StoredRun, int | None], bytes]
"""A run and its place in the queue -> JSON."""


def events_topic(run_id: str) -> str:
    """Return the key of a run's event log."""
    return f"{run_id}:e"


class Announcer:
    """Publishes changed runs and new events after every commit."""

    def __init__(self, hub: Hub, loop: asyncio.AbstractEventLoop, render: RenderRun) -> None:
        """Publish on this loop."""
        self._hub = hub
        self.loop = loop
        self._render = render

    def begin(self, writer: Writer) -> None:
        """Follow a transaction; given to the database as its hook."""
        changed: list[tuple[StoredRun, int | None]] = []

        def collect() -> None:
            if writer.changed_run_ids:
                places = queue_positions(writer.connection)
                changed.extend(
                    (run, places.get(run.id))
                    for run in get_runs(writer.connection, writer.changed_run_ids)
                )

        def announce() -> None:
            if changed:
                self.loop.call_soon_threadsafe(self._publish_runs, changed)

        writer.before_commit(collect)
        writer.after_commit(announce)

    def event(self, writer: Writer, new: NewEvent) -> StoredEvent:
        """Store an event and announce it."""
        stored = insert_event(writer, new)
        writer.after_commit(lambda: self.loop.call_soon_threadsafe(self.publish_events, [stored]))
        return stored

    def publish_events(self, events: list[StoredEvent]) -> None:
        """Hand events on; on the event loop only."""
        for event in events:
            topic = events_topic(event.run_id)
            if self._hub.has_readers(topic):
                self._hub.publish(topic, event.id, message("event", msgspec.json.encode(event)))

    def _publish_runs(self, changed: list[tuple[StoredRun, int | None]]) -> None:
        if self._hub.has_readers(RUNS_TOPIC):
            for run, place in changed:
                body = message("run", self._render(run, place))
                self._hub.publish(RUNS_TOPIC, run.revision, body)
