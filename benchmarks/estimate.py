"""The estimate before a start over what the run then took: time, memory and disk.

Every case begins in a lab that knows nothing: it is measured for a few seconds, estimated,
trained, estimated once more from that run, and trained again. A ratio is predicted / real; its
error is how far the larger lies above the smaller.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.figure import Figure, Plan
from benchmarks.lab import Json, Lab, MeasurementError, running_lab
from gymlab.supervisor.run_folder import read_state

BAR = 0.25
CALIBRATION_TIMEOUT_S = 240.0
OVER = ("done", "failed", "cancelled")
QUANTITIES = ("time", "memory", "disk")


@dataclass(frozen=True, slots=True)
class Case:
    """One training to predict."""

    env_id: str
    algorithm: str
    timesteps: int
    runners: tuple[str, ...] = ("sb3", "native", "turbo")
    options: Json = field(default_factory=dict[str, Any])


CASES = (
    Case("CartPole-v1", "ppo", 100_000),
    Case("LunarLander-v3", "ppo", 200_000),
    Case("Acrobot-v1", "ppo", 200_000),
    Case("CartPole-v1", "dqn", 50_000),
    Case("Pendulum-v1", "sac", 6_000),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Predicted over real of one training."""

    case: Case
    runner: str
    basis: str
    ratios: dict[str, float]
    calibration_s: float | None = None

    @property
    def title(self) -> str:
        """Names the training."""
        return f"{self.runner} {self.case.algorithm} {self.case.env_id}"


def measure(plan: Plan) -> Sequence[Figure]:
    """Predict and train every case with every runner that is installed."""
    outcomes: list[Outcome] = []
    with running_lab(max_runs=1, auto_calibration=0) as lab:
        installed = _installed(lab)
        for case in CASES:
            for runner in case.runners:
                if case.algorithm in installed.get(runner, ()):
                    outcomes += _predict_and_train(lab, case, runner, plan)
    if not outcomes:
        raise MeasurementError("no runner is installed")
    return [
        _figure(outcomes, basis, quantity)
        for basis in ("calibration", "runs")
        for quantity in QUANTITIES
    ]


def _installed(lab: Lab) -> dict[str, list[str]]:
    return {
        item["id"]: [algorithm["id"] for algorithm in item["algorithms"]]
        for item in lab.get("/runners")["items"]
        if item["available"]
    }


def _predict_and_train(lab: Lab, case: Case, runner: str, plan: Plan) -> list[Outcome]:
    body: Json = {
        "env_id": case.env_id,
        "runner": runner,
        "algorithm": case.algorithm,
        "preset": "tuned",
        "total_timesteps": plan.size(case.timesteps, max(2_500, case.timesteps // 20)),
        **case.options,
    }
    lab.wait_until_quiet(num_workers=1)
    calibration = _calibrated(lab, body)
    predicted = lab.post("/runs/check", body)["estimate"]
    real = _trained(lab, body, seed=1)
    first = Outcome(case, runner, "calibration", _ratios(predicted, real), calibration)
    predicted = lab.post("/runs/check", body)["estimate"]
    if predicted["basis"] != "runs":
        return [first]  # too short a run to speak for the next one
    real = _trained(lab, body, seed=2)
    return [first, Outcome(case, runner, "runs", _ratios(predicted, real))]


def _calibrated(lab: Lab, body: Json) -> float:
    """Have it measured; return the seconds of training behind the measurement."""
    ordered = lab.post("/calibrations", body)["items"][0]
    found = lab.poll(f"/calibrations/{ordered['id']}", OVER, timeout_s=CALIBRATION_TIMEOUT_S)
    if found["status"] != "done":
        raise MeasurementError(f"{body['runner']} {body['env_id']}: {found['detail']}")
    return float(found["result"]["measured_s"])


def _trained(lab: Lab, body: Json, *, seed: int) -> dict[str, float]:
    lab.wait_until_quiet(num_workers=1)
    run_id = str(lab.post("/runs", {**body, "seed": seed})["id"])
    run = lab.wait(run_id, "completed")
    folder = lab.run_dir(run_id)
    state = read_state(folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    peak = state.peak_memory_bytes if state is not None else None
    return {"time": run["duration_s"], "memory": float(peak or 0), "disk": float(size)}


def _ratios(predicted: Json, real: dict[str, float]) -> dict[str, float]:
    names = {"time": "duration_s", "memory": "memory_bytes", "disk": "disk_bytes"}
    return {
        quantity: float(predicted[name]) / real[quantity]
        for quantity, name in names.items()
        if real[quantity] > 0 and predicted[name]
    }


def _figure(outcomes: Sequence[Outcome], basis: str, quantity: str) -> Figure:
    fitting = [
        outcome for outcome in outcomes if outcome.basis == basis and quantity in outcome.ratios
    ]
    errors = [_error(outcome.ratios[quantity]) for outcome in fitting]
    how = "a calibration" if basis == "calibration" else "an earlier run"
    listed = ", ".join(f"{item.title} {item.ratios[quantity]:.2f}" for item in fitting)
    spent = [item.calibration_s for item in fitting if item.calibration_s is not None]
    note = f"predicted / real: {listed}"
    if spent:
        note += f"; measured for {median(spent):.1f} s of training each"
    return Figure(
        what=f"largest error of the estimate of {quantity}, from {how}",
        measured=max(errors, default=float("inf")),
        unit="",
        bar=BAR,
        better="lower",
        samples=tuple(errors),
        note=note,
    )


def _error(ratio: float) -> float:
    return max(ratio, 1 / ratio) - 1
