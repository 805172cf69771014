"""The counting of the many clients: a benchmark that cannot see a loss proves nothing."""

import asyncio
import json
from collections.abc import Sequence

import pytest

from benchmarks.sse_clients import Client, Counts

HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


def message(*seqs: int) -> bytes:
    """Return one metrics message as a chunk."""
    rows = [{"seq": seq, "timestamp": "2026-01-01T00:00:00.000Z"} for seq in seqs]
    body = f"event: metrics\nid: x\ndata: {json.dumps({'run_id': 'r', 'rows': rows})}\n\n".encode()
    return f"{len(body):x}\r\n".encode() + body + b"\r\n"


def fed(pieces: Sequence[bytes]) -> Counts:
    """Return what a client counts that receives these bytes."""
    loop = asyncio.new_event_loop()
    counts = Counts()
    client = Client(b"", counts, loop.create_future())
    for piece in pieces:
        client.data_received(piece)
    loop.close()
    return counts


@pytest.mark.parametrize(
    ("batches", "gaps", "repeats"),
    [
        ([(5, 6), (7,)], 0, 0),
        ([(5, 6), (8,)], 1, 0),
        ([(5, 6), (6, 7)], 0, 1),
        ([(5,), (5,), (9,)], 1, 1),
    ],
)
def test_gaps_and_repeats_are_seen(
    batches: Sequence[tuple[int, ...]], gaps: int, repeats: int
) -> None:
    """A missing number is a gap and one that came before is a repeat."""
    counts = fed([HEAD, *(message(*batch) for batch in batches)])

    assert (counts.gaps, counts.repeats) == (gaps, repeats)
    assert counts.messages == len(batches)


def test_messages_may_arrive_byte_by_byte() -> None:
    """Neither chunks nor messages need to come in one piece."""
    stream = HEAD + message(1, 2) + message(3)

    counts = fed([stream[index : index + 1] for index in range(len(stream))])

    assert (counts.rows, counts.gaps, counts.repeats) == (3, 0, 0)


def test_a_refusal_is_an_error() -> None:
    """A client that was refused does not count as one that lost nothing."""
    loop = asyncio.new_event_loop()
    connected: asyncio.Future[None] = loop.create_future()
    client = Client(b"", Counts(), connected)

    client.data_received(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")

    assert isinstance(connected.exception(), ConnectionError)
    loop.close()
