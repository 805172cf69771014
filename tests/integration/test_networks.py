"""Networks built from layers: asked about, written into the specification, trained."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.lab import LabServer

NETWORK = {"layers": [{"type": "dense", "units": 16}, {"type": "layer_norm"}], "trunk": "shared"}


@pytest.fixture(scope="module", name="lab")
def fixture_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """Yield one server."""
    with LabServer(tmp_path_factory.mktemp("networks")) as lab:
        yield lab


@pytest.mark.parametrize("algorithm", ["ppo", "dqn"])
def test_defaults_are_complete(lab: LabServer, algorithm: str) -> None:
    """Every hyperparameter of the schema, and a network of layers that fits the environment."""
    path = f"/runners/native/defaults/{algorithm}"
    found = lab.get(path).json()
    runners = lab.get("/runners").json()["items"]
    (native,) = [item for item in runners if item["id"] == "native"]
    (described,) = [item for item in native["algorithms"] if item["id"] == algorithm]
    assert "network_builder" in native["capabilities"]
    assert found["hyperparameters"].keys() == described["schema"]["properties"].keys()
    units = [layer["units"] for layer in found["hyperparameters"]["network"]["layers"]]
    assert units == [64, 64]

    pictures = lab.get(f"{path}?env_id=ALE/Breakout-v5").json()
    kinds = [layer["type"] for layer in pictures["hyperparameters"]["network"]["layers"]]
    assert kinds == ["conv2d", "conv2d", "conv2d", "flatten", "dense"]


def test_a_form_sees_what_goes_through(lab: LabServer) -> None:
    """Shapes, parameters and outputs; null asks about the default."""
    question: dict[str, Any] = {"algorithm": "ppo", "env_id": "CartPole-v1", "network": NETWORK}
    found = lab.post("/runners/native/network/check", question).json()
    assert found["ok"]
    assert found["input_shape"] == [4]
    assert [layer["shape"] for layer in found["layers"]] == [[16], [16]]
    assert [layer["num_parameters"] for layer in found["layers"]] == [80, 32]
    assert found["heads"] == {"policy": 2, "value": 1}
    assert found["num_parameters"] == 80 + 32 + 34 + 17
    default = {**question, "network": None, "algorithm": "dqn"}
    default["hyperparameters"] = {"dueling": True}
    found = lab.post("/runners/native/network/check", default).json()
    assert found["ok"]
    assert found["heads"] == {"q": 2, "state_value": 1}


def test_a_run_trains_the_network_that_was_built(lab: LabServer) -> None:
    """The specification holds it with everything that was left out."""
    body = {
        "env_id": "CartPole-v1",
        "runner": "native",
        "algorithm": "ppo",
        "network": NETWORK,
        "hyperparameters": {"n_steps": 64},
        "total_timesteps": 256,
        "evaluation": {"every_timesteps": 128, "num_episodes": 2},
    }
    run = lab.post("/runs", body).json()
    lab.wait_for(run["id"], "completed")
    spec = lab.get(f"/runs/{run['id']}").json()["hyperparameters"]
    assert spec["network"] == {
        "layers": [{"type": "dense", "units": 16, "activation": "relu"}, {"type": "layer_norm"}],
        "trunk": "shared",
        "critic_layers": None,
    }
    again = lab.post("/runs", {**body, "network": None}).json()
    default = lab.get(f"/runs/{again['id']}").json()["hyperparameters"]["network"]
    assert [layer["units"] for layer in default["layers"]] == [64, 64]
