"""Networks that cannot be built are refused before a run, with the layer and the reason."""

import re
from typing import Any

import pytest

from tests.integration.lab import LabServer
from tests.security.requests import fields_of, refused

BODY: dict[str, Any] = {
    "env_id": "CartPole-v1",
    "runner": "native",
    "algorithm": "ppo",
    "total_timesteps": 256,
    "start": False,
}
DENSE = {"type": "dense", "units": 8}


@pytest.mark.parametrize(
    ("network", "field", "words"),
    [
        ({"layers": []}, "network.layers", "no layers"),
        ({}, "network.layers", "missing"),
        ({"layers": [DENSE] * 10_000}, "network.layers", "10,000"),
        ({"layers": [{**DENSE, "units": -1}]}, "network.layers.0.units", "from 1 to 4,096"),
        ({"layers": [{**DENSE, "activation": "x"}]}, "network.layers.0.activation", "relu"),
        ({"layers": [{"type": "__import__"}]}, "network.layers.0", "dense"),
        ({"layers": [{"type": "conv2d", "filters": 8}]}, "network", "needs a picture"),
        ({"layers": [{"type": "dense", "units": 4096}] * 30}, "network", "too many"),
    ],
)
def test_an_impossible_network_is_refused(
    lab: LabServer, network: dict[str, Any], field: str, words: str
) -> None:
    """In POST /runs and where a form asks."""
    before = len(lab.runs())
    named = fields_of(refused(lab.post("/runs", {**BODY, "network": network}), 422))
    found = [name for name in named if name.startswith(f"hyperparameters.{field}")]
    assert found, named
    assert words in named[found[0]]["detail"]
    assert len(lab.runs()) == before

    question = {"algorithm": "ppo", "env_id": "CartPole-v1", "network": network}
    answer = lab.post("/runners/native/network/check", question)
    assert answer.status_code == 200
    assert answer.json()["ok"] is False
    assert any(words in problem["detail"] for problem in answer.json()["problems"])


def test_a_network_for_a_runner_that_builds_none_is_refused(lab: LabServer) -> None:
    """The capability is named."""
    body = {**BODY, "runner": "sb3", "network": {"layers": [DENSE]}}
    named = fields_of(refused(lab.post("/runs", body), 422))
    assert "network_builder" in named["network"]["hint"]
    question = {"algorithm": "ppo", "env_id": "CartPole-v1", "network": {"layers": [DENSE]}}
    assert refused(lab.post("/runners/sb3/network/check", question), 422)


def test_two_different_networks_contradict_each_other(lab: LabServer) -> None:
    """The field and the hyperparameter mean the same."""
    other = {"network": {"layers": [{**DENSE, "units": 9}]}}
    body = {**BODY, "network": {"layers": [DENSE]}, "hyperparameters": other}
    assert "network" in fields_of(refused(lab.post("/runs", body), 422))


@pytest.mark.parametrize(
    ("num_envs", "said"), [(0, "1,024"), (1_025, "1,024"), (1_000_000, "needs .* GB of memory")]
)
def test_a_number_of_environments_out_of_range_is_refused(
    lab: LabServer, num_envs: int, said: str
) -> None:
    """With the range, or with the memory where that says more."""
    body = {**BODY, "hyperparameters": {"num_envs": num_envs}}
    named = fields_of(refused(lab.post("/runs", body), 422))
    assert re.search(said, named["hyperparameters.num_envs"]["detail"])


def test_a_memory_that_does_not_fit_is_refused(lab: LabServer) -> None:
    """Before anything starts, with what would fit."""
    body = {**BODY, "n_steps": 1}
    assert lab.post("/runs", body).status_code == 422
    huge = {"num_envs": 1024, "n_steps": 65_536}
    body = {**BODY, "env_id": "ALE/Breakout-v5", "hyperparameters": huge}
    named = fields_of(refused(lab.post("/runs", body), 422))
    assert "would fit" in named["hyperparameters.n_steps"]["hint"]


@pytest.mark.parametrize(
    "path",
    [
        "/runners/nativ/defaults/ppo",
        "/runners/native/defaults/ppoo",
        "/runners/native/defaults/ppo?env_id=Nothing-v0",
        "/runners/..%2f..%2fetc/defaults/ppo",
    ],
)
def test_defaults_of_nothing_are_not_found(lab: LabServer, path: str) -> None:
    """404, never a mistake of the server."""
    assert lab.get(path).status_code == 404
