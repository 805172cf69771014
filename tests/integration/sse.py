"""A client of the event stream that resumes like a browser and notices every lost or repeated row."""

import contextlib
import json
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Self

import httpx

from tests.integration.lab import API, LabServer, until

RETRY_S = 0.02


class StreamClient:
    """Follows topics over connections that may break at any byte."""

    def __init__(self, lab: LabServer, topics: str, *, begin: str = "start") -> None:
        """Prepare to follow comma-joined topics."""
        self._lab = lab
        self._params = {"topics": topics, "from": begin}
        self._buffer = b""
        self.last_id: str | None = None
        self.rows: dict[str, list[int]] = defaultdict(list)
        """Run -> sequence numbers of the rows that count."""
        self.event_ids: list[int] = []
        self.runs: list[dict[str, Any]] = []
        self.faults: list[str] = []
        self.num_connections = 0
        self.refusals: list[tuple[int, str]] = []
        self._socket: socket.socket | None = None

    def follow(self, go_on: Callable[[], bool], *, cut_after_bytes: int | None = None) -> None:
        """Hold one connection until it is cut.

        Args:
            go_on: Asked with every piece that arrives.
            cut_after_bytes: Where to cut, exactly.

        Raises:
            httpx.HTTPError: The connection broke or was refused.
        """
        headers = {"Last-Event-ID": self.last_id} if self.last_id is not None else {}
        self._buffer = b""
        left = cut_after_bytes
        timeout = httpx.Timeout(20.0, connect=2.0)
        url = f"{self._lab.url}{API}/stream"
        with httpx.stream(
            "GET", url, params=self._params, headers=headers, timeout=timeout
        ) as answer:
            if answer.status_code != 200:
                self.refusals.append((answer.status_code, answer.read().decode()))
                return
            self.num_connections += 1
            self._socket = answer.extensions["network_stream"].get_extra_info("socket")
            for chunk in answer.iter_raw():
                if not go_on():
                    return
                self._take(chunk[:left])
                if left is not None:
                    left -= len(chunk)
                    if left <= 0:
                        return

    def hang_up(self) -> None:
        """Cut the connection from another thread, which waits for bytes that may be long in coming."""
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it was cut already
                self._socket.shutdown(socket.SHUT_RDWR)

    def _take(self, chunk: bytes) -> None:
        self._buffer += chunk
        while b"\n\n" in self._buffer:
            message, _, self._buffer = self._buffer.partition(b"\n\n")
            self._dispatch(message)

    def _dispatch(self, message: bytes) -> None:
        fields: dict[str, str] = {}
        for line in message.decode().splitlines():
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        if "id" in fields:
            self.last_id = fields["id"]
        if "data" not in fields:
            return
        data = json.loads(fields["data"]) if fields["data"] else {}
        match fields.get("event"):
            case "metrics":
                self._rows(data["run_id"], [row["seq"] for row in data["rows"]])
            case "rewind":
                kept = self.rows[data["run_id"]]
                del kept[data["rewind_to_seq"] :]
            case "event":
                if data["id"] in self.event_ids:
                    self.faults.append(f"event {data['id']} came twice")
                self.event_ids.append(data["id"])
            case "run":
                self.runs.append(data)
            case _:
                pass

    def _rows(self, run_id: str, seqs: list[int]) -> None:
        for seq in seqs:
            last = self.rows[run_id][-1] if self.rows[run_id] else 0
            if seq != last + 1:
                self.faults.append(f"row {seq} of {run_id} came after row {last}")
            self.rows[run_id].append(seq)


class Follower:
    """A stream client on a thread of its own that always connects again."""

    def __init__(self, lab: LabServer, topics: str, *, begin: str = "start") -> None:
        """Prepare; `with` follows."""
        self.client = StreamClient(lab, topics, begin=begin)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up and end."""
        self._is_over.set()
        self.client.hang_up()
        self._thread.join(20)

    def _run(self) -> None:
        while not self._is_over.is_set():
            # A server that is gone has no address, refuses or hangs up: all of it is expected here.
            with contextlib.suppress(httpx.HTTPError, KeyError):
                self.client.follow(lambda: not self._is_over.is_set())
            time.sleep(RETRY_S)

    def until_row(self, run_id: str, seq: int) -> None:
        """Wait until a row has come."""
        until(lambda: len(self.client.rows[run_id]) >= seq, f"row {seq} on the stream")
