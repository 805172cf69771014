"""What a reward of the user's costs: PPO on CartPole with one, over the same run without, in turns.

The reward does what the environment's own one does, so that agents learn alike and episodes are
equally long: what differs is the cost alone. Each round trains three times; the first of a round
changes from round to round, so that a machine that grows warm or busy favours none.
"""

from collections.abc import Sequence

from benchmarks.figure import Figure, Plan, median_figure
from benchmarks.lab import Lab, running_lab

TIMESTEPS = 100_000
SMOKE_TIMESTEPS = 4_000
SCALAR_BAR = 0.85
BATCHED_BAR = 0.95
_LONG = "def reward_function(obs, action, next_obs, reward, terminated, truncated, info):\n"
SCALAR = (
    f"{_LONG}    x = float(next_obs[0])\n    if abs(x) < 0:\n        return 0.0\n"
    "    return {'alive': 1.0, 'nothing': 0.0 * x}\n"
)
BATCHED = (
    f"{_LONG}    x = next_obs[:, 0]\n    return {{'alive': 1.0 + 0.0 * x, 'nothing': 0.0 * x}}\n"
    "reward_function.batched = True\n"
)
SOURCES: dict[str, str | None] = {"none": None, "scalar": SCALAR, "batched": BATCHED}


def measure(plan: Plan) -> Sequence[Figure]:
    """Compare a scalar and a batched reward with none."""
    speeds: dict[str, list[float]] = {name: [] for name in SOURCES}
    with running_lab() as lab:
        for number in range(plan.repeats):
            names = list(SOURCES)
            for name in names[number % 3 :] + names[: number % 3]:
                speeds[name].append(_speed(lab, SOURCES[name], plan))
    by_round = list(zip(speeds["none"], speeds["scalar"], speeds["batched"], strict=True))
    note = f"without {sorted(speeds['none'])[len(by_round) // 2]:,.0f} timesteps/s"
    return [
        median_figure(
            f"PPO CartPole-v1 with a {name} reward / without",
            [one[place] / one[0] for one in by_round],
            unit="",
            bar=bar,
            better="higher",
            note=f"{note}; {len(by_round)} rounds in turns",
        )
        for place, (name, bar) in enumerate(
            (("scalar", SCALAR_BAR), ("batched", BATCHED_BAR)), start=1
        )
    ]


def _speed(lab: Lab, source: str | None, plan: Plan) -> float:
    lab.wait_until_quiet(num_workers=1)
    code = {} if source is None else {"reward_code": {"source": source}}
    timesteps = plan.size(TIMESTEPS, SMOKE_TIMESTEPS)
    run_id = lab.create(
        "CartPole-v1", "sb3", "ppo", preset="tuned", seed=0, total_timesteps=timesteps, **code
    )
    run = lab.wait(run_id, "completed")
    return float(run["timestep"]) / float(run["duration_s"])
