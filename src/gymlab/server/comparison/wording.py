"""A verdict as a sentence."""

from gymlab.evaluation.aggregates import Interval
from gymlab.evaluation.verdicts import (
    MAX_USEFUL_SEEDS,
    MIN_SEEDS,
    Comparison,
    Outcome,
    Verdict,
)

RETURN = "mean return"


def sentence(
    first: str, second: str, pair: Comparison, verdict: Verdict, measure: str = RETURN
) -> str:
    """Return what was found, with the numbers behind it.

    Args:
        first: Label of the first group.
        second: Label of the second one.
        pair: What was measured.
        verdict: What follows.
        measure: What was measured is called; of anything but returns only which is higher is
            said, not which is better.
    """
    if verdict.outcome is Outcome.BETTER:
        return _better(first, second, pair, verdict, measure)
    interval = _of_leader(verdict.interval, verdict)
    difference = f"{number(abs(pair.difference.value))}{_range(interval)}"
    if verdict.outcome is Outcome.NO_DIFFERENCE:
        return (
            f"No difference was found between {first} and {second}: {_their_means(measure)} differ "
            f"by {difference}; showing so small a difference would take over {MAX_USEFUL_SEEDS} seeds "
            "a side."
        )
    ahead, behind = (first, second) if verdict.is_first_better else (second, first)
    about = "at least" if verdict.is_at_least else "about"
    seeds = "seed" if verdict.more_seeds == 1 else "seeds"
    lead = f"With {pair.num_first} and {pair.num_second}, {ahead} leads {behind} by {difference}"
    is_few = min(pair.num_first, pair.num_second) < MIN_SEEDS
    doubt = f"; fewer than {MIN_SEEDS} prove nothing" if is_few else ", which may be chance"
    return f"Not enough seeds yet: {about} {verdict.more_seeds} more {seeds} a side. {lead}{doubt}."


def number(value: float) -> str:
    """Return a number with about four significant digits."""
    if value != 0 and (abs(value) >= 1e6 or abs(value) < 1e-3):
        return f"{value:.3g}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def _their_means(measure: str) -> str:
    return "their mean returns" if measure == RETURN else f"their means of {measure}"


def _better(first: str, second: str, pair: Comparison, verdict: Verdict, measure: str) -> str:
    winner, loser = (first, second) if verdict.is_first_better else (second, first)
    probability, chance = pair.improvement, verdict.improvement_interval
    if not verdict.is_first_better:
        probability = 1 - probability
        chance = Interval(1 - chance.high, 1 - chance.low, chance.level) if chance else None
    likely = f"{probability:.2f}"
    if chance is not None:
        likely += f" ({_level(chance)} {chance.low:.2f} to {chance.high:.2f})"
    interval = _of_leader(verdict.interval, verdict)
    is_return = measure == RETURN
    claim = "is better than" if is_return else f"has a higher {measure} than"
    mean, beats = (RETURN, "beats") if is_return else ("mean", "is above")
    return (
        f"{winner} {claim} {loser}: its {mean} is "
        f"{number(abs(pair.difference.value))} higher{_range(interval)}, and one of its runs {beats} "
        f"one of the other's with probability {likely}."
    )


def _of_leader(interval: Interval | None, verdict: Verdict) -> Interval | None:
    """Return the interval of the lead: a lead is positive, whoever has it."""
    if interval is None or verdict.is_first_better:
        return interval
    return Interval(-interval.high, -interval.low, interval.level)


def _range(interval: Interval | None) -> str:
    if interval is None:
        return ""
    return f" ({_level(interval)} {number(interval.low)} to {number(interval.high)})"


def _level(interval: Interval) -> str:
    return f"{100 * interval.level:.3g} % interval"
