"""Every death of a worker is seen and named at once."""

import asyncio
import signal
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from gymlab.protocol.shim import Assign, RunState
from tests.integration.shims import (
    ShimServer,
    assert_gapless,
    assignment,
    is_running,
    rows_of,
    send_signal,
)

AT_ONCE = 3
NAMED_WITHIN_S = 0.5


@dataclass(frozen=True)
class Manner:
    """A way to die and what it must be called."""

    code: str
    word: str
    number: signal.Signals | None = None
    crash_kind: str = "exception"


MANNERS = (
    Manner("killed", "SIGKILL", signal.SIGKILL),
    Manner("crashed", "SIGSEGV", signal.SIGSEGV),
    Manner("frozen", "SIGSTOP", signal.SIGSTOP),
    Manner("exited", "exit code 3", crash_kind="exit"),
    Manner("out_of_memory", "Memory", crash_kind="oom"),
)


@pytest.mark.parametrize(
    "num_deaths", [10, pytest.param(100, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])]
)
def test_deaths_are_named_within_half_a_second(tmp_path: Path, num_deaths: int) -> None:
    """Mixed deaths: the right name for each, and rows sent before it are kept."""
    manners = [MANNERS[number % len(MANNERS)] for number in range(num_deaths)]
    delays: list[float] = []

    async def scenario() -> None:
        async with ShimServer(tmp_path) as server:
            places = asyncio.Semaphore(AT_ONCE)

            async def die(manner: Manner) -> None:
                async with places:
                    delays.append(await _die(server, manner))

            await asyncio.gather(*(die(manner) for manner in manners))

    asyncio.run(scenario())
    ordered = sorted(delays)
    sys.stdout.write(
        f"named after {statistics.median(ordered):.3f} s, at most {ordered[-1]:.3f} s\n"
    )
    if num_deaths >= 100:  # the short form also runs beside other tests, which decide its speed
        assert ordered[int(len(ordered) * 0.99) - 1] <= NAMED_WITHIN_S


async def _die(server: ShimServer, manner: Manner) -> float:
    """Let one worker die; return the seconds until the server was told its name."""
    crash_at = None if manner.number is not None else 200
    assigned = assignment(
        server.home,
        total_timesteps=10_000_000,
        timesteps_per_second=500.0,
        crash_at=crash_at,
        crash_kind=manner.crash_kind,
    )
    server.launch(assigned)
    await server.until(lambda: server.is_at(assigned.run_id, "running"))
    running = server.state_of(assigned.run_id)
    assert running is not None
    assert running.worker is not None
    pid = running.worker.pid
    if manner.number is not None:
        await server.until(lambda: (server.state_of(assigned.run_id) or running).timestep > 100)
        send_signal(pid, manner.number)
        died_at = time.monotonic()
    else:
        await server.until(lambda: not is_running(pid))
        died_at = time.monotonic()
    await server.until(lambda: server.is_at(assigned.run_id, "failed"))
    delay = time.monotonic() - died_at
    _check(await server.finished(assigned, "failed"), assigned, manner, server.home)
    return delay


def _check(state: RunState, assigned: Assign, manner: Manner, home: Path) -> None:
    assert state.failure is not None
    assert state.failure["code"] == manner.code
    assert manner.word in state.failure["detail"]
    assert (state.status_reason or "").startswith(state.failure["detail"])
    rows = rows_of(home, assigned.run_id)
    assert rows
    assert_gapless(rows)
