"""Messages survive any cutting of the byte stream, and garbage is refused."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymlab.protocol.framing import ProtocolError, encode, worker_command_reader, worker_reader
from gymlab.protocol.parts import EpisodeRow
from gymlab.protocol.version import MAX_MESSAGE_BYTES
from gymlab.protocol.worker import Episodes, Heartbeat, Pause, Stop, Watch

MESSAGES = [Pause(), Watch(source="training", fps=15, tiles=2), Stop(), Watch("showcase", 0)]


@given(st.lists(st.integers(1, 40), max_size=60))
def test_messages_survive_any_cutting(cuts: list[int]) -> None:
    """However the kernel cuts the stream, the same messages come out in order."""
    stream = b"".join(encode(message) for message in MESSAGES)
    reader = worker_command_reader()
    received: list[object] = []
    position = 0
    for cut in [*cuts, len(stream)]:
        received += reader.feed(stream[position : position + cut])
        position += cut
    assert received == MESSAGES


@given(st.binary(min_size=1, max_size=200))
def test_garbage_is_refused_or_awaited_but_never_believed(garbage: bytes) -> None:
    """A worker is hostile: its bytes are messages of the union or an error."""
    reader = worker_reader()
    try:
        messages = list(reader.feed(garbage))
    except ProtocolError:
        return
    for message in messages:
        assert encode(message) in garbage


def test_a_huge_length_is_refused_before_memory_is_taken() -> None:
    """Four bytes must not make the shim wait for four gigabytes."""
    with pytest.raises(ProtocolError):
        list(worker_reader().feed(struct.pack(">I", MAX_MESSAGE_BYTES + 1)))


def test_a_message_of_the_other_direction_is_refused() -> None:
    """A worker cannot order its shim about."""
    with pytest.raises(ProtocolError):
        list(worker_reader().feed(encode(Pause())))


def test_rows_arrive_with_their_types() -> None:
    """A finished episode is the same at both ends."""
    row = EpisodeRow(
        timestep=5,
        timestamp=1.0,
        wall_time_s=0.5,
        episode=1,
        env_index=0,
        episode_return=None,
        episode_length=5,
        terminated=True,
        truncated=False,
    )
    assert list(worker_reader().feed(encode(Episodes(rows=[row])))) == [Episodes(rows=[row])]


@pytest.mark.parametrize("timestep", [-1, 2**53 + 1, 2**64 - 1])
def test_a_count_that_no_reader_can_hold_is_refused(timestep: int) -> None:
    """Databases and browsers would fail on it far from the worker that sent it."""
    sent = encode(Heartbeat(timestep=timestep, episodes=0, gradient_steps=0, wall_time_s=1.0))
    with pytest.raises(ProtocolError):
        list(worker_reader().feed(sent))
