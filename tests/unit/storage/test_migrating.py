"""A new database is the same whether it is made at once or migrated from nothing."""

import contextlib
import sqlite3
from pathlib import Path

from gymlab.storage.migrating import HEAD, MIGRATIONS, prepare_database, read_revision, upgrade


def described(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every table with its columns and indexes, and the revision."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        found: dict[str, list[tuple[object, ...]]] = {}
        for name in names:
            found[name] = [tuple(row) for row in connection.execute(f"PRAGMA table_info({name})")]
            for _, index, *rest in connection.execute(f"PRAGMA index_list({name})"):
                columns = [row[2] for row in connection.execute(f"PRAGMA index_info({index})")]
                found[name].append((index, *rest, *columns))
            found[name].sort(key=repr)
        return found


def test_the_tables_are_those_of_the_migrations(tmp_path: Path) -> None:
    """Whoever changes one of them must change the other."""
    at_once, migrated = tmp_path / "new.db", tmp_path / "migrated.db"
    prepare_database(at_once)
    upgrade(migrated, MIGRATIONS, HEAD)

    with contextlib.closing(sqlite3.connect(migrated)) as connection, connection:
        keys = [row[0] for row in connection.execute("SELECT key FROM meta")]

    assert keys == []
    assert described(at_once) == described(migrated)
    assert read_revision(at_once)[0] == read_revision(migrated)[0] == HEAD


def test_a_started_migration_of_an_empty_file_counts_as_new(tmp_path: Path) -> None:
    """A file of no bytes is what a killed first start leaves."""
    path = tmp_path / "gymlab.db"
    path.touch()

    prepare_database(path)

    assert read_revision(path)[0] == HEAD
