"""Measuring what training costs: ordered over HTTP, made by a real worker, told in the preflight."""

from collections.abc import Iterator
from typing import Any

import pytest

from gymlab.supervisor.run_folder import read_state
from tests.integration.lab import LabServer, until

RUN = {
    "env_id": "CartPole-v1",
    "runner": "fake",
    "algorithm": "random",
    "hyperparameters": {"timesteps_per_second": 2000.0, "learner_every": 100},
    "total_timesteps": 5000,
}
OVER = {"done", "failed", "cancelled"}


@pytest.fixture(name="lab", scope="module")
def fixture_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """Yield a served data folder that trains one run at a time."""
    with LabServer(tmp_path_factory.mktemp("calibrations"), max_runs=1) as lab:
        yield lab


def _order(lab: LabServer, **changes: Any) -> dict[str, Any]:
    answer = lab.post("/calibrations", {**RUN, **changes})
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()["items"][0]
    return found


def _ended(lab: LabServer, calibration_id: str) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def is_over() -> bool:
        found.update(lab.get(f"/calibrations/{calibration_id}").json())
        return found["status"] in OVER

    until(is_over, "the end of the measurement")
    return found


def _estimate(lab: LabServer, **changes: Any) -> dict[str, Any]:
    answer = lab.post("/runs/check", {**RUN, **changes})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["estimate"]
    return found


def test_a_measurement_makes_the_estimate_sure_and_a_run_surer(lab: LabServer) -> None:
    """Guess, measurement, run: each is better than the one before; the numbers are near the truth."""
    assert _estimate(lab)["basis"] in {"guess", "similar"}
    ordered = _order(lab)
    assert _estimate(lab)["calibration_id"] == ordered["id"]
    found = _ended(lab, ordered["id"])
    assert found["status"] == "done", found
    assert found["result"]["timesteps_per_second"] == pytest.approx(2000, rel=0.2)
    before = len(lab.runs())
    measured = _estimate(lab)
    assert (measured["basis"], measured["calibration_id"]) == ("calibration", None)
    assert measured["duration_s"] == pytest.approx(2.5, rel=0.2)
    assert measured["duration_range_s"]["low"] < 2.5 < measured["duration_range_s"]["high"]
    assert measured["startup_s"] > 0
    assert measured["memory_bytes"] > 20_000_000
    assert len(lab.runs()) == before == 0

    run_id = lab.post("/runs", RUN).json()["id"]
    lab.wait_for(run_id, "completed")
    seen = _estimate(lab)
    assert (seen["basis"], seen["num_runs"]) == ("runs", 1)
    assert seen["duration_s"] == pytest.approx(2.5, rel=0.2)
    folder = lab.home / "runs" / run_id
    state = read_state(folder)
    assert state is not None
    assert seen["memory_bytes"] == pytest.approx(state.peak_memory_bytes, rel=0.02)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert seen["disk_bytes"] == pytest.approx(size, rel=0.25)


def test_a_measurement_waits_while_the_machine_trains(lab: LabServer) -> None:
    """It says so, and can be cancelled."""
    run_id = lab.post("/runs", {**RUN, "total_timesteps": 10**7}).json()["id"]
    lab.wait_for(run_id, "running")
    ordered = _order(lab, hyperparameters={"timesteps_per_second": 500.0})
    path = f"/calibrations/{ordered['id']}"
    until(lambda: "1 of 1 places" in lab.get(path).json()["detail"], "the reason why it waits")
    assert lab.get(path).json()["queue_position"] == 1
    assert lab.request("DELETE", path).json()["status"] == "cancelled"
    lab.post(f"/runs/{run_id}/stop")
    lab.wait_for(run_id, "stopped")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"env_id": "CartPol-v1"}, "env_id"),
        ({"algorithm": "randon"}, "algorithm"),
        ({"hyperparameters": {"num_envs": 0}}, "hyperparameters.num_envs"),
        ({"hyperparameters": {"num_envs": 10**6}}, "hyperparameters.num_envs"),
        ({"total_timesteps": -1}, "total_timesteps"),
    ],
)
def test_what_cannot_be_trained_is_not_measured(
    lab: LabServer, change: dict[str, Any], field: str
) -> None:
    """The answer names the field, as for a run."""
    answer = lab.post("/calibrations", {**RUN, **change})
    assert answer.status_code == 422
    assert field in {item["field"] for item in answer.json()["error"]["fields"]}


def test_a_million_environments_are_told_what_would_fit(lab: LabServer) -> None:
    """In the preflight, before anything is made."""
    answer = lab.post("/runs/check", {**RUN, "hyperparameters": {"num_envs": 10**6}}).json()
    problem = next(item for item in answer["problems"] if item["code"] == "does_not_fit")
    assert "would fit" in problem["hint"]
    assert not answer["ok"]


def test_training_that_fails_is_told_in_its_words(lab: LabServer) -> None:
    """A worker that dies while it is measured leaves a sentence, no measurement."""
    crash = {"crash_at": 50, "crash_kind": "exception"}
    found = _ended(lab, _order(lab, hyperparameters=crash)["id"])
    assert (found["status"], found["result"]) == ("failed", None)
    assert found["detail"]


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("while True: pass", "The reward was still running after 3 s, at <reward>:2"),
        pytest.param(
            "return sum(range(10 ** 12))", "still running after some seconds, at <reward>:2",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "import ctypes; ctypes.string_at(0)", "crashed the interpreter at timestep 0, in the reward",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "import os; os._exit(0)", "ended the interpreter with exit code 0", marks=pytest.mark.slow
        ),
        pytest.param("return None", "returned None", marks=pytest.mark.slow),
        pytest.param(
            "print('x' * 10 ** 7); return bytearray(10 ** 11)", "Memory ran out", marks=pytest.mark.slow
        ),
    ],
)  # fmt: skip
def test_own_code_that_goes_wrong_while_it_is_measured_is_named(
    lab: LabServer, deed: str, said: str
) -> None:
    """With its line, and the next measurement goes on."""
    source = f"def reward_function(obs, action):\n    {deed}\n"
    found = _ended(lab, _order(lab, reward_code={"source": source})["id"])
    assert (found["status"], found["result"]) == ("failed", None)
    assert said in found["detail"], found
    if "exit code" not in said:
        assert "<reward>:2" in found["detail"], found


def test_unknown_measurements_are_named(lab: LabServer) -> None:
    """Whatever stands in the address."""
    for name in ("0" * 12, "..%2f..", "x" * 300):
        answer = lab.get(f"/calibrations/{name}")
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] in {"calibration_not_found", "not_found"}


def test_engines_say_nothing_in_numbers_before_they_are_measured(lab: LabServer) -> None:
    """What can train, what cannot and why; the factor comes with measurements alone."""
    body = {"env_id": "Pendulum-v1", "algorithm": "dqn", "total_timesteps": 1000}
    engines = lab.post("/runs/engines", body).json()["items"]
    assert engines
    assert not any(item["applies"] for item in engines)
    assert all("Box" in item["reason"] for item in engines)
    engines = lab.post("/runs/engines", {**body, "env_id": "CartPole-v1"}).json()["items"]
    assert [item["runner"] for item in engines if item["is_default"]] == ["turbo"]
    in_python = lab.post("/runs/engines", {**body, "env_id": "FrozenLake-v1"}).json()["items"]
    assert [item["runner"] for item in in_python if item["is_default"]] == ["sb3"]
    assert {item["timesteps_per_second"] for item in engines} == {None}
    assert {item["times_faster"] for item in engines} == {None}
