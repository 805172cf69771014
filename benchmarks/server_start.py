"""`gymlab serve` to its first healthy answer, and the memory of the idle server."""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figure import Figure, Plan, median_figure
from benchmarks.lab import start_lab

START_BAR_S = 1.2
MEMORY_BAR_MB = 120.0
COMMAND = (sys.executable, "-m", "gymlab", "serve")


def measure(plan: Plan) -> Sequence[Figure]:
    """Start on an empty data folder and again on the same one, several times."""
    first: list[float] = []
    later: list[float] = []
    memory: list[float] = []
    for _ in range(plan.repeats):
        with tempfile.TemporaryDirectory(
            prefix="gymlab-bench-", ignore_cleanup_errors=True
        ) as folder:
            first.append(_start(Path(folder))[0])
            started_in_s, memory_mb = _start(Path(folder))
            later.append(started_in_s)
            memory.append(memory_mb)
    return [
        median_figure(
            "`gymlab serve` to a healthy answer, empty data folder",
            first,
            unit="s",
            bar=START_BAR_S,
            better="lower",
        ),
        median_figure(
            "`gymlab serve` to a healthy answer, later starts",
            later,
            unit="s",
            bar=START_BAR_S,
            better="lower",
        ),
        median_figure(
            "resident memory of the idle server",
            memory,
            unit="MB",
            bar=MEMORY_BAR_MB,
            better="lower",
            note="after it answered for environments, runners and runs",
        ),
    ]


def _start(home: Path) -> tuple[float, float]:
    lab = start_lab(COMMAND, home)
    try:
        for path in ("/environments", "/runners", "/runs"):
            lab.get(path)
        lab.wait_until_quiet(num_workers=1)
        return lab.started_in_s, lab.server.memory_info().rss / 1e6
    finally:
        lab.close()
