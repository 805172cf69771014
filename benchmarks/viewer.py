"""A viewer in a process of its own: receives pictures and counts which of them are fresh.

As a program it waits for an address on stdin, receives until the server closes the
socket or stdin ends, and prints what it counted.
"""

import contextlib
import json
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parent.parent
HEADER = struct.Struct(">I")
FIRST_MESSAGE_TIMEOUT_S = 60.0
Moment = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a viewer received from its first picture to its last."""

    num_frames: int
    num_seqs: int
    """Pictures with a number that was not seen before."""
    num_moments: int
    """Pictures of a moment (episode, timestep) that was not seen before."""
    duration_s: float
    """From the first picture to the last."""
    num_bytes: int


def header_of(message: bytes) -> dict[str, Any]:
    """Return the JSON header of a picture."""
    (length,) = HEADER.unpack_from(message)
    header: dict[str, Any] = json.loads(message[HEADER.size : HEADER.size + length])
    return header


def frames(connection: ClientConnection) -> Iterator[bytes]:
    """Yield pictures until the server closes; text messages say why there is none yet."""
    with contextlib.suppress(ConnectionClosed):
        for message in connection:
            if isinstance(message, bytes):
                yield message


class Viewer:
    """A running viewer process."""

    def __init__(self) -> None:
        """Start the process, so that its imports cost nothing later."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.viewer"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdout.readline()

    def watch(self, url: str) -> None:
        """Begin to receive."""
        assert self._process.stdin is not None  # noqa: S101
        self._process.stdin.write(url + "\n")
        self._process.stdin.flush()

    def stop(self) -> Seen:
        """Return what was seen, and end the process."""
        out, _ = self._process.communicate(timeout=30)
        return Seen(**json.loads(out))


def _receive(url: str) -> Seen:
    seqs: set[int] = set()
    moments: set[Moment] = set()
    num_frames = num_bytes = 0
    first = last = 0.0
    with connect(url, open_timeout=FIRST_MESSAGE_TIMEOUT_S, max_size=None) as connection:
        threading.Thread(target=_close_with_stdin, args=(connection,), daemon=True).start()
        for message in frames(connection):
            last = time.perf_counter()
            first = first or last
            header = header_of(message)
            num_frames += 1
            num_bytes += len(message)
            seqs.add(header["seq"])
            moments.add((header["episode"], header["timestep"]))
    return Seen(num_frames, len(seqs), len(moments), last - first, num_bytes)


def _close_with_stdin(connection: ClientConnection) -> None:
    sys.stdin.read()
    connection.close()


def main() -> None:
    """Receive from the address on stdin and print what was seen."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    seen = _receive(sys.stdin.readline().strip())
    document = {name: getattr(seen, name) for name in Seen.__slots__}
    sys.stdout.write(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
