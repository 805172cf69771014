"""The shim alone decides what is kept of the episodes that a worker sends."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from gymlab.domain.replays import MAX_KEPT, MAX_REPLAY_BYTES, ReplayKind
from gymlab.protocol.parts import EpisodeRow
from gymlab.protocol.replays import StoredReplay
from gymlab.protocol.worker import Replay
from gymlab.supervisor.replay_store import MAX_FILES, KeptReplay, ReplayStore, read_replays

RECORD = {"seed": 3, "options": {"plain": None}, "actions": {"numbers": [0, 1]}, "digest": "x"}


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time, a second later each time."""
        self.now += 1.0
        return self.now


def replay(episode: int, *kinds: str, record: Any = RECORD, termination: str = "wall") -> Replay:
    """Make a message of a worker."""
    row = EpisodeRow(
        timestep=10 * episode,
        timestamp=0.0,
        wall_time_s=0.0,
        episode=episode,
        env_index=0,
        episode_return=1.0,
        episode_length=2,
        terminated=True,
        truncated=False,
        termination=termination,
    )
    content = record if isinstance(record, bytes) else msgspec.json.encode(record)
    return Replay(row=row, kinds=list(kinds), record=content)


def keep(store: ReplayStore, message: Replay) -> bool:
    """Keep it as the row of its number."""
    return store.keep(message, seq=message.row.episode, termination=str(message.row.termination))


def kept(folder: Path) -> list[int]:
    """Return the numbers of the episodes on disk."""
    return [item.episode for item in read_replays(folder, KeptReplay)]


def test_an_episode_is_written_whole(tmp_path: Path) -> None:
    """With what is known of it from its row."""
    assert keep(ReplayStore(tmp_path, now=Clock()), replay(7, "first"))
    (stored,) = read_replays(tmp_path, StoredReplay)
    assert (stored.episode, stored.kinds, stored.timestep) == (7, ["first"], 70)
    assert stored.record == RECORD


@pytest.mark.parametrize(
    "message",
    [
        replay(1),
        replay(1, "favourite"),
        replay(1, "first", record=b"{"),
        replay(1, "first", record=b"[]"),
        replay(1, "first", record={"seed": 1}),
        replay(1, "first", record={**RECORD, "path": "../../x"}),
        replay(1, "first", record=b'{"seed":1,"actions":' + b"[" * 100_000),
        replay(1, "first", record=b" " * (MAX_REPLAY_BYTES + 1)),
    ],
)
def test_what_is_no_replay_is_not_written(tmp_path: Path, message: Replay) -> None:
    """Whatever a worker sends, nothing is raised and nothing is written."""
    assert not keep(ReplayStore(tmp_path, now=Clock()), message)
    assert not (tmp_path / "replays").exists()


def test_each_kind_has_its_number(tmp_path: Path) -> None:
    """Records: the latest; endings: the first and the latest; the rest spread over the run."""
    store = ReplayStore(tmp_path, now=Clock())
    keep(store, replay(1, "first"))
    for episode in range(2, 40):
        keep(store, replay(episode, "record"))
    assert kept(tmp_path) == [1, *range(40 - MAX_KEPT[ReplayKind.RECORD], 40)]
    for episode in range(100, 110):
        keep(store, replay(episode, "termination", termination="self"))
        keep(store, replay(episode + 100, "termination", termination="wall"))
    assert [each for each in kept(tmp_path) if each >= 100] == [
        100, 107, 108, 109, 200, 207, 208, 209,
    ]  # fmt: skip
    for episode in range(1000, 9000, 100):
        keep(store, replay(episode, "every"))
    spread = [each for each in kept(tmp_path) if each >= 1000]
    assert len(spread) <= MAX_KEPT[ReplayKind.EVERY]
    assert spread[0] == 1000
    assert spread[-1] > 8000


def test_a_flood_is_cut_off(tmp_path: Path) -> None:
    """A worker that sends thousands a second loses most of them."""
    store = ReplayStore(tmp_path, now=lambda: 5.0)
    outcomes = [keep(store, replay(episode, "every")) for episode in range(1, 1000)]
    assert sum(outcomes) < 100


def test_no_number_of_reasons_fills_the_disk(tmp_path: Path) -> None:
    """Beyond the limit of files the oldest go."""
    store = ReplayStore(tmp_path, now=Clock())
    for episode in range(1, 300):
        keep(store, replay(episode, "termination", termination=f"reason{episode}"))
    assert len(kept(tmp_path)) <= MAX_FILES


def test_a_resumed_attempt_forgets_what_it_plays_anew(tmp_path: Path) -> None:
    """Episodes behind the row from which it goes on."""
    store = ReplayStore(tmp_path, now=Clock())
    for episode in (1, 5, 9):
        keep(store, replay(episode, "record"))
    later = ReplayStore(tmp_path, now=Clock())
    later.rewind(5)
    assert kept(tmp_path) == [1, 5]


def test_strange_files_are_passed_over(tmp_path: Path) -> None:
    """Torn, foreign and linked ones."""
    folder = tmp_path / "replays"
    folder.mkdir()
    (folder / "1.json").write_text("{", encoding="utf-8")
    (folder / "x.json").write_text("{}", encoding="utf-8")
    (folder / "2.json").mkdir()
    assert kept(tmp_path) == []
    assert keep(ReplayStore(tmp_path, now=Clock()), replay(3, "first"))
