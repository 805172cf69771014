"""What the sandbox costs, and how far bombs get in it."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.confined import Confined, Ended
from benchmarks.figure import Figure, Plan, median_figure
from benchmarks.lab import MeasurementError
from gymlab.supervisor.log_pump import LogFile
from gymlab.supervisor.sandbox.mechanism import Mechanism, best_mechanism
from gymlab.supervisor.sandbox.tiers import Tier

SPEED_BAR, START_BAR_MS, OVERSHOOT_BAR_MB, DISK_BAR_MB, NEIGHBOUR_BAR = 0.97, 60.0, 64.0, 10.0, 0.90
MEMORY_LIMIT_BYTES = 512 * 1024**2
ROOM_BYTES = 8 * 1024**3
"""Memory of trainings, which are not what is measured with a limit."""
BY_HAND = Path(__file__).with_name("by_hand.py")
PLAIN = Mechanism(Tier.NONE)
BOMBS = {
    "private memory": "held = []\nwhile True: held.append(bytearray(b'x') * (16 << 20))",
    "pages behind torch": "import mmap\nheld = []\n"
    "while True:\n    m = mmap.mmap(-1, 16 << 20, flags=mmap.MAP_PRIVATE)\n    m.write(b'x' * (16 << 20))\n    held.append(m)",
    "temporary files": "n = 0\nwhile True:\n    open(f'f{n}', 'wb').write(b'x' * (4 << 20)); n += 1",
}
FLOOD = """
import os
left = {size}
chunk = b'x' * 65536
while left > 0:
    left -= os.write(1, chunk)
"""
NUISANCE = """
import os, threading
def forks():
    while True:
        try: os.fork()
        except OSError: pass
def files():
    while True:
        try:
            with open('f', 'wb') as file: file.write(b'x' * (32 << 20))
        except OSError: pass
threading.Thread(target=forks, daemon=True).start()
files()
"""


def measure(plan: Plan) -> Sequence[Figure]:
    """Compare inside with outside, then set off the bombs."""
    mechanism = best_mechanism()
    if mechanism.tier is not Tier.ISOLATED:
        raise MeasurementError(
            f"the sandbox of this machine is {mechanism.tier}: {mechanism.problem}"
        )
    return [
        _speed(mechanism, plan),
        _start(mechanism, plan),
        *(_overshoot(mechanism, name, text) for name, text in BOMBS.items()),
        _disk(mechanism, plan),
        _neighbour(mechanism, plan),
    ]


def _speed(mechanism: Mechanism, plan: Plan) -> Figure:
    timesteps = plan.size(100_000, 4_000)
    ratios: list[float] = []
    for number in range(plan.repeats):
        order = (mechanism, PLAIN) if number % 2 else (PLAIN, mechanism)
        speeds = {one.tier: _train(one, timesteps, number) for one in order}
        ratios.append(speeds[mechanism.tier] / speeds[Tier.NONE])
    return median_figure(
        "training speed in the sandbox / outside, PPO CartPole-v1",
        ratios,
        unit="",
        bar=SPEED_BAR,
        better="higher",
        note=f"{plan.repeats} rounds in turns, the same script",
    )


def _train(mechanism: Mechanism, timesteps: int, seed: int) -> float:
    ended = Confined(_training(timesteps, seed), mechanism, memory_limit_bytes=ROOM_BYTES).wait()
    return _speed_of(ended)


def _training(timesteps: int, seed: int) -> str:
    words = ["by_hand", "ppo-cartpole", "--timesteps", str(timesteps), "--seed", str(seed)]
    return f"import sys\nsys.argv = {words!r}\n{BY_HAND.read_text(encoding='utf-8')}"


def _speed_of(ended: Ended) -> float:
    try:
        result = json.loads(ended.said.splitlines()[-1])
    except (ValueError, IndexError) as error:
        raise MeasurementError(f"a training ended with {ended.said[-500:]!r}") from error
    return result["timesteps"] / result["learn_s"]


def _start(mechanism: Mechanism, plan: Plan) -> Figure:
    more: list[float] = []
    for _ in range(max(plan.repeats, 3)):
        walls = [
            Confined("pass", one, memory_limit_bytes=ROOM_BYTES).wait().wall_s
            for one in (mechanism, PLAIN)
        ]
        more.append((walls[0] - walls[1]) * 1000)
    return median_figure(
        "start of a worker in the sandbox, more than outside",
        more,
        unit="ms",
        bar=START_BAR_MS,
        better="lower",
        note="an interpreter that does nothing, in turns",
    )


def _overshoot(mechanism: Mechanism, name: str, text: str) -> Figure:
    ended = Confined(text, mechanism, memory_limit_bytes=MEMORY_LIMIT_BYTES).wait()
    over = max(0, ended.most_held_bytes - MEMORY_LIMIT_BYTES) / 1024**2
    return Figure(
        what=f"memory past a limit of 512 MB, bomb of {name}",
        measured=over,
        unit="MB",
        bar=OVERSHOOT_BAR_MB,
        better="lower",
        note=f"at most {ended.most_held_bytes / 1024**2:.0f} MB held, ended after {ended.wall_s:.1f} s",
    )


def _disk(mechanism: Mechanism, plan: Plan) -> Figure:
    size = plan.size(10 * 1024**3, 64 * 1024**2)
    with tempfile.TemporaryDirectory() as folder:
        log = LogFile(Path(folder))
        text = FLOOD.replace("{size}", str(size))
        Confined(text, mechanism, memory_limit_bytes=ROOM_BYTES, on_output=log.write).wait()
        log.close()
        left = sum(path.stat().st_size for path in Path(folder).iterdir())
    return Figure(
        what="disk left by 10 GB of output",
        measured=left / 1024**2,
        unit="MB",
        bar=DISK_BAR_MB,
        better="lower",
        note=f"{size / 1024**3:.2f} GB printed, as fast as it was read",
    )


def _neighbour(mechanism: Mechanism, plan: Plan) -> Figure:
    timesteps = plan.size(60_000, 4_000)
    ratios: list[float] = []
    for number in range(plan.repeats):
        alone = _train(mechanism, timesteps, number)
        nuisance = Confined(NUISANCE, mechanism, memory_limit_bytes=MEMORY_LIMIT_BYTES)
        beside = _train(mechanism, timesteps, number)
        nuisance.kill()
        nuisance.wait()
        ratios.append(beside / alone)
    return median_figure(
        "training speed beside bombs of another user / alone",
        ratios,
        unit="",
        bar=NEIGHBOUR_BAR,
        better="higher",
        note="another sandbox forks and fills its file system for ever; needs two cores",
    )
