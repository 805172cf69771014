"""What a start finds in the folder of runs."""

from pathlib import Path

from gymlab.server.orchestration.adoption import deleted_folder, remove_deleted_runs


def test_a_deletion_that_was_cut_short_is_finished(tmp_path: Path) -> None:
    """Only folders of deleted runs go: other hidden folders are not ours."""
    kept = [tmp_path / "abcdefgh0001", tmp_path / ".deleted-notes"]
    for folder in (*kept, deleted_folder(tmp_path / "abcdefgh0002")):
        folder.mkdir()
        (folder / "log.txt").write_text("words")
    remove_deleted_runs(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(kept)
