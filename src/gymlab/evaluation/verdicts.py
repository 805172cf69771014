"""Whether one configuration is better than another, or how many more runs it would take to say.

Sources:
    Interval and test of a difference of means: Welch (1947); found the most reliable for few runs
    of learning algorithms by Colas, Sigaud and Oudeyer (2019), "A Hitchhiker's Guide to Statistical
    Comparisons of Reinforcement Learning Algorithms". Standard errors come from the bootstrap of
    `aggregates`, degrees of freedom from Welch and Satterthwaite.
    Several pairs: Holm (1979).
    Runs needed: the two-sample formula n = (t + t')^2 (s_x^2 + s_y^2) / difference^2, for example
    Cohen (1988), chapter 2; for the probability of improvement Noether (1987), equation for the
    Wilcoxon test.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gymlab.evaluation.aggregates import (
    LEVEL,
    Estimate,
    Interval,
    Scores,
    Statistic,
    estimate,
    interquartile_mean,
    mean,
)
from gymlab.evaluation.distributions import normal_quantile, t_quantile, t_tail
from gymlab.evaluation.improvement import improvement_interval, probability_of_improvement
from gymlab.late import np

MIN_SEEDS = 5
"""Runs a side below which no configuration is called better: fewer cover too badly."""
MAX_USEFUL_SEEDS = 50
"""Runs a side beyond which a difference is too small to be worth finding."""
POWER = 0.8
"""Chance that the number of runs named would show a difference as large as the one seen."""


class Outcome(StrEnum):
    """What can be said of a pair."""

    BETTER = "better"
    NO_DIFFERENCE = "no_difference"
    NOT_ENOUGH_SEEDS = "not_enough_seeds"


@dataclass(frozen=True, slots=True)
class Difference:
    """A summary of one side minus that of the other."""

    value: float
    standard_error: float | None
    degrees: float

    def interval(self, level: float = LEVEL) -> Interval | None:
        """Return value +- t * standard error; None where no error is known."""
        if self.standard_error is None:
            return None
        if self.standard_error == 0:
            return Interval(self.value, self.value, level)
        margin = t_quantile((1 + level) / 2, self.degrees) * self.standard_error
        return Interval(self.value - margin, self.value + margin, level)

    @property
    def p_value(self) -> float:
        """How often so large a difference would be seen if there were none."""
        if self.standard_error is None or self.value == 0:
            return 1.0
        if self.standard_error == 0:
            return 0.0
        return t_tail(abs(self.value) / self.standard_error, self.degrees)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found out about two configurations."""

    difference: Difference
    """Of the means: what decides."""
    iqm_difference: Difference
    """Of the interquartile means."""
    improvement: float
    """Probability that a run of the first one beats a run of the second."""
    num_first: int
    num_second: int
    seeds_needed: float
    """Runs a side that would probably show the difference seen; infinite where there is none."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said of two configurations."""

    outcome: Outcome
    is_first_better: bool
    """Which side is ahead, whether or not that means anything."""
    interval: Interval | None
    """Of the difference of means, at the level that the number of pairs asks for."""
    iqm_interval: Interval | None
    improvement_interval: Interval | None
    more_seeds: int | None
    """About how many more runs a side are needed; None where more would not help."""
    is_at_least: bool
    """Whether that number only makes a judgement possible: so far hardly anything differs."""
    p_value: float
    """Of the difference, corrected for the number of pairs."""


def compare(first: Scores, second: Scores) -> Comparison:
    """Compare two configurations in one task.

    Args:
        first: (n,) score of each independent run of one configuration.
        second: (m,) of the other.
    """
    means = _difference(first, second, mean)
    probability = probability_of_improvement([first], [second])
    return Comparison(
        difference=means,
        iqm_difference=_difference(first, second, interquartile_mean),
        improvement=probability,
        num_first=len(first),
        num_second=len(second),
        seeds_needed=_seeds_needed(first, second, means.value, probability),
    )


def judge(comparisons: Sequence[Comparison]) -> list[Verdict]:
    """Say what follows from all pairs that were compared at once.

    Holm's procedure: the pair with the least p-value is tested at the level for all pairs, the
    next one at the level for the remaining ones, until one does not pass.

    Args:
        comparisons: Every pair; leaving some out would make the correction too weak.
    """
    order = sorted(range(len(comparisons)), key=lambda idx: comparisons[idx].difference.p_value)
    verdicts: dict[int, Verdict] = {}
    can_pass, adjusted = True, 0.0
    for rank, idx in enumerate(order):
        remaining = len(order) - rank
        pair = comparisons[idx]
        adjusted = max(adjusted, min(1.0, pair.difference.p_value * remaining))
        level = 1 - (1 - LEVEL) / remaining
        can_pass = can_pass and adjusted <= 1 - LEVEL
        verdicts[idx] = _verdict(pair, level, adjusted, can_pass=can_pass)
    return [verdicts[idx] for idx in range(len(comparisons))]


def seeds_for_difference(difference: float, first_std: float, second_std: float) -> float:
    """Return the runs a side with which a difference of means would probably show.

    The least n with |difference| >= (t_{0.975} + t_{POWER}) * sqrt((s_x^2 + s_y^2) / n), both
    quantiles with Welch's degrees of freedom for n runs a side.

    Returns:
        Infinity where it would take more than `MAX_USEFUL_SEEDS`.
    """
    variances = (first_std**2, second_std**2)
    total = sum(variances)
    if total == 0:
        return 2.0 if difference else math.inf

    def is_enough(count: int) -> bool:
        degrees = (count - 1) * total**2 / sum(variance**2 for variance in variances)
        quantiles = t_quantile((1 + LEVEL) / 2, degrees) + t_quantile(POWER, degrees)
        return abs(difference) >= quantiles * math.sqrt(total / count)

    counts = range(2, MAX_USEFUL_SEEDS + 1)
    place = bisect_left(counts, True, key=is_enough)  # noqa: FBT003 - what is looked for
    return float(counts[place]) if place < len(counts) else math.inf


def seeds_for_improvement(probability: float) -> float:
    """Return the runs a side with which a probability of improvement would probably show.

    n = (z_{0.975} + z_{POWER})^2 / (6 (probability - 1/2)^2).
    """
    distance = abs(probability - 0.5)
    if distance == 0:
        return math.inf
    quantiles = normal_quantile((1 + LEVEL) / 2) + normal_quantile(POWER)
    return math.ceil(quantiles**2 / (6 * distance**2))


def _difference(first: Scores, second: Scores, statistic: Statistic) -> Difference:
    x, y = estimate([first], statistic), estimate([second], statistic)
    if x.standard_error is None or y.standard_error is None:
        return Difference(x.value - y.value, None, 0.0)
    error = math.hypot(x.standard_error, y.standard_error)
    return Difference(x.value - y.value, error, _welch_degrees(x, y))


def _welch_degrees(x: Estimate, y: Estimate) -> float:
    parts = [(one.standard_error or 0.0, one.degrees) for one in (x, y)]
    scale = max(error for error, _ in parts)
    if scale == 0:
        return sum(degrees for _, degrees in parts)
    squares = [((error / scale) ** 2, degrees) for error, degrees in parts]
    return sum(square for square, _ in squares) ** 2 / sum(
        square**2 / degrees for square, degrees in squares
    )


def _seeds_needed(first: Scores, second: Scores, difference: float, probability: float) -> float:
    if min(len(first), len(second)) < 2:
        return float(MIN_SEEDS)
    stds = float(np.std(first, ddof=1)), float(np.std(second, ddof=1))
    return max(seeds_for_difference(difference, *stds), seeds_for_improvement(probability))


def _verdict(pair: Comparison, level: float, adjusted: float, *, can_pass: bool) -> Verdict:
    count = min(pair.num_first, pair.num_second)
    improvement = improvement_interval(pair.improvement, pair.num_first, pair.num_second, level)
    is_first_better = pair.difference.value > 0
    agrees = improvement is not None and (
        improvement.low > 0.5 if is_first_better else improvement.high < 0.5
    )
    is_known = can_pass and agrees
    is_reachable = pair.seeds_needed <= MAX_USEFUL_SEEDS
    needed = max(MIN_SEEDS, round(pair.seeds_needed)) if is_reachable else MIN_SEEDS
    if count >= MIN_SEEDS and is_known:
        outcome, more = Outcome.BETTER, None
    elif count < MIN_SEEDS or is_reachable:
        outcome, more = Outcome.NOT_ENOUGH_SEEDS, max(1, needed - count)
    else:
        outcome, more = Outcome.NO_DIFFERENCE, None
    return Verdict(
        outcome=outcome,
        is_first_better=is_first_better,
        interval=pair.difference.interval(level),
        iqm_interval=pair.iqm_difference.interval(level),
        improvement_interval=improvement,
        more_seeds=more,
        is_at_least=more is not None and needed == MIN_SEEDS,
        p_value=adjusted,
    )
