"""How likely a run of one configuration scores higher than a run of another.

Sources:
    P(X > Y) + P(X = Y) / 2: Mann and Whitney (1947); as a comparison of learning algorithms
    Agarwal et al. (2021), section 4.3, where tasks count equally.
    Interval: Newcombe (2006), "Confidence intervals for an effect size measure based on the
    Mann-Whitney statistic", part 2, method 5. Unlike resampling it stays honest where all runs
    of one side win: five wins of five prove no certainty.
"""

import math
from collections.abc import Callable

from gymlab.evaluation.aggregates import LEVEL, Interval, Scores, Strata
from gymlab.evaluation.distributions import normal_quantile
from gymlab.late import np

_BISECTIONS = 100


def probability_of_improvement(better: Strata, worse: Strata) -> float:
    """Return the probability that a run of `better` beats one of `worse`; ties count half.

    Args:
        better: One (n_k,) array for each task.
        worse: One (m_k,) array for each task, in the same order.
    """
    shares = [_of_task(x, y) for x, y in zip(better, worse, strict=True)]
    return sum(shares) / len(shares)


def improvement_interval(
    probability: float, num_better: int, num_worse: int, level: float = LEVEL
) -> Interval | None:
    """Return the interval of a probability of improvement in one task.

    Args:
        probability: As `probability_of_improvement` gives it.
        num_better: Runs of one side.
        num_worse: Runs of the other side.
        level: Confidence.

    Returns:
        None with a single run on a side.
    """
    if min(num_better, num_worse) < 2:
        return None
    z = normal_quantile((1 + level) / 2)

    def is_compatible(theta: float) -> bool:
        error = math.sqrt(_variance(theta, num_better, num_worse))
        return abs(probability - theta) <= z * error

    return Interval(
        _edge(probability, 0.0, is_compatible), _edge(probability, 1.0, is_compatible), level
    )


def _of_task(x: Scores, y: Scores) -> float:
    difference: Scores = x[:, None] - y[None, :]
    return float(np.mean((np.sign(difference) + 1) / 2))


def _variance(theta: float, m: int, n: int) -> float:
    middle = (m + n) / 2 - 1
    spread = 1 + middle * (1 - theta) / (2 - theta) + middle * theta / (1 + theta)
    return theta * (1 - theta) * spread / (m * n)


def _edge(inside: float, outside: float, is_compatible: Callable[[float], bool]) -> float:
    """Return where values on the way from `inside` to `outside` stop to fit."""
    for _ in range(_BISECTIONS):
        middle = (inside + outside) / 2
        if is_compatible(middle):
            inside = middle
        else:
            outside = middle
    return inside
