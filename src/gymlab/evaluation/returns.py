"""What the returns of a few episodes say about a policy.

N = number of episodes, R = number of resamples.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Returns = NDArray[np.float64]
NUM_RESAMPLES = 10_000
"""R: the interval's ends then move by less than 2 % of its width from seed to seed."""
BOOTSTRAP_SEED = 0
"""The same returns always give the same interval."""
TRIMMED_SHARE = 0.25
"""Share that the interquartile mean leaves out at either end."""
CONFIDENCE = 0.95


def mean(returns: Returns) -> float:
    """Return the mean of (N,) returns, N >= 1."""
    return float(np.mean(returns))


def standard_deviation(returns: Returns) -> float | None:
    """Return the sample standard deviation of (N,) returns, with N - 1; None for N < 2."""
    return float(np.std(returns, ddof=1)) if len(returns) > 1 else None


def interquartile_mean(returns: Returns) -> float:
    """Return the mean of the middle half of (N,) returns, N >= 1.

    The floor of N / 4 lowest and as many highest returns are left out.

    Source: Agarwal et al. 2021, "Deep Reinforcement Learning at the Edge of the Statistical
    Precipice", section 4.3; as `scipy.stats.trim_mean(returns, 0.25)` in their library rliable.
    """
    num_cut = int(TRIMMED_SHARE * len(returns))
    return float(np.mean(np.sort(returns)[num_cut : len(returns) - num_cut]))


def bootstrap_interval_of_mean(returns: Returns) -> tuple[float, float] | None:
    """Return the 95 % percentile bootstrap interval of the mean of (N,) returns; None for N < 2.

    Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", section 13.3: R
    resamples of size N drawn with replacement, and the 2.5 and 97.5 percentiles of their means.
    """
    size = len(returns)
    if size < 2:
        return None
    generator = np.random.default_rng(BOOTSTRAP_SEED)
    picked = generator.integers(0, size, size=(NUM_RESAMPLES, size))
    means = returns[picked].mean(axis=1)
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(means, [tail, 100 - tail])
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
