"""One server per data folder."""

from pathlib import Path

import pytest

from tests.integration.lab import LabServer, launch_server, until

pytestmark = pytest.mark.timeout(400)


@pytest.mark.parametrize("num_starts", [6, pytest.param(20, marks=pytest.mark.slow)])
def test_of_parallel_starts_one_wins_and_the_others_name_it(
    tmp_path: Path, num_starts: int
) -> None:
    """Each loser ends with one line that has the winner's pid."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "server.lock").write_text("4194305\n")  # what a server of long ago left
    logs = [tmp_path / f"{number}.log" for number in range(num_starts)]
    processes = [launch_server(home, log=log) for log in logs]
    try:
        until(lambda: sum(p.poll() is None for p in processes) == 1, "one winner")
        lab = LabServer(home)
        (winner,) = [process for process in processes if process.poll() is None]
        lab.process = winner
        lab.wait_until_healthy()
        for process, log in zip(processes, logs, strict=True):
            if process is not winner:
                text = log.read_text()
                assert process.returncode not in {0, None}, text
                assert str(winner.pid) in text, text
                assert "Traceback" not in text
        assert lab.terminate() == 0
        lab.client.close()
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
            process.wait(20)


def test_a_folder_is_free_again_after_its_server_was_killed(tmp_path: Path) -> None:
    """A lock file with a dead server's pid keeps nobody out."""
    with LabServer(tmp_path) as lab:
        lab.kill()
        lab.start()
        assert lab.get("/health").status_code == 200
