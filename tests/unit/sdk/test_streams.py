"""Streams arrive typed, in order, and continue exactly after a break."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymlab.sdk.client import Client
from gymlab.sdk.failures import InvalidRequestError, ServerUnavailableError
from gymlab.sdk.streams import (
    EventLogged,
    LogText,
    MetricRows,
    RawMessage,
    Rewound,
    RunChanged,
    RunDeleted,
    Stream,
    StreamMessage,
    parse_lines,
)
from tests.unit.sdk.conftest import Reply, Request, ScriptedServer, error_reply

RUN_ID = "0123456789ab"


def _message(event: str, data: object, message_id: str | None = None) -> str:
    lines = [f"event: {event}", f"data: {json.dumps(data)}"]
    if message_id is not None:
        lines.append(f"id: {message_id}")
    return "\n".join(lines) + "\n\n"


def _rows(seq: int) -> str:
    return _message("metrics", {"run_id": RUN_ID, "rows": [{"seq": seq}]}, f"{RUN_ID}:m=1.{seq}")


def _take(stream: Stream, number: int) -> list[StreamMessage]:
    taken: list[StreamMessage] = []
    for message in stream:
        taken.append(message)
        if len(taken) == number:
            stream.close()
    return taken


def test_every_kind_of_message_is_typed(
    server: ScriptedServer, client: Client, run_answer: dict[str, Any]
) -> None:
    """Pings and kinds of a newer server are passed over."""
    event = {
        "id": 4,
        "run_id": RUN_ID,
        "timestamp": "2026-01-01T00:00:00Z",
        "level": "info",
        "event_type": "paused",
        "message": "Paused.",
        "data": {},
    }
    body = "".join([
        ": a comment\n\n",
        _message("ping", {}, "runs=1"),
        _message("from_the_future", {"x": 1}),
        _rows(1),
        _message("event", event),
        _message("run", run_answer),
        _message("run", {"id": RUN_ID, "deleted": True}),
        _message("log", {"run_id": RUN_ID, "offset": 3, "text": "hi\n"}),
        _message("rewind", {"run_id": RUN_ID, "rewind_to_seq": 7, "attempt": 2}),
    ])
    server.on("GET /stream", Reply(200, body.encode()))

    kinds = [type(message) for message in _take(client.stream(RUN_ID), 6)]

    assert kinds == [MetricRows, EventLogged, RunChanged, RunDeleted, LogText, Rewound]
    assert server.requests[0].query == {
        "topics": f"runs,run:{RUN_ID}:metrics,run:{RUN_ID}:events,run:{RUN_ID}:log",
        "from": "now",
    }


def test_a_broken_stream_continues_behind_the_last_whole_message(
    server: ScriptedServer, client: Client
) -> None:
    """A message cut in the middle is not delivered; the next request names the last whole one."""

    def answer(request: Request) -> Reply:
        if "Last-Event-ID" not in request.headers:
            return Reply(200, (_rows(1) + _rows(2) + _rows(3)[:-20]).encode(), announced=10_000)
        return Reply(200, (_rows(3) + _rows(4)).encode())

    server.on("GET /stream", answer)

    messages = _take(client.stream(RUN_ID, from_="start"), 4)

    assert [m.rows[0]["seq"] for m in messages if isinstance(m, MetricRows)] == [1, 2, 3, 4]
    assert server.requests[1].headers["Last-Event-ID"] == f"{RUN_ID}:m=1.2"


def test_a_ping_moves_the_position(server: ScriptedServer, client: Client) -> None:
    """After nothing but a ping, the stream continues from where the ping said."""

    def answer(request: Request) -> Reply:
        first = "Last-Event-ID" not in request.headers
        return Reply(200, (_message("ping", {}, "runs=17") if first else _rows(1)).encode())

    server.on("GET /stream", answer)
    _take(client.stream(RUN_ID), 1)
    assert server.requests[1].headers["Last-Event-ID"] == "runs=17"


def test_a_refused_position_is_raised(server: ScriptedServer, client: Client) -> None:
    """A cursor the server cannot continue from is an error, not a silent gap."""
    server.on("GET /stream", error_reply(422, "invalid", "no such position", code="invalid_cursor"))
    with pytest.raises(InvalidRequestError) as caught:
        _take(client.stream(RUN_ID, last_event_id="nonsense"), 1)
    assert caught.value.error_code == "invalid_cursor"


def test_a_server_that_stays_away_is_given_up() -> None:
    """The error of the last attempt is raised after the time that was given."""
    with Client("http://127.0.0.1:9") as client, pytest.raises(ServerUnavailableError):
        _take(client.stream(RUN_ID, give_up_after_s=0.1), 1)


@given(
    st.lists(
        st.builds(
            RawMessage,
            st.sampled_from(["metrics", "run", "log"]),
            st.text(st.characters(blacklist_characters="\r\n\0", blacklist_categories=["Cs"])),
            st.one_of(st.none(), st.text("abc=1.,", min_size=1)),
        )
    )
)
def test_parsing_is_the_inverse_of_writing(messages: list[RawMessage]) -> None:
    """Whatever a server writes in the standard's form is read back."""
    lines: list[str] = []
    for message in messages:
        lines += [f"event: {message.event}", f"data: {message.data}"]
        lines += [f"id: {message.id}"] if message.id is not None else []
        lines.append("")
    assert list(parse_lines(lines)) == messages
