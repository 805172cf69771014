"""From pressing TRAIN to the first picture: POST /runs, then the frames WebSocket."""

import time
from collections.abc import Sequence

from websockets.sync.client import connect

from benchmarks.figure import Figure, Plan, median_figure
from benchmarks.lab import FINISHED, Lab, MeasurementError, running_lab
from benchmarks.viewer import frames

WARM_BAR_S = 0.4
COLD_BAR_S = 4.0


def measure(plan: Plan) -> Sequence[Figure]:
    """Measure with an idle worker at hand and without one."""
    return [
        median_figure(
            "POST /runs to the first picture, warm worker",
            _samples(plan, warm_workers=1),
            unit="s",
            bar=WARM_BAR_S,
            better="lower",
        ),
        median_figure(
            "POST /runs to the first picture, cold",
            _samples(plan, warm_workers=0),
            unit="s",
            bar=COLD_BAR_S,
            better="lower",
        ),
    ]


def _samples(plan: Plan, *, warm_workers: int) -> list[float]:
    with running_lab(warm_workers=warm_workers) as lab:
        lab.get("/runners")  # the catalogue is made once per installation, not per run
        samples: list[float] = []
        for seed in range(plan.repeats):
            lab.wait_until_quiet(num_workers=warm_workers)
            samples.append(_sample(lab, seed))
        return samples


def _sample(lab: Lab, seed: int) -> float:
    begun = time.perf_counter()
    run_id = lab.create(
        "CartPole-v1", "sb3", "ppo", preset="tuned", total_timesteps=10**7, seed=seed
    )
    with connect(lab.frames_url(run_id, fps=30), max_size=None) as connection:
        for _ in frames(connection):
            waited_s = time.perf_counter() - begun
            break
        else:
            raise MeasurementError("the server closed the socket without a picture")
    lab.post(f"/runs/{run_id}/stop")
    lab.wait(run_id, *FINISHED)
    return waited_s
