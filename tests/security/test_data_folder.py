"""A data folder that this version cannot read is left alone."""

import hashlib
import sqlite3
from pathlib import Path

from tests.integration.lab import LabServer, launch_server


def test_a_folder_of_a_newer_version_is_refused_and_untouched(tmp_path: Path) -> None:
    """One line says so, and the database stays byte for byte what it was."""
    home = tmp_path / "home"
    home.mkdir()
    with LabServer(home) as lab:
        lab.create(start=False)
    database = home / "gymlab.db"
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'r9999'")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = _digest(database)
    log = tmp_path / "terminal.log"
    process = launch_server(home, log=log)
    assert process.wait(60) != 0
    text = log.read_text()
    assert "newer version" in text
    assert "Traceback" not in text
    assert _digest(database) == before


def test_a_file_that_is_no_database_is_refused_and_untouched(tmp_path: Path) -> None:
    """Nothing is overwritten."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "gymlab.db").write_bytes(b"these are somebody's notes\n" * 100)
    before = _digest(home / "gymlab.db")
    log = tmp_path / "terminal.log"
    process = launch_server(home, log=log)
    assert process.wait(60) != 0
    text = log.read_text()
    assert "gymlab.db" in text
    assert "Traceback" not in text
    assert _digest(home / "gymlab.db") == before


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
