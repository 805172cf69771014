"""`python -m benchmarks.known_episodes`: how many episodes tuned trainings have had by when.

Trains some seeds of each with the fastest engine and writes what estimates of disk look up.
"""

import sys
from statistics import median

from rich.console import Console

from benchmarks.curves.lines import ROOT, Line
from benchmarks.curves.training import train

KNOWN = ROOT / "src/gymlab/server/estimating/known_episodes.toml"
SEEDS = range(3)
PARTS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)
TRAININGS = (
    ("Acrobot-v1", "ppo"),
    ("CartPole-v1", "ppo"),
    ("CartPole-v1", "dqn"),
    ("LunarLander-v3", "ppo"),
    ("gymlab/Crossing-v0", "ppo"),
    ("gymlab/GridWorld-v0", "ppo"),
    ("gymlab/Lantern-v0", "ppo"),
    ("gymlab/Orbit-v0", "ppo"),
    ("gymlab/Snake-v0", "ppo"),
)
HEAD = f"""\
# [timesteps, episodes that had ended by then] of tuned trainings, the median of {len(SEEDS)} seeds.
# Written by `python -m benchmarks.known_episodes`.
"""


def main() -> int:
    """Train, count, write."""
    console = Console(stderr=True)
    tables = [HEAD]
    for env_id, algorithm in TRAININGS:
        line = Line("turbo", algorithm, env_id)
        budget = int(line.preset["total_timesteps"])
        ended = [[timestep for timestep, _ in train(line, seed).ended] for seed in SEEDS]
        if (head := f'["{env_id}"]\n') not in tables:
            tables.append(head)
        limits = [int(budget * part) for part in PARTS]
        knots = [[each, round(median(_count(seen, each) for seen in ended))] for each in limits]
        tables.append(f"{algorithm} = {knots}\n")
        console.print(f"{env_id} {algorithm}: {knots[-1][1]:,} episodes")
    KNOWN.write_text("".join(tables), encoding="utf-8")
    return 0


def _count(timesteps: list[int], limit: int) -> int:
    return sum(timestep <= limit for timestep in timesteps)


if __name__ == "__main__":
    sys.exit(main())
