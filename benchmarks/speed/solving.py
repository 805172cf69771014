"""From TRAIN to solved, the first picture, and speed against the number of environments."""

import time

from websockets.sync.client import connect

from benchmarks.lab import FINISHED, Json, Lab, MeasurementError, running_lab
from benchmarks.speed.measuring import body_of, why_missing
from benchmarks.speed.rows import row_of
from benchmarks.speed.watching import WATCHED_FPS
from benchmarks.speed.wish import Wish
from benchmarks.viewer import frames

NUM_EPISODES = 100
SOLVED = {"cartpole-ppo": (475.0, 10_000), "lunarlander-ppo": (200.0, 100_000)}
"""Row -> `reward_threshold` of Gymnasium, timesteps between two evaluations."""
PLOTTED = ("CartPole-v1", "LunarLander-v3")
ROLLOUT = 16_384
OVER = ("done", "failed", "cancelled")
EVALUATED = "eval/episode_return"


def time_to_solved(wish: Wish) -> None:
    """Press TRAIN and wait until 100 greedy episodes reach the threshold; evaluations included.

    Cold: a server without an idle worker. Warm: one that has its libraries imported.
    """
    for is_warm in (False, True):
        for number in range(wish.repeats):
            with running_lab(max_runs=1, warm_workers=int(is_warm), auto_calibration=0) as lab:
                for row_id in SOLVED:
                    if row_id in wish.rows:
                        _solve_with_each(wish, lab, row_id, number, is_warm=is_warm)


def _solve_with_each(wish: Wish, lab: Lab, row_id: str, number: int, *, is_warm: bool) -> None:
    for engine in wish.engines:
        item: Json = {
            "row": row_id, "column": engine, "warm": is_warm, "round": number,
            "fraction": wish.fraction,
        }  # fmt: skip
        if wish.extras.has("solved", item) or why_missing(lab, row_of(row_id), engine):
            continue
        lab.wait_until_quiet(num_workers=int(is_warm))
        wish.extras.put("solved", {**item, "seconds": _solve(wish, lab, row_id, engine, number)})


def _solve(wish: Wish, lab: Lab, row_id: str, engine: str, seed: int) -> float | None:
    row, (threshold, every) = row_of(row_id), SOLVED[row_id]
    budget = wish.timesteps(row.timesteps)
    plan = {"every_timesteps": wish.timesteps(every), "num_episodes": NUM_EPISODES}
    body = {**body_of(row, engine), "seed": seed, "total_timesteps": budget}
    begun = time.perf_counter()
    run_id = str(
        lab.post("/runs", {**body, "evaluation": {**plan, "stop_at_return": threshold}})["id"]
    )
    lab.wait(run_id, "completed")
    seconds = time.perf_counter() - begun
    best = _best_return(lab, run_id)
    return seconds if best is not None and best >= threshold else None


def _best_return(lab: Lab, run_id: str) -> float | None:
    found = lab.get(f"/runs/{run_id}/metrics", names=EVALUATED)["series"]
    returns = found.get(EVALUATED, {"value": []})["value"]
    return max((value for value in returns if value is not None), default=None)


def speed_by_num_envs(wish: Wish) -> None:
    """Have each engine measured by the lab's own calibration for each number of environments."""
    for number in range(wish.repeats):
        # A lab of its own for each round: one remembers what it measured.
        with running_lab(max_runs=1, auto_calibration=0) as lab:
            for env_id in PLOTTED:
                for engine in wish.engines:
                    if why_missing(lab, row_of("cartpole-ppo"), engine) is None:
                        _calibrate_each(wish, lab, env_id, engine, number)


def _calibrate_each(wish: Wish, lab: Lab, env_id: str, engine: str, number: int) -> None:
    for num_envs in wish.sizes:
        item: Json = {"env_id": env_id, "column": engine, "num_envs": num_envs, "round": number}
        if not wish.extras.has("num-envs", item):
            wish.extras.put("num-envs", {**item, **_calibrated(lab, env_id, engine, num_envs)})


def _calibrated(lab: Lab, env_id: str, engine: str, num_envs: int) -> Json:
    values = {"num_envs": num_envs, "n_steps": max(1, ROLLOUT // num_envs)}
    body: Json = {
        "env_id": env_id, "runner": engine, "algorithm": "ppo",
        "hyperparameters": {**values, "batch_size": 1024, "n_epochs": 4},
        "total_timesteps": 1_000_000,
    }  # fmt: skip
    if not lab.post("/runs/check", body)["ok"]:
        return {"missing": "more environments than the engine allows"}
    lab.wait_until_quiet(num_workers=1)
    ordered = lab.post("/calibrations", body)["items"][0]
    done = lab.poll(f"/calibrations/{ordered['id']}", OVER, timeout_s=240.0)
    if done["status"] != "done":
        return {"missing": done["detail"]}
    return {"timesteps_per_s": done["result"]["timesteps_per_second"]}


def time_to_first_picture(wish: Wish) -> None:
    """Press TRAIN and wait for the first picture of the training, with an idle worker and without."""
    for is_warm in (False, True):
        with running_lab(warm_workers=int(is_warm), auto_calibration=0) as lab:
            lab.get("/runners")  # the catalogue is made once per installation, not per run
            for number in range(wish.repeats):
                for engine in wish.engines:
                    _picture(wish, lab, engine, number, is_warm=is_warm)


def _picture(wish: Wish, lab: Lab, engine: str, number: int, *, is_warm: bool) -> None:
    item: Json = {"column": engine, "warm": is_warm, "round": number}
    row = row_of("cartpole-ppo")
    if wish.extras.has("first-frame", item) or why_missing(lab, row, engine):
        return
    lab.wait_until_quiet(num_workers=int(is_warm))
    begun = time.perf_counter()
    body = {**body_of(row, engine), "total_timesteps": 10**7, "seed": number}
    run_id = str(lab.post("/runs", body)["id"])
    with connect(lab.frames_url(run_id, fps=WATCHED_FPS), max_size=None) as connection:
        if next(frames(connection), None) is None:
            raise MeasurementError("the server closed the socket without a picture")
        seconds = time.perf_counter() - begun
    lab.post(f"/runs/{run_id}/stop")
    lab.wait(run_id, *FINISHED)
    wish.extras.put("first-frame", {**item, "seconds": seconds})
