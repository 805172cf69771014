"""Specifications that cannot be trained are refused with the field, the value and the way out."""

from typing import Any

import pytest

from tests.integration.lab import LabServer
from tests.security.requests import VALID, fields_of, refused


@pytest.fixture(autouse=True)
def _nothing_is_created(lab: LabServer) -> Any:
    before = {run["id"] for run in lab.runs()}
    yield
    assert {run["id"] for run in lab.runs()} == before


@pytest.mark.parametrize(
    ("change", "field", "closest"),
    [
        ({"env_id": "CartPol-v1"}, "env_id", "CartPole-v1"),
        ({"runner": "fak"}, "runner", "fake"),
        ({"algorithm": "randon"}, "algorithm", "random"),
        ({"hyperparameters": {"num_env": 2}}, "hyperparameters.num_env", "num_envs"),
        ({"preset": "stabel"}, "preset", "stable"),
        ({"device": "gpu"}, "device", None),
        ({"total_timestep": 5}, "total_timestep", None),
    ],
)
def test_an_unknown_name_is_refused_with_the_closest(
    lab: LabServer, change: dict[str, Any], field: str, closest: str | None
) -> None:
    """For environments, runners, algorithms, hyperparameters, presets and fields."""
    answer = lab.post("/runs", {**VALID, **change})
    error = refused(answer, 404 if field == "env_id" and answer.status_code == 404 else 422)
    if closest is not None:
        assert closest in answer.text
    if answer.status_code == 422:
        assert field in fields_of(error)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"total_timesteps": 0}, "total_timesteps"),
        ({"total_timesteps": -1}, "total_timesteps"),
        ({"total_timesteps": 10**12}, "total_timesteps"),
        ({"total_timesteps": 10**400}, "total_timesteps"),
        ({"total_timesteps": 1.5}, "total_timesteps"),
        ({"total_timesteps": "many"}, "total_timesteps"),
        ({"total_timesteps": [1]}, "total_timesteps"),
        ({"max_episodes": 0}, "max_episodes"),
        ({"max_episodes": 10**30}, "max_episodes"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**31}, "seed"),
        ({"seed": 2**64}, "seed"),
        ({"seed": "seven"}, "seed"),
        ({"hyperparameters": {"num_envs": 0}}, "hyperparameters.num_envs"),
        ({"hyperparameters": {"num_envs": 65}}, "hyperparameters.num_envs"),
        ({"hyperparameters": {"num_envs": "two"}}, "hyperparameters.num_envs"),
        ({"hyperparameters": {"update_s": -0.1}}, "hyperparameters.update_s"),
        ({"hyperparameters": {"crash_kind": "explode"}}, "hyperparameters.crash_kind"),
        ({"hyperparameters": []}, "hyperparameters"),
        ({"checkpoint_every_timesteps": 0}, "checkpoint_every_timesteps"),
        ({"env_kwargs": 3}, "env_kwargs"),
        ({"env_id": None}, "env_id"),
        ({"env_id": "x" * 10_000}, "env_id"),
        ({"tags": "one"}, "tags"),
        ({"start": "perhaps"}, "start"),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(
    lab: LabServer, change: dict[str, Any], field: str
) -> None:
    """Wrong types, bounds and sizes."""
    error = refused(lab.post("/runs", {**VALID, **change}), 422)
    named = fields_of(error)
    assert field in named, error
    assert named[field]["detail"]


@pytest.mark.parametrize(
    "text", ["x" * 10_000, "a\x00b", "line\nbreak", "\x1b[31mred", "\u202egnitirw", "   "]
)
@pytest.mark.parametrize("field", ["name", "tags"])
def test_names_that_are_no_plain_text_are_refused(lab: LabServer, field: str, text: str) -> None:
    """Too long, control characters, turned writing, nothing at all."""
    value: Any = [text] if field == "tags" else text
    error = refused(lab.post("/runs", {**VALID, field: value}), 422)
    assert any(name.startswith(field) for name in fields_of(error)), error


@pytest.mark.parametrize(
    ("algorithm", "env_id", "hyperparameters", "field"),
    [
        ("ppo", "CartPole-v1", {"use_sde": True}, "use_sde"),
        ("ppo", "CartPole-v1", {"frame_stack": 4}, "frame_stack"),
        ("ppo", "CartPole-v1", {"batch_size": 1}, "batch_size"),
        ("ars", "CartPole-v1", {"n_delta": 2, "n_top": 3}, "n_top"),
        ("dqn", "CartPole-v1", {"num_envs": 2, "train_freq_unit": "episode"}, "num_envs"),
        ("tqc", "Pendulum-v1", {"n_quantiles": 2}, "top_quantiles_to_drop_per_net"),
    ],
)
def test_values_that_do_not_fit_each_other_are_refused_before_the_start(
    lab: LabServer, algorithm: str, env_id: str, hyperparameters: dict[str, Any], field: str
) -> None:
    """Nor the environment; the check beside TRAIN says the same."""
    body = {
        "env_id": env_id, "runner": "sb3", "algorithm": algorithm, "total_timesteps": 100,
        "hyperparameters": hyperparameters,
    }  # fmt: skip
    assert list(fields_of(refused(lab.post("/runs", body), 422))) == [f"hyperparameters.{field}"]
    problems = lab.post("/runs/check", body).json()["problems"]
    assert [problem["code"] for problem in problems] == ["does_not_fit"]


def test_the_preflight_refuses_what_the_creation_refuses(lab: LabServer) -> None:
    """With the same fields, and creates nothing."""
    body = {**VALID, "total_timesteps": 0, "hyperparameters": {"num_envs": 0, "nmu_envs": 1}}
    creation = fields_of(refused(lab.post("/runs", body), 422))
    check = lab.post("/runs/check", body)
    assert check.status_code == 200, check.text
    assert check.json()["ok"] is False
    assert {problem["field"] for problem in check.json()["problems"]} == set(creation)
