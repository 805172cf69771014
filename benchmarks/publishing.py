"""Weights that two cores read and each writes a half of: stores past the caches against plain ones.

The weights of a network of 256 x 256, as after every gradient step of DQN and of SAC's actor.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import time
from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np

from benchmarks.figure import Figure, Plan, median_figure
from gymlab.runners.turbo.kernels.compiling import kernel
from gymlab.runners.turbo.kernels.dense import share_of
from gymlab.runners.turbo.kernels.publishing import publish
from gymlab.runners.turbo.kernels.team import Place, Team, meet

NUM_WEIGHTS = 67_000


@kernel
def _write_and_read(
    place: Place, weights: Any, new: Any, sums: Any, is_plain: Any, count: int
) -> None:
    first, last = share_of(weights.size, place.rank)
    for _ in range(count):
        if is_plain:
            weights[first:last] = new[first:last]
        else:
            publish(new[first:last], weights[first:last])
        meet(place)
        sums[place.rank] += weights.sum()
        meet(place)


def measure(plan: Plan) -> Sequence[Figure]:
    """Take both in turns; how far apart the two cores are is the machine's."""
    count = plan.size(2_000, 20)
    team = Team(is_alone=False)
    weights, new = np.zeros(NUM_WEIGHTS, np.float32), np.ones(NUM_WEIGHTS, np.float32)
    sums = np.zeros(2)

    def seconds(*, is_plain: bool) -> float:
        begun = time.perf_counter()
        team.run(count, _write_and_read, weights, new, sums, is_plain, count)
        return time.perf_counter() - begun

    pairs = [(seconds(is_plain=True), seconds(is_plain=False)) for _ in range(plan.repeats + 1)][1:]
    per_turn = [1e6 * median(pair[idx] for pair in pairs) / count for idx in (0, 1)]
    figure = median_figure(
        "weights written by halves and read by two cores, plain over past the caches",
        [plain / past for plain, past in pairs],
        unit="x",
        bar=None,
        better="higher",
        note=f"{per_turn[0]:.0f} and {per_turn[1]:.0f} us",
    )
    return [figure]
