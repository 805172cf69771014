"""What a run that begins with another one's checkpoint takes over from it."""

from pathlib import Path
from typing import Any, cast

import pytest

from gymlab.domain.runs import RunSpec
from gymlab.server.run_lookup import existing_run
from gymlab.server.runs.schemas import NewRun, StartPoint
from gymlab.server.runs.starting import Start, with_defaults_of_parent
from tests.unit.server.stored_runs import new_database, store_run

RUN = "aaaaaaaaaaaa"
EARLIER = {"layers": [{"type": "dense", "units": 64, "activation": "tanh"}], "trunk": "separate"}
WISHED = {"layers": [{"type": "dense", "units": 32}]}


@pytest.fixture(name="start")
def fixture_start(tmp_path: Path) -> Start:
    """Return a run with a network and a rate, and its checkpoint."""
    database = new_database(tmp_path)
    spec = RunSpec(
        run_id=RUN, env_id="E-v0", runner="r", algorithm="a", total_timesteps=10, seed=1,
        hyperparameters={"network": EARLIER, "rate": 0.1},
    )  # fmt: skip
    store_run(database, RUN, fields={"spec": spec.model_dump(mode="json")})
    with database.reading() as connection:
        parent = existing_run(connection, RUN)
    return Start(parent, cast("Any", None), "policy")


def _resolved(start: Start, **wish: Any) -> NewRun:
    point = StartPoint(run_id=RUN)
    return with_defaults_of_parent(
        NewRun(env_id="E-v0", algorithm="a", start_from=point, **wish), start
    )


def test_what_is_left_open_is_taken_over(start: Start) -> None:
    """The network too."""
    found = _resolved(start, hyperparameters={"rate": 0.5})
    assert found.hyperparameters == {"network": EARLIER, "rate": 0.5}
    assert found.runner == "r"
    assert found.total_timesteps == 10


def test_another_network_takes_the_place_of_the_earlier_one(start: Start) -> None:
    """It is compared with the checkpoint's, and does not contradict what nobody wrote."""
    assert _resolved(start, network=WISHED).hyperparameters == {"rate": 0.1}
    both = _resolved(start, network=WISHED, hyperparameters={"network": EARLIER})
    assert both.hyperparameters == {"network": EARLIER, "rate": 0.1}
