"""Bringing a data folder's tables to the form this version knows."""

import contextlib
import logging
import shutil
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from gymlab import __version__
from gymlab.errors import DataFolderTooNewError, UnavailableError
from gymlab.storage.tables import metadata

HEAD = "0004"
"""Revision of the tables that this version works with."""
KNOWN_REVISIONS = ("0001", "0002", "0003", "0004")
MIGRATIONS = Path(__file__).parent / "migrations"
LOGGER = logging.getLogger(__name__)
_SUFFIXES = ("", "-wal", "-shm")


def prepare_database(path: Path, migrations: Path = MIGRATIONS, head: str = HEAD) -> None:
    """Create or migrate the database file where needed; a failure leaves it as it was.

    Raises:
        DataFolderTooNewError: A newer version of gymlab wrote it.
        UnavailableError: It is another kind of file.
    """
    revision, written_by = read_revision(path)
    if revision == head:
        _note_version(path, written_by)
        return
    if revision is not None and revision not in KNOWN_REVISIONS:
        raise DataFolderTooNewError(
            f"The data folder {path.parent} was written by a newer version of gymlab "
            f"({written_by or 'unknown'}); this is {__version__}.",
            hint="Install that version or a newer one, or choose another folder with GYMLAB_HOME.",
        )
    is_new = not path.exists() or path.stat().st_size == 0
    if is_new and migrations == MIGRATIONS:
        create_tables(path, head)
    else:
        _migrate(path, migrations, head)
    _note_version(path, None)


def create_tables(path: Path, revision: str) -> None:
    """Write the present tables into a new file, in one transaction.

    The same as every migration one after the other, without loading what migrates: the
    first start of all is the one that somebody waits for.
    """
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        metadata.create_all(connection)
        connection.exec_driver_sql(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
            "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (revision,))
        connection.commit()


def read_revision(path: Path) -> tuple[str | None, str | None]:
    """Return the revision of the tables and the version that wrote last, without any change."""
    if not path.exists() or path.stat().st_size == 0:
        return None, None
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:
            return None, None
        except sqlite3.DatabaseError as error:
            raise UnavailableError(
                f"{path} is not a database of gymlab: {error}.",
                hint="Move the file away, or choose another folder with GYMLAB_HOME.",
            ) from error
        try:
            written_by = connection.execute(
                "SELECT value FROM meta WHERE key = 'gymlab_version'"
            ).fetchone()
        except sqlite3.OperationalError:
            written_by = None
    return (row[0] if row else None), (written_by[0] if written_by else None)


def _note_version(path: Path, written_by: str | None) -> None:
    if written_by == __version__:
        return
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO meta (key, value) VALUES ('gymlab_version', ?) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (__version__,),
        )


def _migrate(path: Path, migrations: Path, head: str) -> None:
    copies = _copy_aside(path)
    is_done = False
    try:
        upgrade(path, migrations, head)
        is_done = True
    finally:
        if not is_done:
            LOGGER.error("migration failed; the database is restored")
            _restore(path, copies)
    for copy in copies.values():
        copy.unlink()


def upgrade(path: Path, migrations: Path, head: str) -> None:
    """Apply the migrations that a database lacks."""
    # Alembic is imported here alone: a start without migration has no time for it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config: Any = Config()
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("sqlalchemy.url", f"sqlite:///{path}")
    command.upgrade(config, head)


def _copy_aside(path: Path) -> dict[str, Path]:
    copies: dict[str, Path] = {}
    for suffix in _SUFFIXES:
        original = path.with_name(path.name + suffix)
        if original.exists():
            copies[suffix] = original.with_name(original.name + ".before-migration")
            shutil.copy2(original, copies[suffix])
    return copies


def _restore(path: Path, copies: dict[str, Path]) -> None:
    for suffix in _SUFFIXES:
        original = path.with_name(path.name + suffix)
        if suffix in copies:
            copies[suffix].replace(original)
        else:
            original.unlink(missing_ok=True)
