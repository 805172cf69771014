"""One real server that every test of bad input may abuse."""

from collections.abc import Iterator

import pytest

from tests.integration.lab import LabServer


@pytest.fixture(scope="session", name="lab")
def fixture_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """Yield a lab; whatever was sent to it, it must answer at the end and have logged no mistake."""
    with LabServer(tmp_path_factory.mktemp("abused")) as lab:
        yield lab
        assert lab.get("/health").status_code == 200
        assert "Traceback" not in lab.story()


@pytest.fixture(scope="session", name="finished_run")
def fixture_finished_run(lab: LabServer) -> str:
    """Return the id of a run that was trained to its end."""
    run_id = lab.create(total_timesteps=300)
    lab.wait_for(run_id, "completed")
    return run_id
