"""Fresh pictures that arrive of 30 a second asked for, while training runs at full speed."""

from collections.abc import Sequence

from benchmarks.figure import Figure, Plan, median_figure
from benchmarks.lab import Lab, MeasurementError, running_lab
from benchmarks.viewer import Seen, Viewer

ASKED_FPS = 30
BAR_FPS = 27.0
TIMESTEPS = 100_000


def measure(plan: Plan) -> Sequence[Figure]:
    """Count distinct numbers and distinct moments; the smaller count is the figure."""
    with running_lab() as lab:
        seen = [_watch(lab, plan, seed) for seed in range(plan.repeats)]
    rates = [min(one.num_seqs, one.num_moments) / one.duration_s for one in seen]
    return [
        median_figure(
            "fresh pictures of 30 a second, PPO CartPole-v1 tuned",
            rates,
            unit="1/s",
            bar=BAR_FPS,
            better="higher",
            note=f"{sum(one.num_frames for one in seen)} pictures in {len(seen)} runs, "
            f"{sum(one.num_moments for one in seen)} different moments",
        )
    ]


def _watch(lab: Lab, plan: Plan, seed: int) -> Seen:
    lab.wait_until_quiet(num_workers=1)
    viewer = Viewer()
    timesteps = plan.size(TIMESTEPS, 20_000)
    run_id = lab.create(
        "CartPole-v1", "sb3", "ppo", preset="tuned", total_timesteps=timesteps, seed=seed
    )
    viewer.watch(lab.frames_url(run_id, fps=ASKED_FPS))
    lab.wait(run_id, "completed")
    seen = viewer.stop()
    if seen.num_frames < 2:
        raise MeasurementError("no pictures arrived")
    return seen
