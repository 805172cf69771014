"""From the episodes of an evaluation to its numbers."""

from collections import Counter
from collections.abc import Sequence

from gymlab.evaluation.aggregates import Scores, interquartile_mean, mean
from gymlab.evaluation.returns import interval_of_mean, standard_deviation
from gymlab.late import np
from gymlab.protocol.evaluation import EpisodeStatistics
from gymlab.protocol.parts import EpisodeOutcome


def statistics_of(episodes: Sequence[EpisodeOutcome]) -> EpisodeStatistics:
    """Return what the episodes say together.

    Returns that are not finite are counted and left out of every number about returns; lengths
    and the ways in which episodes ended are of all of them.
    """
    known = [item.episode_return for item in episodes if item.episode_return is not None]
    returns: Scores = np.asarray(known, dtype=np.float64)
    count = len(episodes)
    return EpisodeStatistics(
        return_mean=float(mean(returns)) if known else None,
        return_std=standard_deviation(returns),
        return_ci95=interval_of_mean(returns),
        return_iqm=float(interquartile_mean(returns)) if known else None,
        return_median=float(np.median(returns)) if known else None,
        return_min=min(known, default=None),
        return_max=max(known, default=None),
        nonfinite_returns=count - len(known),
        length_mean=sum(item.episode_length for item in episodes) / count if count else None,
        terminated_fraction=sum(item.terminated for item in episodes) / count if count else None,
        truncated_fraction=sum(item.truncated for item in episodes) / count if count else None,
        terminations=dict(Counter(item.reason for item in episodes).most_common()),
    )
