"""What was measured is remembered, and nothing else is believed."""

import json
from pathlib import Path

import pytest

from gymlab.server.estimating.book import FOLDER, CalibrationBook
from tests.unit.server.estimating.workload_examples import calibration, workload


def test_a_measurement_is_there_after_a_restart(tmp_path: Path) -> None:
    """In the cache folder, by the hash of its workload."""
    found = calibration(workload())
    assert CalibrationBook(tmp_path).keep(found)
    again = CalibrationBook(tmp_path)
    assert again.find(found.workload) == found
    assert again.similar("X-v0", "r", "a") == found
    assert again.similar("Y-v0", "r", "a") is None
    assert again.find("0" * 32) is None


def test_a_newer_measurement_takes_the_place_of_the_older(tmp_path: Path) -> None:
    """There is one for each workload; of similar ones the newest counts."""
    book = CalibrationBook(tmp_path)
    book.keep(calibration(workload(), measured_at=1.0))
    book.keep(calibration(workload(), measured_at=2.0))
    book.keep(calibration(workload(num_envs=5), measured_at=1.5))
    assert len(list((tmp_path / FOLDER).glob("*.json"))) == 2
    newest = book.similar("X-v0", "r", "a")
    assert newest is not None
    assert newest.measured_at == 2.0


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[" * 1000, b"\xff\xfe", b'{"workload": "x"}', b"x" * 100_000],
)
def test_a_damaged_file_is_passed_over(tmp_path: Path, content: bytes) -> None:
    """The others are read, and it can be measured again."""
    found = calibration(workload())
    CalibrationBook(tmp_path).keep(found)
    (tmp_path / FOLDER / "damaged.json").write_bytes(content)
    assert CalibrationBook(tmp_path).find(found.workload) == found


def test_a_measurement_of_another_machine_is_not_taken(tmp_path: Path) -> None:
    """A data folder can be carried around."""
    found = calibration(workload())
    CalibrationBook(tmp_path).keep(found)
    path = tmp_path / FOLDER / f"{found.workload}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "machine": "another"}))
    assert CalibrationBook(tmp_path).find(found.workload) is None


def test_a_file_under_a_foreign_name_is_not_taken(tmp_path: Path) -> None:
    """A copy does not speak for another workload."""
    found = calibration(workload())
    CalibrationBook(tmp_path).keep(found)
    path = tmp_path / FOLDER / f"{found.workload}.json"
    path.rename(path.with_name(f"{'0' * 32}.json"))
    book = CalibrationBook(tmp_path)
    assert book.find("0" * 32) is None
    assert book.find(found.workload) is None


def test_a_disk_that_takes_nothing_loses_nothing_before_the_end(tmp_path: Path) -> None:
    """It is said, and the measurement holds while the server runs."""
    (tmp_path / FOLDER).write_text("a file where a folder should be")
    book = CalibrationBook(tmp_path)
    found = calibration(workload())
    assert not book.keep(found)
    assert book.find(found.workload) == found
