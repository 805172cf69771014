"""Whether a series rises or falls, by ranks: one wild value decides nothing.

Sources: Mann (1945), Kendall (1975): the sum of the signs of all pairs, against its spread in a
series without a trend. The spread is widened for values that depend on the ones before them, as
those of a learning curve do: Bayley and Hammersley (1946), for a first-order dependence.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

MAX_DEPENDENCE = 0.95


def trend(values: Sequence[float]) -> float:
    """Return Mann and Kendall's z: above 0 for a rise, below for a fall, 0 for neither.

    Equal values count as no evidence.
    """
    count = len(values)
    if count < 3:
        return 0.0
    signs = sum(
        (later > earlier) - (later < earlier)
        for place, earlier in enumerate(values)
        for later in values[place + 1 :]
    )
    if signs == 0:
        return 0.0
    dependence = min(max(_dependence(values), 0.0), MAX_DEPENDENCE)
    spread = math.sqrt(
        count * (count - 1) * (2 * count + 5) / 18 * (1 + dependence) / (1 - dependence)
    )
    return (signs - math.copysign(1, signs)) / spread


def _dependence(values: Sequence[float]) -> float:
    """Return the correlation of neighbours around the line that fits best."""
    count = len(values)
    middle, mean = (count - 1) / 2, sum(values) / count
    rise = sum((place - middle) * (value - mean) for place, value in enumerate(values))
    slope = rise / (count * (count * count - 1) / 12)
    rest = [value - mean - slope * (place - middle) for place, value in enumerate(values)]
    total = sum(value * value for value in rest)
    together = sum(one * other for one, other in pairwise(rest))
    return together / total if 0 < total < math.inf else 0.0
