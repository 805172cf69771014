"""1,000 pages that follow one run: nothing lost, nothing repeated, and what it costs the server."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psutil

from benchmarks.figure import Figure, Plan
from benchmarks.lab import Lab, MeasurementError, running_lab
from benchmarks.viewer import ROOT

CLIENTS = 1_000
ROWS_PER_SECOND = 40
SECONDS = 20
CORE_BAR_PERCENT = 40.0
MESSAGES_PER_SECOND = 4.0
"""The most that a run sends; the cost is scaled to it from what was sent."""
LEAST_MESSAGES_PER_SECOND = 2.5
"""Less is too far away to scale from."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What the server spent."""

    core_percent: float
    kb_per_client: float


def measure(plan: Plan) -> Sequence[Figure]:
    """Let a run write 40 rows a second and 1,000 clients follow it."""
    num_clients = plan.size(CLIENTS, 50)
    with running_lab(warm_workers=0) as lab:
        hyperparameters = {"timesteps_per_second": ROWS_PER_SECOND, "episode_length": 1}
        run_id = lab.create(
            "CartPole-v1", "fake", "random", total_timesteps=10**6, hyperparameters=hyperparameters
        )
        lab.wait(run_id, "running")
        cost, seen = _follow(lab, run_id, num_clients, seconds=plan.size(SECONDS, 3))
    if seen["messages_per_client_s"] < LEAST_MESSAGES_PER_SECOND:
        raise MeasurementError(f"only {seen['messages_per_client_s']:.2f} messages a second came")
    return _figures(cost, seen, num_clients)


def _figures(cost: Cost, seen: dict[str, Any], num_clients: int) -> list[Figure]:
    title = f"{num_clients:,} SSE clients"
    rate = seen["messages_per_client_s"]
    return [
        Figure(
            what=f"{title} at 4 messages a second, server CPU",
            measured=cost.core_percent * max(1.0, MESSAGES_PER_SECOND / rate),
            unit="% of a core",
            bar=CORE_BAR_PERCENT,
            better="lower",
            note=f"scaled from {cost.core_percent:.1f} % at {rate:.2f} messages a second each; "
            f"{seen['rows']:,} rows arrived, "
            f"99th percentile of delay {seen['delay_p99_s']:.2f} s",
        ),
        Figure(what=f"{title}, gaps", measured=seen["gaps"], unit="", bar=0, better="lower"),
        Figure(what=f"{title}, repeats", measured=seen["repeats"], unit="", bar=0, better="lower"),
        Figure(
            what=f"{title}, memory of the server for each",
            measured=cost.kb_per_client,
            unit="kB",
            bar=None,
            better="lower",
        ),
    ]


def _follow(
    lab: Lab, run_id: str, num_clients: int, *, seconds: int
) -> tuple[Cost, dict[str, Any]]:
    memory_before = lab.server.memory_info().rss
    program = [sys.executable, "-m", "benchmarks.sse_clients", lab.url, run_id, str(num_clients)]
    with subprocess.Popen(
        program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as clients:
        assert clients.stdin is not None  # noqa: S101
        assert clients.stdout is not None  # noqa: S101
        if clients.stdout.readline().strip() != "connected":
            raise MeasurementError("the clients could not connect")
        used_s, begun = _cpu_s(lab.server), time.perf_counter()
        time.sleep(seconds)
        share = (_cpu_s(lab.server) - used_s) / (time.perf_counter() - begun)
        memory = lab.server.memory_info().rss - memory_before
        clients.stdin.close()
        seen: dict[str, Any] = json.loads(clients.stdout.read())
    return Cost(share * 100, memory / 1000 / num_clients), seen


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
