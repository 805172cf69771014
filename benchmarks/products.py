"""Products of the sizes that agents need: tiles of our own against the library of linear algebra.

One core, 256 x 256 weights; the shares of a minibatch that DQN (32 rows) and SAC (128) have.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import numpy as np

from benchmarks.figure import Figure, Plan, median_figure
from benchmarks.viewer import ROOT
from gymlab.runners.turbo.kernels.compiling import kernel
from gymlab.runners.turbo.kernels.products import Matrix, multiply

UNITS = 256
ROWS = (32, 128)


@kernel
def _by_library(weights: Any, rows: Any, found: Any, count: int) -> None:
    for _ in range(count):
        np.dot(rows, weights.T, found)


@kernel
def _by_tiles(weights: Any, turned: Any, found: Any, count: int) -> None:
    units, width = found.shape
    for _ in range(count):
        multiply(
            Matrix(weights, 0, units, 1), Matrix(turned, 0, width, 1),
            Matrix(found.reshape(-1), 0, width, 1), (units, width, units),
        )  # fmt: skip


def measure(plan: Plan) -> Sequence[Figure]:
    """Take both in turns, in a process whose library has one thread."""
    count = plan.size(1_000, 20)
    return [_figure(plan.repeats, rows, count) for rows in ROWS]


def _figure(repeats: int, num_rows: int, count: int) -> Figure:
    words = [sys.executable, "-m", __name__, *map(str, (repeats, num_rows, count))]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(words, check=True, capture_output=True, env=environment, cwd=ROOT)
    pairs: list[list[float]] = json.loads(done.stdout.splitlines()[-1])
    per_call = [1e6 * median(pair[idx] for pair in pairs) / count for idx in (0, 1)]
    return median_figure(
        f"product of {num_rows} rows and 256 x 256 weights, library over tiles",
        [pair[0] / pair[1] for pair in pairs],
        unit="x",
        bar=None,
        better="higher",
        note=f"{per_call[0]:.0f} and {per_call[1]:.0f} us on one core",
    )


def _pairs(repeats: int, num_rows: int, count: int) -> list[tuple[float, float]]:
    """Return seconds for so many products: of the library, of tiles."""
    numbers = np.random.default_rng(num_rows)
    weights = numbers.normal(size=(UNITS, UNITS)).astype(np.float32)
    rows = numbers.normal(size=(num_rows, UNITS)).astype(np.float32)
    library, tiles = (
        np.empty((num_rows, UNITS), np.float32),
        np.empty((UNITS, num_rows), np.float32),
    )
    flat, turned = weights.ravel(), rows.T.ravel()
    found = [
        (
            _seconds(_by_library, weights, rows, library, count),
            _seconds(_by_tiles, flat, turned, tiles, count),
        )
        for _ in range(repeats + 1)
    ]
    np.testing.assert_allclose(tiles.T, library, atol=1e-3)
    return found[1:]  # the first compiled


def _seconds(function: Callable[..., None], *arguments: Any) -> float:
    begun = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_pairs(*map(int, sys.argv[1:]))))
