"""The bin: deleted runs wait in it, can be taken back, and are removed when their time is over.

The database decides where a run is and its folder follows; whatever a crash leaves between
the two is settled at the next start.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from gymlab.domain.ids import is_run_id
from gymlab.domain.runs import StartFrom
from gymlab.errors import RunNotFoundError, UnavailableError
from gymlab.server.orchestration.adoption import read_folder
from gymlab.server.orchestration.bin_folders import (
    DELETED_PREFIX,
    bin_dir,
    binned_folder,
    condemn,
    move_aside,
    move_back,
    remove_condemned,
)
from gymlab.server.run_lookup import existing_run
from gymlab.storage.bin import (
    Place,
    binned_ids,
    binned_run,
    discard_run,
    places_of_runs,
    purge_run,
    take_back,
)
from gymlab.storage.database import Database
from gymlab.storage.experiments import remove_empty_experiments
from gymlab.storage.runs import StoredRun, insert_run, update_run
from gymlab.supervisor.origin import OriginError, unpin

DAY_S = 86_400.0
LOGGER = logging.getLogger(__name__)
Require = Callable[[Connection, StoredRun], None]
"""Raises where a run must not be deleted."""


class RunBin:
    """Moves runs into the bin, back, and out for good. Methods run in a thread."""

    def __init__(self, database: Database, runs_dir: Path, *, days: float) -> None:
        """Keep deleted runs so many days; 0 keeps none."""
        self._database = database
        self._runs_dir = runs_dir
        self.days = days

    def purge_time(self, deleted_at: float) -> float:
        """Return when a run that was deleted then is removed."""
        return deleted_at + self.days * DAY_S

    def discard(self, run_ids: Sequence[str], require: Require) -> None:
        """Move runs into the bin, all or none; where none is kept, remove them at once.

        Raises:
            RunNotFoundError: There is none of that id.
            IllegalTransitionError: One is live.
        """
        with self._database.writing(durable=True) as writer:
            runs = [existing_run(writer.connection, run_id) for run_id in run_ids]
            for run in runs:
                require(writer.connection, run)
                discard_run(writer, run.id, at=time.time())
            # After the commit: a run whose deletion failed keeps its folder.
            writer.after_commit(lambda: self._follow_aside(run_ids))
        for run in runs:
            self._let_go(run)
        if self.days == 0:
            for run_id in run_ids:
                self.purge(run_id)

    def restore(self, run_id: str) -> None:
        """Take a run out of the bin, with all it had.

        Raises:
            RunNotFoundError: It is not in the bin.
            UnavailableError: Its folder cannot be moved.
        """
        with self._database.writing(durable=True) as writer:
            if binned_run(writer.connection, run_id) is None:
                raise _not_binned(run_id)
            try:
                # Before the commit: whoever sees the run finds its files.
                move_back(self._runs_dir, run_id)
            except OSError as error:
                raise UnavailableError(
                    f"The run's folder cannot be moved back: {error.strerror}.",
                    hint=f"Look at {binned_folder(self._runs_dir, run_id)}.",
                ) from error
            take_back(writer, run_id)

    def purge(self, run_id: str) -> None:
        """Remove a run of the bin for good.

        Raises:
            RunNotFoundError: It is not in the bin.
            UnavailableError: Its folder cannot be moved.
        """
        try:
            self._forget(run_id)
        except OperationalError:
            # The disk may be too full to write down that there will be room.
            remove_condemned(self._runs_dir, run_id)
            self._forget(run_id)
        remove_condemned(self._runs_dir, run_id)

    def _forget(self, run_id: str) -> None:
        with self._database.writing(durable=True) as writer:
            run = binned_run(writer.connection, run_id)
            if run is None:
                raise _not_binned(run_id)
            self._let_go(run)
            try:
                condemn(self._runs_dir, run_id)
            except OSError as error:
                raise UnavailableError(
                    f"The run's folder cannot be removed: {error.strerror}.",
                    hint=f"Look at {binned_folder(self._runs_dir, run_id)}.",
                ) from error
            purge_run(writer, run_id, at=time.time())
            remove_empty_experiments(writer)

    def _let_go(self, run: StoredRun) -> None:
        """Keep no checkpoint any more that the run was to begin from."""
        start = run.spec.get("start_from")
        if start is not None:
            with contextlib.suppress(OSError, OriginError, ValueError):
                unpin(self._runs_dir, StartFrom.model_validate(start), run.id)

    def purge_all(self) -> int:
        """Remove every run of the bin for good; return how many there were."""
        return self._purge_each(None)

    def purge_expired(self) -> int:
        """Remove the runs whose time in the bin is over; return how many there were."""
        return self._purge_each(time.time() - self.days * DAY_S)

    def _purge_each(self, deleted_before: float | None) -> int:
        with self._database.reading() as connection:
            ids = binned_ids(connection, deleted_before=deleted_before)
        num_purged = 0
        for run_id in ids:
            try:
                self.purge(run_id)
            except RunNotFoundError:
                continue  # somebody took it back, or removed it, in between
            except UnavailableError as error:
                # One folder that cannot go must not keep the others.
                LOGGER.warning("run %s stays in the bin: %s", run_id, error.detail)
                continue
            num_purged += 1
        return num_purged

    # ---- what a crash left ----------------------------------------------------------------

    def settle(self) -> None:
        """Bring every folder to where the database says; take in what it does not know."""
        with self._database.reading() as connection:
            places = places_of_runs(connection)
        for run_id in self._ids_in(self._runs_dir, DELETED_PREFIX):
            self._settle(run_id, places.get(run_id), self._settle_condemned)
        for run_id in self._ids_in(bin_dir(self._runs_dir)):
            self._settle(run_id, places.get(run_id), self._settle_binned)
        for run_id in self._ids_in(self._runs_dir):
            self._settle(run_id, places.get(run_id), self._settle_listed)

    @staticmethod
    def _settle(
        run_id: str, place: Place | None, follow: Callable[[str, Place | None], None]
    ) -> None:
        try:
            follow(run_id, place)
        except (OSError, UnavailableError) as error:
            LOGGER.warning("the folder of run %s cannot be put where it belongs: %s", run_id, error)

    def _settle_condemned(self, run_id: str, place: Place | None) -> None:
        if place is Place.BINNED:
            self.purge(run_id)
        else:
            remove_condemned(self._runs_dir, run_id)

    def _settle_binned(self, run_id: str, place: Place | None) -> None:
        if place is Place.LISTED:
            move_back(self._runs_dir, run_id)
        elif place is Place.PURGED:
            condemn(self._runs_dir, run_id)
            remove_condemned(self._runs_dir, run_id)
        elif place is None:
            self._take_in(run_id)

    def _settle_listed(self, run_id: str, place: Place | None) -> None:
        if place is Place.BINNED:
            move_aside(self._runs_dir, run_id)
        elif place is Place.PURGED:
            condemn(self._runs_dir, run_id)
            remove_condemned(self._runs_dir, run_id)

    def _take_in(self, run_id: str) -> None:
        """Store a run of the bin that the database lost; its days begin anew."""
        new = read_folder(binned_folder(self._runs_dir, run_id))
        if new is None:
            LOGGER.warning("%s in the bin holds no readable run", run_id)
            return
        with self._database.writing(durable=True) as writer:
            insert_run(writer, new)
            update_run(writer, run_id, deleted_at=time.time())

    def _follow_aside(self, run_ids: Sequence[str]) -> None:
        for run_id in run_ids:
            try:
                move_aside(self._runs_dir, run_id)
            except OSError:
                LOGGER.exception("the folder of deleted run %s stays until the next start", run_id)

    @staticmethod
    def _ids_in(folder: Path, prefix: str = "") -> list[str]:
        try:
            names = [path.name for path in folder.iterdir() if path.is_dir()]
        except OSError:
            return []
        ids = (name.removeprefix(prefix) for name in names if name.startswith(prefix))
        return sorted(run_id for run_id in ids if is_run_id(run_id))


def _not_binned(run_id: str) -> RunNotFoundError:
    error = RunNotFoundError(run_id)
    error.detail = f"No run {run_id!r} is in the bin."
    error.hint = "`gymlab bin list` shows what is in it."
    return error
