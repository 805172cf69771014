"""Many SSE clients in one process, on bare sockets; prints what they saw when stdin ends."""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

CONNECT_AT_ONCE = 50
SAMPLE_DELAY_EVERY = 20
STALLED_ROWS = 120
"""A client this far behind the others at the end has lost rows, not just not had them yet."""


class _Row(msgspec.Struct):
    seq: int
    timestamp: str


class _Batch(msgspec.Struct):
    rows: list[_Row]


_BATCH = msgspec.json.Decoder(_Batch)


@dataclass
class Counts:
    """What all clients saw together."""

    messages: int = 0
    rows: int = 0
    gaps: int = 0
    repeats: int = 0
    delays_s: list[float] = field(default_factory=list[float])


class Client(asyncio.Protocol):
    """One connection: undoes the chunks, splits messages, checks the numbers of the rows."""

    def __init__(self, request: bytes, counts: Counts, connected: asyncio.Future[None]) -> None:
        """Prepare a request that is sent as soon as the connection stands."""
        self._request = request
        self._counts = counts
        self._connected = connected
        self._raw = bytearray()
        self._text = bytearray()
        self.last_seq: int | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        if isinstance(transport, asyncio.Transport):
            transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        self._raw += data
        if not self._connected.done():
            end = self._raw.find(b"\r\n\r\n")
            if end < 0:
                return
            self._begin(bytes(self._raw[:end]))
            del self._raw[: end + 4]
        self._unchunk()
        while (end := self._text.find(b"\n\n")) >= 0:
            message = bytes(self._text[:end])
            del self._text[: end + 2]
            self._take(message)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail when the server refuses; one that ends later shows as stalled."""
        if not self._connected.done():
            self._connected.set_exception(ConnectionError(f"closed before the answer: {exc}"))

    def _begin(self, head: bytes) -> None:
        if b" 200 " not in head.split(b"\r\n", 1)[0] or b"chunked" not in head.lower():
            self._connected.set_exception(ConnectionError(head.decode(errors="replace")))
        else:
            self._connected.set_result(None)

    def _unchunk(self) -> None:
        while (end := self._raw.find(b"\r\n")) >= 0:
            size = int(self._raw[:end], 16)
            if len(self._raw) < end + 2 + size + 2:
                return
            self._text += self._raw[end + 2 : end + 2 + size].replace(b"\r\n", b"\n")
            del self._raw[: end + 2 + size + 2]

    def _take(self, message: bytes) -> None:
        lines = message.split(b"\n")
        if b"event: metrics" not in lines:
            return
        data = b"".join(line[6:] for line in lines if line.startswith(b"data: "))
        counts = self._counts
        counts.messages += 1
        rows = _BATCH.decode(data).rows
        if counts.messages % SAMPLE_DELAY_EVERY == 0:
            written = datetime.fromisoformat(rows[-1].timestamp).timestamp()
            counts.delays_s.append(time.time() - written)
        for row in rows:
            counts.rows += 1
            expected = row.seq if self.last_seq is None else self.last_seq + 1
            counts.gaps += row.seq > expected
            counts.repeats += row.seq < expected
            self.last_seq = row.seq


async def _connect(url: str, run_id: str, num_clients: int, counts: Counts) -> list[Client]:
    clients: list[Client] = []
    address = urlsplit(url)
    host, port = str(address.hostname), int(address.port or 80)
    path = f"/api/v1/stream?topics=run:{run_id}:metrics"
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: text/event-stream\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    for first in range(0, num_clients, CONNECT_AT_ONCE):
        futures: list[asyncio.Future[None]] = []
        for _ in range(min(CONNECT_AT_ONCE, num_clients - first)):
            connected: asyncio.Future[None] = loop.create_future()
            futures.append(connected)
            client = Client(request, counts, connected)
            clients.append(client)
            await loop.create_connection(lambda client=client: client, host, port)
        await asyncio.gather(*futures)
    return clients


async def _run(url: str, run_id: str, num_clients: int) -> None:
    counts = Counts()
    clients = await _connect(url, run_id, num_clients, counts)
    before, begun = counts.messages, time.perf_counter()
    sys.stdout.write("connected\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    elapsed_s = time.perf_counter() - begun
    document = {
        "rows": counts.rows,
        "gaps": counts.gaps + _num_stalled(clients),
        "repeats": counts.repeats,
        "messages_per_client_s": (counts.messages - before) / num_clients / elapsed_s,
        "delay_p99_s": sorted(counts.delays_s)[int(len(counts.delays_s) * 0.99)],
    }
    sys.stdout.write(json.dumps(document) + "\n")


def _num_stalled(clients: list[Client]) -> int:
    reached = [client.last_seq or 0 for client in clients]
    return sum(seq < max(reached) - STALLED_ROWS for seq in reached)


def main() -> None:
    """Connect, count, print."""
    url, run_id, num_clients = sys.argv[1:]
    asyncio.run(_run(url, run_id, int(num_clients)))


if __name__ == "__main__":
    main()
