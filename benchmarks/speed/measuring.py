"""Measuring one cell: a fresh process for a script, a run of a lab for an engine of ours."""

import json
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

from benchmarks.lab import Json, Lab, MeasurementError
from benchmarks.machine import this_machine
from benchmarks.speed.records import Condition, Record
from benchmarks.speed.rows import SCRIPTS, Row
from benchmarks.viewer import ROOT
from gymlab.supervisor.run_folder import read_state

SCRIPT_TIMEOUT_S = 3600.0
EVALUATION_TIMEOUT_S = 900.0
OVER = ("completed", "failed", "cancelled", "interrupted")
NUM_EPISODES = 100
MIN_TIMESTEPS = 1_000
_DEVICES = ("sb3", "native")
"""Columns that compute on a graphics card where they are told to."""
_NEEDED = {"sb3": "stable_baselines3", "sbx": "sbx", "torch": "torch", "limit": "gymnasium"}


def why_missing(lab: Lab, row: Row, column: str, device: str = "cpu") -> str | None:
    """Return why a cell cannot be measured here; None when it can."""
    if device != "cpu" and column not in _DEVICES:
        return "computes on the processor"
    if column in SCRIPTS:
        package = _NEEDED[column]
        return None if find_spec(package) else f"{package} is not installed"
    runner = next((item for item in lab.get("/runners")["items"] if item["id"] == column), None)
    if runner is None:
        return f"there is no runner {column}"
    if not runner["available"]:
        return str(runner["unavailable_reason"])
    if row.algorithm not in {algorithm["id"] for algorithm in runner["algorithms"]}:
        return f"{runner['title']} has no {row.algorithm.upper()}"
    body = {**body_of(row, column), "total_timesteps": row.timesteps, "device": device}
    problems = lab.post("/runs/check", body)["problems"]
    return str(problems[0]["detail"]) if problems else None


def measured(lab: Lab, row: Row, column: str, number: int, condition: Condition) -> Record:
    """Measure a cell once.

    Raises:
        MeasurementError: It failed.
    """
    timesteps = max(MIN_TIMESTEPS, int(row.timesteps * condition.fraction))
    # The worker that is kept ready imports for seconds; nothing else is to run meanwhile.
    lab.wait_until_quiet(num_workers=1)
    taken = (
        _by_script(row, column, timesteps, number, condition.device)
        if column in SCRIPTS
        else _by_lab(lab, row, column, timesteps, number, condition.device)
    )
    return Record(
        row=row.id, column=column, round=number, fraction=condition.fraction,
        device=condition.device, machine=this_machine(), **taken,
    )  # fmt: skip


def _by_script(row: Row, column: str, timesteps: int, seed: int, device: str) -> Json:
    words = [sys.executable, "-m", SCRIPTS[column], row.id, column, "--device", device]
    words += ["--timesteps", str(timesteps), "--seed", str(seed), "--episodes", str(NUM_EPISODES)]
    try:
        done = subprocess.run(
            words, cwd=ROOT, check=True, capture_output=True, timeout=SCRIPT_TIMEOUT_S
        )
    except subprocess.SubprocessError as error:
        told = getattr(error, "stderr", b"") or b""
        raise MeasurementError(
            f"{row.id} {column}: {told.decode(errors='replace')[-2000:]}"
        ) from error
    found: Json = json.loads(done.stdout.splitlines()[-1])
    return found


def body_of(row: Row, runner: str) -> Json:
    """Return what a lab is asked for: the tuned preset of the runner, or the row's own values."""
    body: Json = {"env_id": row.env_id, "runner": runner, "algorithm": row.algorithm}
    if row.hyperparameters is None:
        return {**body, "preset": "tuned"}
    values: dict[str, Any] = dict(row.hyperparameters)
    return {**body, "hyperparameters": values}


def _by_lab(lab: Lab, row: Row, column: str, timesteps: int, seed: int, device: str) -> Json:
    body = {**body_of(row, column), "total_timesteps": timesteps, "seed": seed, "device": device}
    run_id = str(lab.post("/runs", body)["id"])
    run = lab.wait(run_id, "completed", timeout_s=SCRIPT_TIMEOUT_S)
    state = read_state(lab.run_dir(run_id))
    return {
        "timesteps": run["timestep"],
        "duration_s": run["duration_s"],
        "setup_s": (state.setup_s if state else None) or 0.0,
        "memory_bytes": (state.peak_memory_bytes if state else None) or 0,
        "final_return": _greedy_return(lab, run_id),
    }


def _greedy_return(lab: Lab, run_id: str) -> float:
    wish = {"num_episodes": NUM_EPISODES, "deterministic": True, "record_video": False}
    asked = lab.post(f"/runs/{run_id}/evaluations", {**wish, "checkpoint": "latest"})
    path = f"/runs/{run_id}/evaluations/{asked['id']}"
    found = lab.poll(path, OVER, timeout_s=EVALUATION_TIMEOUT_S)
    if found["status"] != "completed":
        raise MeasurementError(f"the evaluation of {run_id} is {found['status']}")
    return float(found["return_mean"])
