"""Running moments and what is scaled by them, for the few numbers of one timestep.

As in `agents/normalising.py`; there, calling NumPy takes longer than its arithmetic. N rows, D columns.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false

import math
from typing import Any

from gymlab.runners.turbo.kernels.compiling import entry

Array = Any


@entry
def take_in(rows: Array, mean: Array, var: Array, count: float) -> float:
    """Add rows (N, D) to moments (D,), in place; return how many rows they stand for now."""
    num_rows, num_columns = rows.shape
    total = count + num_rows
    for column in range(num_columns):
        summed = 0.0
        for row in range(num_rows):
            summed += rows[row, column]
        own = summed / num_rows
        squares = 0.0
        for row in range(num_rows):
            distance = rows[row, column] - own
            squares += distance * distance
        delta = own - mean[column]
        between = delta * delta * count * num_rows / total
        mean[column] += delta * num_rows / total
        var[column] = (var[column] * count + squares + between) / total
    return total


@entry
def rescale(
    rows: Array, mean: Array, var: Array, epsilon: float, limit: float, found: Array
) -> None:
    """Write rows (N, D) in standard deviations from the mean, clipped."""
    for row in range(rows.shape[0]):
        for column in range(rows.shape[1]):
            value = (rows[row, column] - mean[column]) / math.sqrt(var[column] + epsilon)
            # Not `min` and `max`: what is no number has to stay none.
            found[row, column] = limit if value > limit else -limit if value < -limit else value  # noqa: FURB136 - see above
