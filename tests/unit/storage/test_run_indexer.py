"""Following a run's files: rows, rewinds, torn and unreadable lines."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gymlab.domain.runs import RunSpec, RunStatus
from gymlab.storage.database import Database
from gymlab.storage.migrating import prepare_database
from gymlab.storage.row_index import offset_before, read_visibility
from gymlab.storage.run_indexer import Advance, RewindNote, RowBatch, RunIndexer
from gymlab.storage.runs import NewRunRow, get_run, insert_run
from gymlab.storage.series import Range, read_series, series_ids
from gymlab.storage.visible_rows import read_page

RUN = "abcdefgh0123"


class Followed:
    """A database with one run and its folder."""

    def __init__(self, folder: Path) -> None:
        prepare_database(folder / "gymlab.db")
        self.database = Database(folder / "gymlab.db")
        self.folder = folder
        spec = RunSpec(
            run_id=RUN, env_id="E-v0", runner="r", algorithm="a", hyperparameters={},
            total_timesteps=10, seed=1,
        )  # fmt: skip
        new = NewRunRow(
            id=RUN, name="n", tags=[], notes="", env_title="E", spec=spec.model_dump(mode="json"),
            spec_sha256=spec.sha256(), created_at=1.0, status=RunStatus.RUNNING,
        )  # fmt: skip
        with self.database.writing() as writer:
            insert_run(writer, new)
        self.indexer = self.again()

    def again(self) -> RunIndexer:
        """Return what a new server would begin with."""
        with self.database.reading() as connection:
            run = get_run(connection, RUN)
        assert run is not None
        self.indexer = RunIndexer(run, self.folder, lambda: "2026-01-01T00:00:00.000Z")
        return self.indexer

    def append(self, *objects: Any, name: str = "metrics.jsonl") -> None:
        """Write lines; bytes are written as they are."""
        with (self.folder / name).open("ab") as file:
            for item in objects:
                file.write(item if isinstance(item, bytes) else json.dumps(item).encode() + b"\n")

    def advance(self, *, must_flush: bool = True) -> Advance:
        """Look at the files once."""
        with self.database.writing() as writer:
            return self.indexer.advance(writer, must_flush=must_flush)

    def seqs(self, found: Advance) -> list[int]:
        """Return the rows that were handed on."""
        batches = [item for item in found.items if isinstance(item, RowBatch)]
        return [json.loads(line)["seq"] for batch in batches for line in batch.lines]

    def series(self, name: str) -> list[float]:
        """Return the stored values."""
        with self.database.reading() as connection:
            series_id = series_ids(connection, RUN)[name]
            return read_series(connection, series_id, Range(), 20_000).values.tolist()

    def visible(self, after: tuple[int, int]) -> list[int]:
        """Return the rows behind a position, read from the file."""
        with self.database.reading() as connection:
            run = get_run(connection, RUN)
            assert run is not None
            page = read_page(
                self.folder / "metrics.jsonl",
                read_visibility(connection, RUN),
                after=after,
                offset=offset_before(connection, RUN, after[1] + 1),
                end=run.metrics_offset,
                limit=100_000,
            )
        return [json.loads(line)["seq"] for line in page.lines]


@pytest.fixture(name="followed")
def fixture_followed(tmp_path: Path) -> Iterator[Followed]:
    """Yield a run that is followed."""
    followed = Followed(tmp_path)
    yield followed
    followed.database.close()


def row(seq: int, attempt: int = 1, value: float = 0.0) -> dict[str, Any]:
    """Return a row."""
    return {
        "seq": seq, "attempt": attempt, "kind": "learner", "timestep": seq,
        "metrics": {"loss/policy": value},
    }  # fmt: skip


def test_rows_are_handed_on_once_and_indexed(followed: Followed) -> None:
    """However they arrive."""
    followed.append(*(row(n, value=n) for n in range(1, 4)))
    assert followed.seqs(followed.advance()) == [1, 2, 3]
    assert followed.seqs(followed.advance()) == []
    followed.append(row(4, value=4))
    assert followed.seqs(followed.advance()) == [4]
    assert followed.series("loss/policy") == [1, 2, 3, 4]


def test_a_torn_last_line_waits(followed: Followed) -> None:
    """Until the rest of it is there."""
    line = json.dumps(row(1)).encode()
    followed.append(line[:20])
    assert followed.seqs(followed.advance()) == []
    followed.append(line[20:] + b"\n")
    assert followed.seqs(followed.advance()) == [1]


@pytest.mark.parametrize(
    "garbage",
    [b"\n", b"x\n", b"[]\n", b"{}\n", b'{"seq":-1,"attempt":1}\n', b"\xff\xfe\n",
     b'{"seq":"1","attempt":1}\n', b'{"seq":2,"attempt":0}\n', b"[" * 5000 + b"\n",
     b'{"a":"' + b"x" * 100_000 + b'"}\n', b"y" * 3_000_000 + b"\n",
     b'{"seq":2,"attempt":1,"kine":"episode"}\n'],
    ids=["empty", "word", "list", "object", "negative", "bytes", "text", "attempt", "nested",
         "long", "huge", "flipped"],
)  # fmt: skip
def test_unreadable_lines_are_skipped_with_one_warning(followed: Followed, garbage: bytes) -> None:
    """And rows around them count."""
    followed.append(row(1), garbage, garbage, row(2))
    found, events = list[int](), list[str]()
    for _ in range(6):
        step = followed.advance()
        found += followed.seqs(step)
        events += [event.event_type for event in step.events]
    assert found == [1, 2]
    assert events == ([] if garbage == b"\n" else ["warning"])


def test_a_new_server_continues_where_the_transaction_ended(followed: Followed) -> None:
    """Rows that were read but not stored are read again; none is stored twice."""
    followed.append(*(row(n) for n in range(1, 1501)))
    followed.advance()
    followed.append(*(row(n) for n in range(1501, 1601)))
    followed.advance(must_flush=False)
    followed.again()
    followed.append(row(1601))
    assert followed.seqs(followed.advance())[-1] == 1601
    assert len(followed.series("loss/policy")) == 1601


def test_a_rewind_takes_rows_back_everywhere(followed: Followed) -> None:
    """From the series, from what is handed on, and from what is read again."""
    followed.append(*(row(n, value=1) for n in range(1, 2001)))
    followed.append({"rewind_to_seq": 1500, "attempt": 2, "timestamp": "t"})
    followed.append(*(row(n, 2, value=2) for n in range(1501, 1601)))
    found = followed.advance()
    notes = [item for item in found.items if isinstance(item, RewindNote)]
    assert [(note.before, note.attempt, note.rewind_to_seq) for note in notes] == [
        ((1, 2000), 2, 1500)
    ]
    assert followed.series("loss/policy") == [1.0] * 1500 + [2.0] * 100
    assert followed.visible((2, 0)) == list(range(1, 1601))
    assert followed.visible((2, 1490)) == list(range(1491, 1601))
    assert followed.indexer.position == (2, 1600)


def test_several_rewinds_leave_the_last_story(followed: Followed) -> None:
    """Also one that goes behind an earlier one."""
    followed.append(*(row(n) for n in range(1, 1001)))
    followed.append({"rewind_to_seq": 700, "attempt": 2, "timestamp": "t"})
    followed.append(*(row(n, 2) for n in range(701, 901)))
    followed.append({"rewind_to_seq": 300, "attempt": 3, "timestamp": "t"})
    followed.append(*(row(n, 3) for n in range(301, 351)))
    followed.advance()
    followed.again()
    assert followed.seqs(followed.advance()) == []
    assert followed.visible((3, 0)) == list(range(1, 351))
    assert len(followed.series("loss/policy")) == 350


def test_events_get_numbers_and_unknown_ones_are_refused(followed: Followed) -> None:
    """Only the types of the event log."""
    good = {"seq": 1, "timestamp": "t", "event_type": "paused", "level": "info", "message": "m"}
    followed.append(good, {**good, "event_type": "hacked"}, name="events.jsonl")
    events = followed.advance().events
    assert [event.event_type for event in events] == ["paused", "warning"]
    assert [event.id for event in events] == [1, 2]


def test_a_file_that_became_shorter_is_indexed_anew(followed: Followed) -> None:
    """A power loss took rows that were read: they are forgotten, and the next attempt is seen."""
    followed.append(*(row(n, value=n) for n in range(1, 11)))
    followed.append({"seq": 1, **EVENT}, name="events.jsonl")
    followed.advance()
    lines = (followed.folder / "metrics.jsonl").read_bytes().splitlines(keepends=True)
    (followed.folder / "metrics.jsonl").write_bytes(b"".join(lines[:4]))
    (followed.folder / "events.jsonl").write_bytes(b"")
    followed.again()
    followed.advance()
    followed.append({"rewind_to_seq": 3, "attempt": 2, "timestamp": "t"}, row(4, 2, 40))
    followed.append({"seq": 2, **EVENT}, name="events.jsonl")
    found = followed.advance()
    assert followed.seqs(found) == [4]
    assert len(found.events) == 1
    assert followed.series("loss/policy") == [1, 2, 3, 40]
    assert followed.visible((0, 0)) == [1, 2, 3, 4]


def test_a_number_that_cannot_follow_hides_no_later_rows(followed: Followed) -> None:
    """A flipped bit in one row's number costs that row."""
    followed.append(*(row(n) for n in range(1, 4)), row(4 + (1 << 20)), *(row(n) for n in (5, 6)))
    assert followed.seqs(followed.advance()) == [1, 2, 3, 5, 6]


EVENT = {
    "timestamp": "2026-01-01T00:00:00.000Z",
    "event_type": "paused",
    "level": "info",
    "message": "Training paused",
    "data": {},
}
