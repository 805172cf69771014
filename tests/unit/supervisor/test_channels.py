"""What of a worker's moments reaches the server."""

import msgspec
import pytest

from gymlab.protocol.parts import FrameHeader
from gymlab.protocol.shim import FrameRelay
from gymlab.protocol.version import MAX_FRAME_BYTES
from gymlab.protocol.worker import Frame
from gymlab.supervisor.channels import picture_of

HEADER = FrameHeader(1, "training", 0, 1, 0.0, 0.0, 0, 0, "jpeg", "rollout", 0.0, 0)
STATE = {
    "game": "gridworld",
    "size": 2,
    "agent": [0, 0],
    "start": [0, 0],
    "walls": [],
    "traps": [],
    "goals": [],
    "score": 0,
    "timestep": 0,
    "termination": None,
}


def test_states_are_read_before_they_travel_on() -> None:
    """Spaces and doubled keys of a worker do not."""
    content = msgspec.json.encode([STATE]).replace(b'"size":2', b'"size" : 9, "size":  2')
    relayed = picture_of(Frame(HEADER, b"", content))
    assert isinstance(relayed, FrameRelay)
    assert msgspec.json.decode(relayed.states) == [STATE]
    assert (b" " in relayed.states, relayed.states.count(b'"size"')) == (False, 1)


@pytest.mark.parametrize("states", [b"[", b'[{"game":"chess"}]', b"[" * 10_000])
def test_refused_states_leave_the_picture(states: bytes) -> None:
    """And nothing at all where there is none."""
    relayed = picture_of(Frame(HEADER, b"jpeg", states))
    assert relayed == FrameRelay(HEADER, b"jpeg", b"")
    assert picture_of(Frame(HEADER, b"", states)) is None


def test_too_large_a_picture_is_dropped_with_its_states() -> None:
    """Nobody sends both honestly."""
    frame = Frame(HEADER, bytes(MAX_FRAME_BYTES + 1), msgspec.json.encode([STATE]))
    assert picture_of(frame) is None
