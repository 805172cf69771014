"""Training on an NVIDIA card, from the sandbox to the hint when its memory is full.

Left out where there is none; docs/guide/devices.md says on which card they passed.
"""

import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.integration.lab import LabServer, until
from tests.integration.reliability.killing import compare_with_kills

pytestmark = pytest.mark.needs("card")
ROLLOUT = {"n_steps": 64, "num_envs": 4, "batch_size": 64}
RUNS: dict[str, dict[str, Any]] = {
    "sb3 ppo": {"hyperparameters": ROLLOUT},
    "sb3 a2c": {"hyperparameters": {"n_steps": 8, "num_envs": 4}},
    "sb3 dqn": {"hyperparameters": {"learning_starts": 100}},
    "sb3 recurrent_ppo": {"hyperparameters": {"n_steps": 64, "batch_size": 64}},
    "sb3 sac": {"env_id": "Pendulum-v1", "hyperparameters": {"learning_starts": 100}},
    "native ppo": {"hyperparameters": ROLLOUT},
    "native dqn": {"hyperparameters": {"learning_starts": 100}},
}
LARGE = {**ROLLOUT, "net_arch": [1024, 1024]}
HOG = """
import sys, torch
free, _ = torch.cuda.mem_get_info()
taken = torch.empty(free - {left}, dtype=torch.uint8, device="cuda")
torch.cuda.synchronize()
print("full", flush=True)
sys.stdin.read()
"""
"""Fills the card but for what a worker needs to begin."""


@pytest.fixture(scope="module", name="lab")
def fixture_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """Yield a server with workers in the sandbox of this machine."""
    with LabServer(tmp_path_factory.mktemp("card"), max_runs=8) as lab:
        yield lab


def begin(lab: LabServer, **fields: Any) -> str:
    """Create a run of a thousand timesteps; return its id."""
    usual = {"env_id": "CartPole-v1", "total_timesteps": 1024, "seed": 3}
    answer = lab.post("/runs", {**usual, **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_every_learner_computes_on_the_card(lab: LabServer) -> None:
    """Each from inside its sandbox, and what it learnt plays on the CPU."""
    started: dict[str, str] = {}
    for name, fields in RUNS.items():
        runner, _, algorithm = name.partition(" ")
        started[name] = begin(lab, runner=runner, algorithm=algorithm, device="cuda", **fields)
    for name, run_id in started.items():
        run = lab.wait_for(run_id, "completed", "failed", "interrupted")
        assert (run["status"], run["device"]) == ("completed", "cuda"), f"{name}: {run['failure']}"
    asked = lab.post(
        f"/runs/{started['sb3 ppo']}/evaluations", {"num_episodes": 2, "record_video": False}
    )
    assert asked.status_code == 202, asked.text


def test_a_run_that_leaves_it_open_gets_the_card_where_it_gains(lab: LabServer) -> None:
    """The device is decided when the run is created, and the checklist says so."""
    small = begin(lab, runner="sb3", algorithm="ppo", hyperparameters=ROLLOUT)
    large = begin(lab, runner="sb3", algorithm="ppo", hyperparameters=LARGE)
    assert lab.wait_for(small, "completed")["device"] == "cpu"
    assert lab.wait_for(large, "completed")["device"] == "cuda"


def test_a_measurement_is_made_on_the_card(lab: LabServer) -> None:
    """What is asked before the start is what the run will be."""
    body = {
        "env_id": "CartPole-v1",
        "runner": "native",
        "algorithm": "ppo",
        "hyperparameters": ROLLOUT,
        "total_timesteps": 2048,
        "device": "cuda",
    }
    (begun,) = lab.post("/calibrations", body).json()["items"]
    found = begun

    def is_over() -> bool:
        nonlocal found
        found = lab.get(f"/calibrations/{begun['id']}").json()
        return found["status"] in {"done", "failed", "cancelled"}

    until(is_over, "the measurement", timeout_s=60)
    assert found["status"] == "done", str(found)


def test_a_full_card_ends_with_what_to_reduce(lab: LabServer) -> None:
    """Another program holds the memory; the run names the hyperparameters that need less."""
    with full_card(left=700 * 1024**2):
        wide = {**ROLLOUT, "net_arch": [2048] * 4}
        run_id = begin(lab, runner="sb3", algorithm="ppo", hyperparameters=wide, device="cuda")
        run = lab.wait_for(run_id, "failed", "completed", "interrupted")
    assert run["status"] == "failed", str(run)
    assert run["failure"]["code"] == "gpu_out_of_memory", str(run["failure"])
    assert "batch_size" in run["failure"]["hint"]
    assert "choose the device cpu" in run["failure"]["hint"]


@pytest.mark.parametrize(
    "pair",
    [("native ppo", "CartPole-v1"), ("native dqn", "CartPole-v1"), ("ppo", "CartPole-v1")],
    ids="-".join,
)
def test_a_run_killed_on_the_card_ends_like_one_that_was_left_alone(
    tmp_path: Path, pair: tuple[str, str]
) -> None:
    """The page calls it approximate, because no library promises it; here it was exact."""
    assert compare_with_kills(tmp_path, pair, kills=1, seed=1, timesteps=2000, device="cuda") == 1


@contextmanager
def full_card(*, left: int) -> Generator[None]:
    """Fill the card's memory but for some bytes."""
    hog = subprocess.Popen(
        [sys.executable, "-c", HOG.format(left=left)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert hog.stdout is not None
        assert hog.stdout.readline() == b"full\n"
        yield
    finally:
        hog.communicate(timeout=60)
