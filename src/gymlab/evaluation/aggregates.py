"""Summaries of the scores of independent runs, with bootstrap intervals.

Scores come in strata: one array for each task (environment), one score for each run (seed).

Sources:
    IQM, stratified bootstrap: Agarwal et al. (2021), "Deep Reinforcement Learning at the Edge of
    the Statistical Precipice", sections 4.1 and 4.3; the library `rliable`.
    Interval from a bootstrap standard error and Student's t: Efron and Tibshirani (1993), "An
    Introduction to the Bootstrap", section 12.4; the factor sqrt(n / (n - 1)) for the narrowness
    of resamples: Hesterberg (2015), "What Teachers Should Know About the Bootstrap", section 4.1.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gymlab.evaluation.distributions import t_quantile
from gymlab.late import Floats, Integers, np

NUM_RESAMPLES = 2000
LEVEL = 0.95
SEED = 20210830
"""Of every resampling, so that the same scores always give the same interval."""
TRIMMED_SHARE = 0.25

Scores = Floats
Strata = Sequence[Scores]
Statistic = Callable[[Scores], Scores]
"""(..., n) scores -> (...) summaries."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A range that contains the true value with a stated confidence."""

    low: float
    high: float
    level: float = LEVEL


@dataclass(frozen=True, slots=True)
class Estimate:
    """A summary of scores and how sure it is."""

    value: float
    standard_error: float | None
    """None with a single run in a stratum: nothing tells how much runs differ."""
    degrees: float
    """Degrees of freedom behind the standard error."""
    percentile: Interval | None
    """Percentile bootstrap as `rliable` prints it; too narrow for few runs."""

    def interval(self, level: float = LEVEL) -> Interval | None:
        """Return value +- t * standard error; None where no error is known."""
        if self.standard_error is None:
            return None
        margin = t_quantile((1 + level) / 2, self.degrees) * self.standard_error
        return Interval(self.value - margin, self.value + margin, level)


def mean(scores: Scores) -> Scores:
    """Return the mean over the last axis.

    Args:
        scores: (..., n).
    """
    return scores.mean(axis=-1)


def interquartile_mean(scores: Scores) -> Scores:
    """Return the mean of the middle half over the last axis: a 25 % trimmed mean.

    Of each end floor(n / 4) scores are left out, as `scipy.stats.trim_mean(scores, 0.25)` does
    in `rliable`; fewer than four scores lose none.

    Args:
        scores: (..., n).
    """
    count = scores.shape[-1]
    cut = int(TRIMMED_SHARE * count)
    return np.sort(scores, axis=-1)[..., cut : count - cut].mean(axis=-1)


def resample(strata: Strata, num_resamples: int = NUM_RESAMPLES) -> Scores:
    """Draw runs with replacement inside every stratum.

    Args:
        strata: One (n_k,) array for each task.
        num_resamples: How often.

    Returns:
        (num_resamples, n_1 + ... + n_K) scores of each resample.
    """
    drawn = _drawn(tuple(len(scores) for scores in strata), num_resamples)
    return np.concatenate(
        [scores[chosen] for scores, chosen in zip(strata, drawn, strict=True)], axis=1
    )


@lru_cache(maxsize=8)
def _drawn(sizes: tuple[int, ...], num_resamples: int) -> tuple[Integers, ...]:
    """Return which runs are drawn; groups of the same sizes are resampled alike."""
    rng = np.random.default_rng(SEED)
    return tuple(rng.integers(0, size, (num_resamples, size)) for size in sizes)


def estimate(strata: Strata, statistic: Statistic) -> Estimate:
    """Summarise all scores of a configuration.

    With several tasks the scores are pooled, which presupposes scores of one scale.

    Args:
        strata: One (n_k,) array for each task, none empty.
        statistic: `mean` or `interquartile_mean`.
    """
    value = float(statistic(np.concatenate(list(strata))))
    sizes = [len(scores) for scores in strata]
    degrees = float(sum(sizes) - len(sizes))
    if min(sizes) < 2:
        return Estimate(value, None, max(degrees, 0.0), None)
    drawn = statistic(resample(strata))
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    widening = math.sqrt(sum(sizes) / degrees)
    return Estimate(
        value=value,
        standard_error=float(drawn.std(ddof=1)) * widening,
        degrees=degrees,
        percentile=Interval(float(low), float(high)),
    )
