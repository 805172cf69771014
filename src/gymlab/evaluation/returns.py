"""What the returns of a few episodes say about a policy.

N = number of episodes, R = number of resamples.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist

from gymlab.evaluation.aggregates import LEVEL, Scores, mean, resample
from gymlab.evaluation.distributions import t_quantile
from gymlab.late import np

NUM_RESAMPLES = 10_000
"""R: the ends of the interval lie far out in the tails when there are few episodes."""
_NORMAL = NormalDist()


def standard_deviation(returns: Scores) -> float | None:
    """Return the sample standard deviation of (N,) returns, with N - 1; None for N < 2."""
    return float(np.std(returns, ddof=1)) if len(returns) > 1 else None


def interval_of_mean(returns: Scores) -> tuple[float, float] | None:
    """Return a 95 % bootstrap interval of the mean of (N,) returns; None for N < 2.

    R resamples of size N are drawn with replacement by a generator of fixed seed. A plain
    percentile interval of their means is too narrow for few episodes: it ignores what Student's
    t and the N - 1 of the variance are for. So the percentiles lie further out, at
    Phi(-t sqrt(N / (N - 1))) and its mirror image, with the 97.5 % quantile t of N - 1 degrees of
    freedom. The interval never leaves the range of the returns.

    Source: the expanded percentile interval of Hesterberg (2015), "What Teachers Should Know
    About the Bootstrap: Resampling in the Undergraduate Statistics Curriculum".
    """
    size = len(returns)
    if size < 2:
        return None
    means = mean(resample([returns], NUM_RESAMPLES))
    tail = _NORMAL.cdf(-t_quantile((1 + LEVEL) / 2, size - 1) * math.sqrt(size / (size - 1)))
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


def chosen_episodes(returns: Sequence[float | None]) -> dict[str, int]:
    """Return which episodes are worth a film: first, best, worst and median, as indices.

    Of equal returns the earlier episode counts. The median of an even number of episodes is the
    lower of the two middle ones, so that it is an episode that happened. Episodes whose return
    is no finite number can only be the first.

    Args:
        returns: Return of each episode, in order; None where it is not finite.
    """
    if not returns:
        return {}
    chosen = {"first": 0}
    known = sorted((value, index) for index, value in enumerate(returns) if value is not None)
    if known:
        highest = known[-1][0]
        chosen["best"] = next(index for value, index in known if value == highest)
        chosen["worst"] = known[0][1]
        chosen["median"] = known[(len(known) - 1) // 2][1]
    return chosen
