"""What the measuring processes share: their command line, and the line that they print."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.speed.rows import Row, row_of


@dataclass(frozen=True, slots=True)
class Script:
    """What one process is to do."""

    row: Row
    column: str
    timesteps: int
    seed: int
    num_episodes: int
    """Greedy episodes behind the final return; 0 for none."""
    device: str = "cpu"
    """What the network is computed on."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What it took."""

    timesteps: int
    duration_s: float
    """Training time without set-up."""
    setup_s: float
    memory_bytes: int
    """Memory that the process alone held at the end of training."""
    final_return: float | None
    note: str = ""


def main(train: Callable[[Script], Taken]) -> None:
    """Read the command line, train, and print the result as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("row")
    parser.add_argument("column")
    parser.add_argument("--timesteps", type=int, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--episodes", type=int, default=100)
    parser.add_argument("--device", default="cpu")
    parsed = parser.parse_args()
    script = Script(
        row_of(parsed.row), parsed.column, parsed.timesteps, parsed.seed, parsed.episodes,
        parsed.device,
    )  # fmt: skip
    sys.stdout.write(json.dumps(asdict(train(script))) + "\n")


def held_bytes() -> int:
    """Return the memory that only this process holds, as the lab's watchdog counts it."""
    held = 0
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(("RssAnon:", "RssShmem:")):
            held += int(line.split()[1]) * 1024
    return held
