"""Performance profiles: which share of runs scores more than tau.

Sources:
    Run-score distribution: Agarwal et al. (2021), section 4.2, equation 4.
    Pointwise interval of the share: Wilson (1927), as recommended for few observations by Brown,
    Cai and DasGupta (2001). Resampling would claim certainty where all runs lie on one side.
"""

from dataclasses import dataclass

from gymlab.evaluation.aggregates import LEVEL, Scores, Strata
from gymlab.evaluation.distributions import normal_quantile
from gymlab.late import np

NUM_THRESHOLDS = 101


@dataclass(frozen=True, slots=True)
class Profile:
    """Shares of runs above thresholds, with pointwise intervals; all (T,)."""

    share: Scores
    low: Scores
    high: Scores


def thresholds(scores: Scores, count: int = NUM_THRESHOLDS) -> Scores:
    """Return evenly spaced thresholds from below the least to the greatest score."""
    low, high = float(scores.min()), float(scores.max())
    margin = (high - low) * 0.05 or max(abs(high) * 0.05, 1.0)
    return np.linspace(low - margin, high + margin, count)


def performance_profile(strata: Strata, taus: Scores) -> Profile:
    """Return for each tau the share of runs that score more, tasks counting equally.

    Args:
        strata: One (n_k,) array for each task.
        taus: (T,) thresholds.
    """
    shares = [(scores[:, None] > taus[None, :]).mean(axis=0) for scores in strata]
    share = np.mean(shares, axis=0)
    count = sum(len(scores) for scores in strata)
    low, high = wilson(share, count)
    return Profile(share, low, high)


def wilson(share: Scores, count: int, level: float = LEVEL) -> tuple[Scores, Scores]:
    """Return the ends of the score interval of a share of `count` observations."""
    z = normal_quantile((1 + level) / 2)
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = (
        z / (1 + z * z / count) * np.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    )
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)
