"""The bin survives a crash between any two of its steps."""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection

from gymlab.errors import IllegalTransitionError, RunNotFoundError, UnavailableError
from gymlab.server.disk_use import measure
from gymlab.server.orchestration import bin_folders
from gymlab.server.orchestration.bin import DAY_S, RunBin
from gymlab.server.orchestration.bin_folders import condemn, move_aside, move_back
from gymlab.storage.bin import Place, binned_run, discard_run, places_of_runs, purge_run, take_back
from gymlab.storage.database import Database
from gymlab.storage.events import EventQuery, NewEvent, insert_event, list_events
from gymlab.storage.runs import StoredRun, current_revision, get_run, get_runs
from tests.unit.server.stored_runs import make_folder, new_database, store_run

RUN = "abcdefgh0001"


@dataclass
class Kept:
    """A data folder with one completed run."""

    database: Database
    runs_dir: Path
    bin: RunBin

    @property
    def place(self) -> Place:
        """Where the database says that the run is."""
        with self.database.reading() as connection:
            return places_of_runs(connection)[RUN]

    @property
    def folders(self) -> set[str]:
        """Where its folder lies."""
        return {
            str(path.parent.relative_to(self.runs_dir))
            for path in self.runs_dir.rglob("metrics.jsonl")
        }


def _anything(_connection: Connection, _run: StoredRun) -> None:
    """Allow every deletion."""


@pytest.fixture(name="kept")
def fixture_kept(tmp_path: Path) -> Iterator[Kept]:
    """Yield a data folder with one run that has an event."""
    database = new_database(tmp_path)
    store_run(database, RUN)
    with database.writing() as writer:
        insert_event(writer, NewEvent(RUN, "t", "run_created", "info", "made", {}))
    make_folder(tmp_path / "runs", RUN)
    yield Kept(database, tmp_path / "runs", RunBin(database, tmp_path / "runs", days=7))
    database.close()


def test_a_deleted_run_is_gone_and_comes_back_whole(kept: Kept) -> None:
    """Row, events and every file, byte for byte."""
    before = {
        path.relative_to(kept.runs_dir): path.read_bytes()
        for path in kept.runs_dir.rglob("*")
        if path.is_file()
    }
    kept.bin.discard([RUN], _anything)
    with kept.database.reading() as connection:
        assert get_run(connection, RUN) is None
        assert binned_run(connection, RUN) is not None
    assert kept.folders == {f".bin/{RUN}"}

    kept.bin.restore(RUN)

    with kept.database.reading() as connection:
        run = get_run(connection, RUN)
        assert run is not None
        assert (run.name, run.tags, run.notes) == (f"run {RUN}", ["kept"], "note")
        assert [event.message for event in list_events(connection, RUN, EventQuery())[0]] == [
            "made"
        ]
    after = {
        path.relative_to(kept.runs_dir): path.read_bytes()
        for path in kept.runs_dir.rglob("*")
        if path.is_file()
    }
    assert after == before


def test_a_run_that_may_not_be_deleted_stays(kept: Kept) -> None:
    """A live one, for example."""

    def refuse(_connection: Connection, run: StoredRun) -> None:
        raise IllegalTransitionError("delete", run.status.value, [])

    with pytest.raises(IllegalTransitionError):
        kept.bin.discard([RUN], refuse)
    assert (kept.place, kept.folders) == (Place.LISTED, {RUN})


def test_what_is_not_in_the_bin_is_neither_restored_nor_purged(kept: Kept) -> None:
    """Listed runs, unknown ones, and those removed for good; twice is once."""
    for action in (kept.bin.restore, kept.bin.purge):
        for run_id in (RUN, "abcdefgh9999"):
            with pytest.raises(RunNotFoundError):
                action(run_id)
    kept.bin.discard([RUN], _anything)
    with pytest.raises(RunNotFoundError):
        kept.bin.discard([RUN], _anything)
    kept.bin.purge(RUN)
    for action in (kept.bin.restore, kept.bin.purge):
        with pytest.raises(RunNotFoundError):
            action(RUN)


def test_a_purged_run_leaves_a_mark_without_content(kept: Kept) -> None:
    """Nothing that a person wrote stays, no file, no event; revisions go on rising."""
    kept.bin.discard([RUN], _anything)
    with kept.database.reading() as connection:
        revision = current_revision(connection)
    kept.bin.purge(RUN)
    with kept.database.reading() as connection:
        (mark,) = get_runs(connection, [RUN])
        assert (mark.name, mark.notes, mark.tags, mark.spec, mark.state) == ("", "", [], {}, None)
        assert list_events(connection, RUN, EventQuery())[0] == []
        assert current_revision(connection) > revision
    assert kept.folders == set()


def _deletion_before_the_move(kept: Kept) -> Place:
    with kept.database.writing() as writer:
        discard_run(writer, RUN, at=time.time())
    return Place.BINNED


def _restoring_before_the_commit(kept: Kept) -> Place:
    kept.bin.discard([RUN], _anything)
    move_back(kept.runs_dir, RUN)
    return Place.BINNED


def _listed_but_moved_aside(kept: Kept) -> Place:
    move_aside(kept.runs_dir, RUN)
    return Place.LISTED


def _taken_back_but_not_moved(kept: Kept) -> Place:
    kept.bin.discard([RUN], _anything)
    with kept.database.writing() as writer:
        take_back(writer, RUN)
    return Place.LISTED


def _purge_before_the_commit(kept: Kept) -> Place:
    kept.bin.discard([RUN], _anything)
    condemn(kept.runs_dir, RUN)
    return Place.PURGED


def _purge_half_removed(kept: Kept) -> Place:
    kept.bin.discard([RUN], _anything)
    condemn(kept.runs_dir, RUN)
    (bin_folders.deleted_folder(kept.runs_dir / RUN) / "spec.json").unlink()
    with kept.database.writing() as writer:
        purge_run(writer, RUN, at=time.time())
    return Place.PURGED


def _purged_but_in_the_bin(kept: Kept) -> Place:
    kept.bin.discard([RUN], _anything)
    with kept.database.writing() as writer:
        purge_run(writer, RUN, at=time.time())
    return Place.PURGED


def _purged_but_not_moved(kept: Kept) -> Place:
    _deletion_before_the_move(kept)
    with kept.database.writing() as writer:
        purge_run(writer, RUN, at=time.time())
    return Place.PURGED


FOLDER_OF = {Place.LISTED: {RUN}, Place.BINNED: {f".bin/{RUN}"}, Place.PURGED: set[str]()}


@pytest.mark.parametrize(
    "crash",
    [
        _deletion_before_the_move,
        _restoring_before_the_commit,
        _listed_but_moved_aside,
        _taken_back_but_not_moved,
        _purge_before_the_commit,
        _purge_half_removed,
        _purged_but_in_the_bin,
        _purged_but_not_moved,
    ],
)
def test_the_next_start_settles_what_a_crash_left(
    kept: Kept, crash: Callable[[Kept], Place]
) -> None:
    """The database decides, the folder follows, and a second start changes nothing."""
    expected = crash(kept)
    for _ in range(2):
        kept.bin.settle()
        assert kept.place is expected
        assert kept.folders == FOLDER_OF[expected]
    if expected is Place.BINNED:
        kept.bin.restore(RUN)
        assert (kept.place, kept.folders) == (Place.LISTED, {RUN})


def test_a_binned_folder_that_the_database_lost_is_in_the_bin_again(kept: Kept) -> None:
    """The files are the truth; other folders are left alone."""
    stranger = "abcdefgh0002"
    make_folder(kept.runs_dir / ".bin", stranger)
    for other in (".bin/notes", ".bin/abcdefgh0003", ".deleted-notes"):
        (kept.runs_dir / other).mkdir(parents=True)
    kept.bin.settle()
    with kept.database.reading() as connection:
        assert places_of_runs(connection)[stranger] is Place.BINNED
        assert "abcdefgh0003" not in places_of_runs(connection)
    kept.bin.restore(stranger)
    assert (kept.runs_dir / stranger / "metrics.jsonl").exists()
    for other in (".bin/notes", ".bin/abcdefgh0003", ".deleted-notes"):
        assert (kept.runs_dir / other).is_dir()


def test_a_folder_that_cannot_come_back_refuses_the_restoring(kept: Kept) -> None:
    """Another folder stands in its place: nothing is overwritten, and the run stays in the bin."""
    kept.bin.discard([RUN], _anything)
    (kept.runs_dir / RUN).mkdir()
    (kept.runs_dir / RUN / "metrics.jsonl").write_bytes(b"other")
    with pytest.raises(UnavailableError, match="cannot be moved back"):
        kept.bin.restore(RUN)
    assert kept.place is Place.BINNED
    assert (kept.runs_dir / RUN / "metrics.jsonl").read_bytes() == b"other"
    kept.bin.settle()
    assert kept.place is Place.BINNED


def test_the_bin_is_purged_by_age(kept: Kept) -> None:
    """What is younger than the days stays."""
    store_run(kept.database, "abcdefgh0002")
    for run_id, days_ago in ((RUN, 8), ("abcdefgh0002", 6)):
        with kept.database.writing() as writer:
            discard_run(writer, run_id, at=time.time() - days_ago * DAY_S)
    assert kept.bin.purge_expired() == 1
    with kept.database.reading() as connection:
        places = places_of_runs(connection)
    assert (places[RUN], places["abcdefgh0002"]) == (Place.PURGED, Place.BINNED)
    assert kept.bin.purge_all() == 1
    assert kept.bin.purge_all() == 0


def test_a_folder_that_cannot_go_does_not_keep_the_others(kept: Kept) -> None:
    """It stays in the bin, and can still be restored."""
    store_run(kept.database, "abcdefgh0002")
    kept.bin.discard([RUN, "abcdefgh0002"], _anything)
    (kept.runs_dir / f".deleted-{RUN}").write_bytes(b"in the way")
    assert kept.bin.purge_all() == 1
    assert kept.place is Place.BINNED
    kept.bin.restore(RUN)
    assert (kept.place, kept.folders) == (Place.LISTED, {RUN})


def test_a_bin_of_no_days_removes_at_once(kept: Kept) -> None:
    """As every deletion did before there was a bin."""
    RunBin(kept.database, kept.runs_dir, days=0).discard([RUN], _anything)
    assert (kept.place, kept.folders) == (Place.PURGED, set())


def test_a_run_that_never_began_has_no_folder_to_move(kept: Kept) -> None:
    """It is deleted, restored and purged all the same."""
    shutil.rmtree(kept.runs_dir / RUN)
    kept.bin.discard([RUN], _anything)
    kept.bin.restore(RUN)
    kept.bin.discard([RUN], _anything)
    kept.bin.purge(RUN)
    assert kept.place is Place.PURGED


def test_disk_use_is_told_by_purpose_and_follows_no_link(kept: Kept, tmp_path: Path) -> None:
    """A link out of the folder is not measured, and a missing folder takes nothing."""
    folder = kept.runs_dir / RUN
    large = tmp_path / "large"
    large.write_bytes(b"x" * 10_000)
    (folder / "recordings").mkdir()
    (folder / "recordings" / "film.mp4").write_bytes(b"x" * 50)
    (folder / "recordings" / "link.mp4").symlink_to(large)
    (folder / "away").symlink_to(tmp_path)
    found = measure(folder)
    assert (found.metrics, found.checkpoints, found.recordings) == (100, 2, 50 + len(str(large)))
    assert found.evaluations == 0
    assert measure(tmp_path / "nothing").total == 0
