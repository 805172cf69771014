"""From TRAIN to solved, the cost of the live view, and speed against the number of environments."""

import time
from collections.abc import Sequence
from statistics import median

from benchmarks.lab import Json, Lab, MeasurementError, running_lab
from benchmarks.speed.measuring import body_of, why_missing
from benchmarks.speed.rows import Row, row_of
from benchmarks.viewer import Viewer

NUM_EPISODES = 100
ENGINES = ("sb3", "native", "turbo")
SOLVED = (("cartpole-ppo", 475.0, 10_000), ("lunarlander-ppo", 200.0, 100_000))
"""Row, `reward_threshold` of Gymnasium, timesteps between two evaluations."""
NUM_ENVS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
ROLLOUT = 16_384
WATCHED_FPS = 30
OVER = ("done", "failed", "cancelled")


def time_to_solved(repeats: int) -> Sequence[Json]:
    """Press TRAIN and wait until 100 greedy episodes reach the threshold; evaluations included.

    Cold: a server without an idle worker. Warm: one that has its libraries imported.
    """
    found: list[Json] = []
    for is_warm in (False, True):
        for number in range(repeats):
            with running_lab(max_runs=1, warm_workers=int(is_warm), auto_calibration=0) as lab:
                if is_warm:
                    lab.wait_until_quiet(num_workers=1)
                for row_id, threshold, every in SOLVED:
                    for engine in ENGINES:
                        row = row_of(row_id)
                        if why_missing(lab, row, engine) is None:
                            seconds = _solve(lab, row, engine, threshold, every, number)
                            found.append({
                                "row": row_id, "column": engine, "warm": is_warm,
                                "round": number, "seconds": seconds,
                            })  # fmt: skip
                        if is_warm:
                            lab.wait_until_quiet(num_workers=1)
    return found


def _solve(
    lab: Lab, row: Row, engine: str, threshold: float, every: int, seed: int
) -> float | None:
    plan = {"every_timesteps": every, "num_episodes": NUM_EPISODES, "stop_at_return": threshold}
    body = {**body_of(row, engine), "evaluation": plan, "seed": seed}
    begun = time.perf_counter()
    run_id = str(lab.post("/runs", {**body, "total_timesteps": row.timesteps})["id"])
    run = lab.wait(run_id, "completed")
    seconds = time.perf_counter() - begun
    return seconds if run["timestep"] < row.timesteps else None


def cost_of_live_view(engine: str, row_id: str, repeats: int, timesteps: int) -> Json:
    """Train with one viewer at 30 pictures a second and without, in turns."""
    row, ratios = row_of(row_id), list[float]()
    with running_lab(max_runs=1, auto_calibration=0) as lab:
        missing = why_missing(lab, row, engine)
        if missing is not None:
            return {"row": row_id, "column": engine, "missing": missing}
        for number in range(repeats):
            speeds = dict[bool, float]()
            for is_watched in (number % 2 == 0, number % 2 == 1):
                lab.wait_until_quiet(num_workers=1)
                speeds[is_watched] = _speed(
                    lab, row, engine, timesteps, number, is_watched=is_watched
                )
            ratios.append(speeds[True] / speeds[False])
    return {"row": row_id, "column": engine, "watched_over_unwatched": median(ratios),
            "samples": ratios}  # fmt: skip


def _speed(
    lab: Lab, row: Row, engine: str, timesteps: int, seed: int, *, is_watched: bool
) -> float:
    viewer = Viewer() if is_watched else None
    body = {**body_of(row, engine), "total_timesteps": timesteps, "seed": seed}
    run_id = str(lab.post("/runs", body)["id"])
    if viewer is not None:
        viewer.watch(lab.frames_url(run_id, fps=WATCHED_FPS))
    run = lab.wait(run_id, "completed")
    if viewer is not None and viewer.stop().num_frames == 0:
        raise MeasurementError("nobody saw a picture")
    return float(run["timestep"]) / float(run["duration_s"])


def speed_by_num_envs(env_id: str, sizes: Sequence[int] = NUM_ENVS) -> Sequence[Json]:
    """Have each engine measured by the lab's own calibration for each number of environments."""
    found: list[Json] = []
    with running_lab(max_runs=1, auto_calibration=0) as lab:
        for engine in ENGINES:
            if why_missing(lab, row_of("cartpole-ppo"), engine) is not None:
                continue
            for num_envs in sizes:
                values = {"num_envs": num_envs, "n_steps": max(1, ROLLOUT // num_envs)}
                body = {
                    "env_id": env_id, "runner": engine, "algorithm": "ppo",
                    "hyperparameters": {**values, "batch_size": 1024, "n_epochs": 4},
                    "total_timesteps": 1_000_000,
                }  # fmt: skip
                speed = _calibrated(lab, body)
                found.append({"env_id": env_id, "column": engine, "num_envs": num_envs, **speed})
    return found


def _calibrated(lab: Lab, body: Json) -> Json:
    if not lab.post("/runs/check", body)["ok"]:
        return {"missing": "more environments than the engine allows"}
    ordered = lab.post("/calibrations", body)["items"][0]
    done = lab.poll(f"/calibrations/{ordered['id']}", OVER, timeout_s=240.0)
    if done["status"] != "done":
        return {"missing": done["detail"]}
    return {"timesteps_per_s": done["result"]["timesteps_per_second"]}
