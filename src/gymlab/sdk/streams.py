"""Live messages of a server over SSE, resumed exactly after every break."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Self

from gymlab.sdk.failures import ServerUnavailableError
from gymlab.sdk.models import Row, Run, RunEvent

_FIRST_RETRY_S = 0.1
_LONGEST_RETRY_S = 2.0


@dataclass(frozen=True, slots=True)
class MetricRows:
    """Metric rows that a run wrote, in order."""

    run_id: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class EventLogged:
    """A new entry of a run's event log."""

    run_id: str
    event: RunEvent


@dataclass(frozen=True, slots=True)
class RunChanged:
    """A run is new or changed."""

    run_id: str
    run: Run


@dataclass(frozen=True, slots=True)
class RunDeleted:
    """A run is gone."""

    run_id: str


@dataclass(frozen=True, slots=True)
class LogText:
    """A part of what the worker printed."""

    run_id: str
    offset: int
    """Position of the first byte in the log."""
    text: str


@dataclass(frozen=True, slots=True)
class Rewound:
    """Rows behind a sequence number are superseded by a resumed attempt."""

    run_id: str
    rewind_to_seq: int
    attempt: int


StreamMessage = MetricRows | EventLogged | RunChanged | RunDeleted | LogText | Rewound


@dataclass(frozen=True, slots=True)
class RawMessage:
    """One server-sent event."""

    event: str
    data: str
    id: str | None


def parse_lines(lines: Iterable[str]) -> Iterator[RawMessage]:
    """Split lines of an event stream into messages, as the HTML standard says."""
    event, data, message_id = "message", list[str](), None
    for line in lines:
        if not line:
            if data:
                yield RawMessage(event, "\n".join(data), message_id)
            event, data, message_id = "message", list[str](), None
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            event = value
        elif name == "data":
            data.append(value)
        elif name == "id" and "\0" not in value:
            message_id = value


def _run_message(body: Mapping[str, Any]) -> StreamMessage:
    if body.get("deleted"):
        return RunDeleted(body["id"])
    return RunChanged(body["id"], Run.model_validate(body))


_TYPED: Mapping[str, Callable[[Mapping[str, Any]], StreamMessage]] = {
    "metrics": lambda body: MetricRows(body["run_id"], body["rows"]),
    "event": lambda body: EventLogged(body["run_id"], RunEvent.model_validate(body)),
    "run": _run_message,
    "log": lambda body: LogText(body["run_id"], body["offset"], body["text"]),
    "rewind": lambda body: Rewound(body["run_id"], body["rewind_to_seq"], body["attempt"]),
}


def typed_message(raw: RawMessage) -> StreamMessage | None:
    """Return the typed form; None for pings and for kinds this client does not know."""
    make = _TYPED.get(raw.event)
    return None if make is None else make(json.loads(raw.data))


Connect = Callable[[str | None], AbstractContextManager[Iterator[str]]]
"""Opens the stream behind a message id and gives its lines."""


class Stream:
    """Messages of some topics, in order, without loss or repetition across reconnects.

    Iterate over it; leave the `with` block or call `close` to end it.
    """

    def __init__(
        self, connect: Connect, *, last_event_id: str | None = None, give_up_after_s: float = 60.0
    ) -> None:
        """Connect on first use.

        Args:
            connect: Opens the stream behind a message id.
            last_event_id: Message to continue behind.
            give_up_after_s: How long a server may be gone before the error is raised.
        """
        self._connect = connect
        self._give_up_after_s = give_up_after_s
        self._is_closed = False
        self.last_event_id = last_event_id

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the iteration at the next message."""
        self._is_closed = True

    def __iter__(self) -> Iterator[StreamMessage]:
        """Yield messages until closed.

        Raises:
            RequestError: The server refused, or stayed away for too long.
        """
        lost_at: float | None = None
        pause_s = _FIRST_RETRY_S
        while not self._is_closed:
            try:
                with self._connect(self.last_event_id) as lines:
                    for raw in parse_lines(lines):
                        lost_at, pause_s = None, _FIRST_RETRY_S
                        self.last_event_id = raw.id or self.last_event_id
                        message = typed_message(raw)
                        if message is not None:
                            yield message
                        if self._is_closed:
                            return
            except ServerUnavailableError:
                lost_at = time.monotonic() if lost_at is None else lost_at
                if time.monotonic() - lost_at > self._give_up_after_s:
                    raise
            time.sleep(pause_s)
            pause_s = min(_LONGEST_RETRY_S, pause_s * 2)


def topics_of(run_ids: Sequence[str], kinds: Sequence[str] = ("metrics", "events", "log")) -> str:
    """Return the `topics` of runs, with the list of runs first."""
    return ",".join(["runs", *(f"run:{run_id}:{kind}" for run_id in run_ids for kind in kinds)])
