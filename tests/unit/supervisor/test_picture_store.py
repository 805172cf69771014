"""The shim alone decides what is kept of a learner's pictures."""

from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from gymlab.protocol.framing import ProtocolError, encode, worker_reader
from gymlab.protocol.learning import (
    Board,
    Histogram,
    LayerPicture,
    LearnerPicture,
    NetworkPicture,
    ValuePicture,
)
from gymlab.supervisor.picture_store import MAX_KEPT, PictureStore, read_pictures

SPREAD = Histogram(-1.0, 1.0, [1, 2], 0.1, 0.5)
BOARD = Board(
    rows=1,
    columns=2,
    pages=[""],
    states=[[0, 1]],
    kinds=["start", "goal"],
    arrows=["left", "right"],
    discount=0.9,
    values=[1.0, None],
    policy=[1, -1],
    optimal=[2, 0],
    num_sweeps=3,
)


class Clock:
    """A second passes at every look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        self.now += 1.0
        return self.now


def picture(timestep: int, *, board: Board | None = None) -> LearnerPicture:
    """Make a message of a worker."""
    network = NetworkPicture(timestep, 1, [LayerPicture("q", 3, SPREAD, None)])
    return LearnerPicture(network, board, ValuePicture(timestep, [1.0, None], [1, -1], 0, 0, 1))


def kept(folder: Path) -> list[int]:
    """Return the timesteps on disk."""
    return [each.network.timestep for each in read_pictures(folder)[1]]


def test_pictures_are_read_as_they_were_sent(tmp_path: Path) -> None:
    """With the board that came with the first."""
    store = PictureStore(tmp_path, now=Clock())
    assert store.keep(picture(0, board=BOARD), seq=1)
    assert store.keep(picture(10), seq=2)
    board, pictures = read_pictures(tmp_path)
    assert board == BOARD
    assert [(each.seq, each.network, each.values) for each in pictures] == [
        (1, picture(0).network, picture(0).values),
        (2, picture(10).network, picture(10).values),
    ]


def test_a_rewound_run_loses_what_was_pictured_behind_the_checkpoint(tmp_path: Path) -> None:
    """Also when another process goes on."""
    store = PictureStore(tmp_path, now=Clock())
    for timestep in (0, 10, 20):
        store.keep(picture(timestep), seq=timestep)
    again = PictureStore(tmp_path, now=Clock())
    again.rewind(10)
    assert kept(tmp_path) == [0, 10]


def test_many_pictures_are_thinned_out_evenly(tmp_path: Path) -> None:
    """The first and the newest stay."""
    store = PictureStore(tmp_path, now=Clock())
    for timestep in range(1000):
        store.keep(picture(timestep), seq=timestep)
        if timestep % 100 == 0:
            assert len(kept(tmp_path)) <= MAX_KEPT
    found = kept(tmp_path)
    assert (found[0], found[-1]) == (0, 999)
    assert max(after - before for before, after in pairwise(found)) < 20


def test_a_flood_is_dropped(tmp_path: Path) -> None:
    """Within one moment, only so many are written."""
    store = PictureStore(tmp_path, now=lambda: 0.0)
    assert sum(store.keep(picture(timestep), seq=0) for timestep in range(1000)) == 20


def test_what_is_too_large_is_not_kept(tmp_path: Path) -> None:
    """Fields have bounds of their own; together they still may be too much."""
    layers = [LayerPicture("x" * 64, 2**53, SPREAD, SPREAD)] * 16
    network = NetworkPicture(2**53, 2**53, layers)
    huge = ValuePicture(0, [-1.2345678901234567e300] * 2500, [29] * 2500, None, None, 1.0)
    store = PictureStore(tmp_path, now=Clock())
    assert store.keep(LearnerPicture(network, None, huge), seq=0)
    assert not store.keep(LearnerPicture(None, BOARD, huge), seq=0)
    content = (tmp_path / "pictures" / f"{2**53}.json").read_bytes()
    assert len(content) < 256 * 1024


@pytest.mark.parametrize(
    "changed",
    [
        {"network": {"timestep": -1, "gradient_steps": 0, "layers": []}},
        {"network": {"timestep": 10**18, "gradient_steps": 0, "layers": []}},
        {"network": {"timestep": "../x", "gradient_steps": 0, "layers": []}},
        {"network": {"timestep": 0, "gradient_steps": 0, "layers": [{}] * 17}},
        {"board": {**msgspec.to_builtins(BOARD), "pages": []}},
        {"board": {**msgspec.to_builtins(BOARD), "rows": 10**6}},
        {"board": {**msgspec.to_builtins(BOARD), "policy": [99, 0]}},
        {"board": {**msgspec.to_builtins(BOARD), "values": [float("inf"), 0]}},
        {"board": {**msgspec.to_builtins(BOARD), "discount": float("nan")}},
        {"values": {**msgspec.to_builtins(picture(0).values), "values": [0.0] * 2501}},
        {"values": {**msgspec.to_builtins(picture(0).values), "optimal_share": 2}},
        {"values": {**msgspec.to_builtins(picture(0).values), "more": 1}},
    ],
)
def test_a_worker_that_sends_something_else_is_ended(changed: dict[str, object]) -> None:
    """It does not speak the protocol."""
    body = msgspec.msgpack.encode({"type": "learner_picture", **changed})
    message = len(body).to_bytes(4, "big") + body
    with pytest.raises(ProtocolError):
        list(worker_reader().feed(message))
    list(worker_reader().feed(encode(picture(0, board=BOARD))))


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 10_000, b'{"seq": 1}', b"x" * 300_000])
def test_damaged_files_are_passed_over(tmp_path: Path, content: bytes) -> None:
    """A run's page shows what is left."""
    PictureStore(tmp_path, now=Clock()).keep(picture(5, board=BOARD), seq=1)
    (tmp_path / "pictures" / "7.json").write_bytes(content)
    (tmp_path / "pictures" / "board.json").write_bytes(content)
    (tmp_path / "pictures" / "x.json").write_bytes(content)
    board, pictures = read_pictures(tmp_path)
    assert board is None
    assert [each.network.timestep for each in pictures] == [5]
    assert PictureStore(tmp_path, now=Clock()).keep(picture(9), seq=2)
