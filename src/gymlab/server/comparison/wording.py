"""A verdict as a sentence."""

from gymlab.evaluation.aggregates import Interval
from gymlab.evaluation.verdicts import MAX_USEFUL_SEEDS, Comparison, Outcome, Verdict


def sentence(first: str, second: str, pair: Comparison, verdict: Verdict) -> str:
    """Return what was found, with the numbers behind it.

    Args:
        first: Label of the first group.
        second: Label of the second one.
        pair: What was measured.
        verdict: What follows.
    """
    if verdict.outcome is Outcome.BETTER:
        return _better(first, second, pair, verdict)
    difference = f"{number(abs(pair.difference.value))}{_range(verdict.interval)}"
    if verdict.outcome is Outcome.NO_DIFFERENCE:
        return (
            f"No difference was found between {first} and {second}: their mean returns differ by "
            f"{difference}; showing so small a difference would take over {MAX_USEFUL_SEEDS} seeds "
            "a side."
        )
    ahead, behind = (first, second) if verdict.is_first_better else (second, first)
    more = verdict.more_seeds or 1
    seeds = "seed" if more == 1 else "seeds"
    counts = f"{pair.num_first} and {pair.num_second}"
    return (
        f"Not enough seeds yet: about {more} more {seeds} a side. With {counts} seeds, the lead of "
        f"{ahead} over {behind} by {difference} may be chance."
    )


def number(value: float) -> str:
    """Return a number with about four significant digits."""
    if value != 0 and (abs(value) >= 1e6 or abs(value) < 1e-3):
        return f"{value:.3g}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def _better(first: str, second: str, pair: Comparison, verdict: Verdict) -> str:
    winner, loser = (first, second) if verdict.is_first_better else (second, first)
    interval, chance = verdict.interval, verdict.improvement_interval
    probability = pair.improvement
    if not verdict.is_first_better:
        interval = Interval(-interval.high, -interval.low, interval.level) if interval else None
        probability = 1 - probability
        chance = Interval(1 - chance.high, 1 - chance.low, chance.level) if chance else None
    return (
        f"{winner} is better than {loser}: its mean return is "
        f"{number(abs(pair.difference.value))} higher{_range(interval)}, and one of its runs beats "
        f"one of the other's with probability {probability:.2f}{_range(chance)}."
    )


def _range(interval: Interval | None) -> str:
    if interval is None:
        return ""
    level = f"{100 * interval.level:.3g} % interval"
    return f" ({level} {number(interval.low)} to {number(interval.high)})"
