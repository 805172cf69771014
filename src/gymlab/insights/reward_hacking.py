"""The reward that is paid rises while what the environment rewards falls.

Looked at in blocks of episodes, over the whole run, its latest half and its latest quarter. Both
series have to have a trend by ranks, and both have to have changed by a sizeable part of the spread
that episodes have anyway: curves that wander give trends by chance, but not both, opposed and large.
"""

import math
from collections.abc import Mapping, Sequence

from gymlab.insights.blocks import Block, Blocks
from gymlab.insights.finding import Evidence, Insight
from gymlab.insights.trends import trend

RULE = "reward_hacking"
OWN, SHAPED = "train/episode_return", "train/shaped_return"
TERM = "reward/"
MIN_BLOCKS = 20
MIN_TREND = 3.0
"""Smallest z that counts: about one chance in 700 where there is no trend."""
MIN_CHANGE = 0.75
"""Smallest change that counts, in standard deviations of single episodes."""


class RewardHackingWatch:
    """Follows the two returns of a run and says so once when they part."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._blocks = Blocks()
        self._has_found = False

    def add(
        self, timestep: int, *, own: float, shaped: float, terms: Mapping[str, float]
    ) -> Insight | None:
        """Count an episode; return the finding when it completes the evidence."""
        if self._has_found:
            return None
        values = {OWN: own, SHAPED: shaped} | {TERM + name: sum_ for name, sum_ in terms.items()}
        if not self._blocks.add(timestep, values):
            return None
        found = find(self._blocks.full)
        self._has_found = found is not None
        return found


def find(blocks: Sequence[Block]) -> Insight | None:
    """Return the finding, where the blocks hold the evidence for one."""
    for share in (1, 2, 4):
        window = blocks[-(len(blocks) // share) :]
        if len(window) < MIN_BLOCKS:
            return None
        own, shaped = _change(window, OWN), _change(window, SHAPED)
        if own <= -MIN_CHANGE and shaped >= MIN_CHANGE:
            return _told(window)
    return None


def _quarters(window: Sequence[Block]) -> tuple[Block, Block]:
    length = max(1, len(window) // 4)
    return _together(window[:length]), _together(window[-length:])


def _together(blocks: Sequence[Block]) -> Block:
    joined = blocks[0]
    for block in blocks[1:]:
        joined = joined.joined(block)
    return joined


def _change(window: Sequence[Block], metric: str) -> float:
    """Return the change of a metric in standard deviations; 0 where there is no trend."""
    slope = trend([block.mean(metric) for block in window])
    if abs(slope) < MIN_TREND:
        return 0.0
    first, last = _quarters(window)
    change = last.mean(metric) - first.mean(metric)
    spread = math.sqrt((first.variance(metric) + last.variance(metric)) / 2)
    if change * slope <= 0:
        return 0.0
    return change / spread if spread > 0 else math.copysign(math.inf, change)


def _told(window: Sequence[Block]) -> Insight:
    first, last = _quarters(window)
    begun, ended = window[0].first_timestep, window[-1].last_timestep
    names = {name for block in window for name in block.sums if name.startswith(TERM)}
    gains = {name: last.mean(name) - first.mean(name) for name in names}
    top = max(gains, key=lambda name: gains[name], default=None)
    shown = [OWN, SHAPED] + ([top] if top is not None and gains[top] > 0 else [])
    evidence = [Evidence(name, begun, ended, last.mean(name) - first.mean(name)) for name in shown]
    culprit = f" Most of the rise is the term {top.removeprefix(TERM)}." if len(shown) > 2 else ""  # pyright: ignore[reportOptionalMemberAccess]
    return Insight(
        rule=RULE,
        severity="warning",
        title="The agent earns your reward, not the environment's",
        text=(
            f"From timestep {begun:,} to {ended:,} the shaped return rose from "
            f"{first.mean(SHAPED):,.4g} to {last.mean(SHAPED):,.4g}, while the environment's own "
            f"return fell from {first.mean(OWN):,.4g} to {last.mean(OWN):,.4g}.{culprit}"
        ),
        evidence=evidence,
        suggestion=(
            "Watch an episode to see what is being paid for. Then lower or remove what pays for "
            "it, or give it only for progress: a term F = gamma * potential(next_obs) - "
            "potential(obs) does not change which policy is best."
        ),
    )
