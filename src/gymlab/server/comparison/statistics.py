"""Summaries of groups and verdicts on pairs of them."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from gymlab.evaluation.aggregates import (
    NUM_RESAMPLES,
    Estimate,
    Interval,
    Scores,
    Statistic,
    estimate,
    interquartile_mean,
    mean,
)
from gymlab.evaluation.profiles import performance_profile, thresholds
from gymlab.evaluation.verdicts import (
    MIN_SEEDS,
    Comparison,
    Difference,
    Outcome,
    Verdict,
    compare,
    judge,
)
from gymlab.late import np
from gymlab.server.comparison.curves import plain
from gymlab.server.comparison.grouping import Group
from gymlab.server.comparison.schemas import (
    Bounds,
    Estimated,
    EstimatedDifference,
    GroupBand,
    GroupStatistics,
    PairVerdict,
    Statistics,
)
from gymlab.server.comparison.scores import Measure, Score
from gymlab.server.comparison.wording import sentence

MAX_JUDGED_GROUPS = 12
"""More make so many pairs that none would pass the correction."""


def statistics_of(
    groups: Sequence[Group], scores: Mapping[str, Score], measure: Measure
) -> Statistics:
    """Return how every group did and what may be said of each pair."""
    counted = {group.id: _counted(group, scores) for group in groups}
    every = [values for values in counted.values() if len(values)]
    verdicts = _verdicts(groups, scores, counted, measure)
    num_judged = sum(verdict.outcome != "withheld" for verdict in verdicts)
    taus = thresholds(np.concatenate(every)) if every else np.empty(0)
    return Statistics(
        basis=measure.basis,
        measure=measure.name,
        basis_text=measure.text,
        groups=[_group(group.id, counted[group.id], taus) for group in groups],
        thresholds=[round(tau, 6) for tau in taus.tolist()],
        verdicts=verdicts,
        notices=_notices(groups, scores, num_judged),
        num_resamples=NUM_RESAMPLES,
        min_seeds=MIN_SEEDS,
    )


def _counted(group: Group, scores: Mapping[str, Score]) -> Scores:
    values = [scores[run.id].value for run in group.runs if scores[run.id].is_counted]
    return np.array([value for value in values if value is not None], dtype=np.float64)


def _group(group_id: str, values: Scores, taus: Scores) -> GroupStatistics:
    if len(values) == 0:
        return GroupStatistics(
            group_id=group_id, scores=[], mean=None, iqm=None, std=None, profile=None
        )
    profile = performance_profile([values], taus)
    return GroupStatistics(
        group_id=group_id,
        scores=values.tolist(),
        mean=_estimated(values, mean),
        iqm=_estimated(values, interquartile_mean),
        std=float(values.std(ddof=1)) if len(values) > 1 else None,
        profile=GroupBand(
            group_id=group_id,
            value=plain(profile.share),
            low=plain(profile.low),
            high=plain(profile.high),
        ),
    )


def _estimated(values: Scores, statistic: Statistic) -> Estimated:
    found: Estimate = estimate([values], statistic)
    return Estimated(
        value=found.value,
        interval=_bounds(found.interval()),
        percentile_interval=_bounds(found.percentile),
    )


def _bounds(interval: Interval | None) -> Bounds | None:
    if interval is None:
        return None
    return Bounds(low=interval.low, high=interval.high, level=interval.level)


# ---- pairs --------------------------------------------------------------------------------------


def _verdicts(
    groups: Sequence[Group],
    scores: Mapping[str, Score],
    counted: Mapping[str, Scores],
    measure: Measure,
) -> list[PairVerdict]:
    if len(groups) > MAX_JUDGED_GROUPS:
        return []
    pairs = list(combinations(groups, 2))
    reasons = [_reasons(first, second, scores, measure) for first, second in pairs]
    judged = [idx for idx, why in enumerate(reasons) if not why]
    found = {idx: compare(counted[pairs[idx][0].id], counted[pairs[idx][1].id]) for idx in judged}
    verdicts = dict(zip(judged, judge(list(found.values())), strict=True))
    return [
        _pair(pair, found[idx], verdicts[idx], measure)
        if idx in found
        else _withheld(pair, reasons[idx])
        for idx, pair in enumerate(pairs)
    ]


def _reasons(
    first: Group, second: Group, scores: Mapping[str, Score], measure: Measure
) -> list[str]:
    reasons: list[str] = []
    noun = measure.name if measure.basis == "own" else "return"
    one, other = first.first, second.first
    if one.env_id != other.env_id:
        reasons.append(
            f"The environments differ ({one.env_id} and {other.env_id}), so their returns are not "
            "on one scale."
        )
    elif one.spec["env_kwargs"] != other.spec["env_kwargs"]:
        reasons.append(f"The options of {one.env_id} differ, so the runs have different tasks.")
    if one.total_timesteps != other.total_timesteps:
        reasons.append(
            f"The budgets differ ({one.total_timesteps:,} and {other.total_timesteps:,} timesteps)."
        )
    for group in (first, second):
        unfinished = [run for run in group.runs if scores[run.id].is_unfinished]
        if unfinished:
            named = f"{unfinished[0].name} ({scores[unfinished[0].id].not_counted_because})"
            rest = f" and {len(unfinished) - 1} more" if len(unfinished) > 1 else ""
            reasons.append(
                f"{len(unfinished)} of {len(group.runs)} runs of {group.label} have no final "
                f"{noun}: {named}{rest}. Leaving them out would favour those that got through."
            )
    return reasons


def _withheld(pair: tuple[Group, Group], reasons: list[str]) -> PairVerdict:
    first, second = pair
    return PairVerdict(
        first=first.id,
        second=second.id,
        outcome="withheld",
        winner=None,
        text=f"No verdict on {first.label} and {second.label}. {' '.join(reasons)}",
        reasons=reasons,
        mean_difference=None,
        iqm_difference=None,
        improvement=None,
        p_value=None,
        more_seeds=None,
    )


def _pair(
    pair: tuple[Group, Group], found: Comparison, verdict: Verdict, measure: Measure
) -> PairVerdict:
    first, second = pair
    ahead = first if verdict.is_first_better else second
    return PairVerdict(
        first=first.id,
        second=second.id,
        outcome=verdict.outcome.value,
        winner=ahead.id if verdict.outcome is Outcome.BETTER else None,
        text=sentence(first.label, second.label, found, verdict, measure.name),
        reasons=[],
        mean_difference=_difference(found.difference, verdict.interval),
        iqm_difference=_difference(found.iqm_difference, verdict.iqm_interval),
        improvement=EstimatedDifference(
            value=found.improvement, interval=_bounds(verdict.improvement_interval)
        ),
        p_value=verdict.p_value if found.difference.standard_error is not None else None,
        more_seeds=verdict.more_seeds,
    )


def _difference(found: Difference, interval: Interval | None) -> EstimatedDifference:
    return EstimatedDifference(value=found.value, interval=_bounds(interval))


def _notices(groups: Sequence[Group], scores: Mapping[str, Score], num_judged: int) -> list[str]:
    notices: list[str] = []
    if len(groups) == 1:
        notices.append(
            "All runs have the same specification: they are seeds of one group, so there is nothing "
            "to decide between."
        )
    if len(groups) > MAX_JUDGED_GROUPS:
        notices.append(
            f"{len(groups)} groups make {len(groups) * (len(groups) - 1) // 2} pairs; verdicts are "
            f"given for at most {MAX_JUDGED_GROUPS} groups."
        )
    twins = sum(1 for score in scores.values() if not score.is_counted and not score.is_unfinished)
    if twins:
        notices.append(
            f"{twins} {'run repeats' if twins == 1 else 'runs repeat'} a seed of another run and "
            "count once: the same seed gives the same returns."
        )
    if num_judged > 1:
        notices.append(
            f"{num_judged} pairs are judged at once, so each is tested at a stricter level (Holm): "
            "the chance of any false verdict stays at 5 %."
        )
    return notices
