"""The database: one writing connection behind a lock, a few reading ones."""

import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool, StaticPool

from gymlab.storage.disk_reserve import DiskReserve, is_disk_full

READERS = 4
WAIT_S = 30.0
BUSY_TIMEOUT_MS = 10_000
RESERVE_FILE = "reserve"


class Writer:
    """A transaction under way, and what it changes that others want to know."""

    def __init__(self, connection: Connection) -> None:
        """Write with this connection."""
        self.connection = connection
        self._after_commit: list[Callable[[], object]] = []
        self._before_commit: list[Callable[[], object]] = []
        self.changed_run_ids: dict[str, None] = {}
        """Runs whose row changed, in order; announced once each."""

    def before_commit(self, action: Callable[[], object]) -> None:
        """Call this at the end of the transaction, still inside it."""
        self._before_commit.append(action)

    def after_commit(self, action: Callable[[], object]) -> None:
        """Call this once the transaction is durable, before any other one begins.

        The order of calls is the order of transactions, which streams rely on.
        """
        self._after_commit.append(action)

    def finish(self) -> None:
        """Run what must happen inside the transaction."""
        for action in self._before_commit:
            action()

    def announce(self) -> None:
        """Run what waited for the commit."""
        for action in self._after_commit:
            action()


class Database:
    """SQLite in WAL mode."""

    def __init__(self, path: Path) -> None:
        """Open the database file; its tables must exist already."""
        self.path = path
        self._lock = threading.Lock()
        url = f"sqlite:///{path}"
        self._writer = create_engine(
            url, poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
        self._readers = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=READERS,
            max_overflow=0,
            pool_timeout=WAIT_S,
            connect_args={"check_same_thread": False},
        )
        _configure(self._writer, "BEGIN IMMEDIATE")
        _configure(self._readers, "BEGIN")
        self.begin_hook: Callable[[Writer], None] | None = None
        """Called with every new transaction; lets the owner announce changes."""
        self.reserve = DiskReserve(path.with_name(RESERVE_FILE))
        """Space that a transaction which found the disk full leaves to the next one."""

    @contextmanager
    def writing(self, *, durable: bool = False) -> Generator[Writer]:
        """Open the one writing transaction; commits at the end, rolls back on an exception.

        Args:
            durable: Whether it must survive a power loss (creations and configuration).

        Raises:
            SQLAlchemyError: Nothing was changed; where `is_disk_full`, a next try may succeed.
        """
        with self._lock, self._writer.connect() as connection:
            if durable:
                _pragma(connection, "synchronous=FULL")
            try:
                with connection.begin():
                    writer = Writer(connection)
                    if self.begin_hook is not None:
                        self.begin_hook(writer)
                    yield writer
                    writer.finish()
            except SQLAlchemyError as error:
                if is_disk_full(error):
                    self.reserve.release()
                raise
            finally:
                if durable:
                    _pragma(connection, "synchronous=NORMAL")
            writer.announce()

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """Open a snapshot."""
        with self._readers.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            self._readers.dispose()
            self._writer.dispose()


def sqlite_version() -> str:
    """Return the version of the SQLite library."""
    return sqlite3.sqlite_version


def _pragma(connection: Connection, text: str) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA {text}")


def _configure(engine: Engine, begin: str) -> None:
    def on_connect(driver: Any, _record: Any) -> None:
        # The driver's own transaction handling would begin transactions late; see on_begin.
        driver.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "mmap_size=0",
            "cache_size=-8192",
        ):
            driver.execute(f"PRAGMA {pragma}")

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
