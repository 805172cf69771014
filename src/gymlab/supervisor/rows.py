"""Turning what a worker measured into the numbered rows of `metrics.jsonl`."""

import math
import re
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from gymlab.domain.metrics import (
    MAX_METRICS_PER_RUN,
    MAX_TERMS,
    METRICS,
    TERM_NAME_PATTERN,
    TERM_PREFIX,
    is_valid_metric_name,
)
from gymlab.domain.replays import MAX_REASONS
from gymlab.domain.timestamps import rfc3339
from gymlab.protocol.parts import EpisodeRow, LearnerRow

MEAN_OVER_EPISODES = 100
SPEED = "time/timesteps_per_second"
EPISODE_RETURN = "train/episode_return"
SHAPED_RETURN = "train/shaped_return"
EPISODE_LENGTH = "train/episode_length"
MEAN_RETURN = "train/mean_return"
MEAN_LENGTH = "train/mean_length"
OTHER_REASON = "other"
_NO_REASON = re.compile(r"[^A-Za-z0-9_-]+")
LOSS = "loss"

Row = dict[str, Any]


def finite(value: float | None) -> float | None:
    """Return the value, or None when it is not a finite number."""
    return value if value is not None and math.isfinite(value) else None


class RowSummary(msgspec.Struct, frozen=True):
    """What the rows after a checkpoint depend on."""

    returns: list[float]
    """Returns of the latest episodes."""
    lengths: list[int]
    """Their lengths."""
    latest: dict[str, float | None]
    """Latest value of every metric."""
    terminations: dict[str, int] = {}
    """Episodes by the reason why they ended."""


class RowNumberer:
    """Numbers rows, adds what every row carries and keeps the latest values."""

    def __init__(self, *, attempt: int, seq: int, main_loss: str | None) -> None:
        """Continue after row `seq` of an earlier attempt, or begin with 0."""
        self.seq = seq
        self.latest: dict[str, float | None] = {}
        self.refused_names: set[str] = set()
        self._attempt = attempt
        self._main_loss = main_loss
        self._known_names: set[str] = set()
        self._terms: set[str] = set()
        self._terminations: dict[str, int] = {}
        self._returns: deque[float] = deque(maxlen=MEAN_OVER_EPISODES)
        self._lengths: deque[int] = deque(maxlen=MEAN_OVER_EPISODES)

    def summary(self) -> RowSummary:
        """Return what the next rows depend on."""
        return RowSummary(
            list(self._returns), list(self._lengths), dict(self.latest), dict(self._terminations)
        )

    def continue_from(self, summary: RowSummary) -> None:
        """Go on as if the rows before had been numbered here."""
        self._returns.extend(summary.returns)
        self._lengths.extend(summary.lengths)
        self.latest = dict(summary.latest)
        self._terminations = dict(summary.terminations)

    @property
    def mean_return(self) -> float | None:
        """Mean return of the last 100 training episodes."""
        return sum(self._returns) / len(self._returns) if self._returns else None

    def episodes(self, rows: Iterable[EpisodeRow]) -> list[Row]:
        """Number finished episodes."""
        return [self._episode(row) for row in rows]

    def _episode(self, row: EpisodeRow) -> Row:
        episode_return = finite(row.episode_return)
        if episode_return is not None:
            self._returns.append(episode_return)
        self._lengths.append(row.episode_length)
        self.latest[EPISODE_RETURN] = episode_return
        self.latest[EPISODE_LENGTH] = row.episode_length
        self.latest[MEAN_RETURN] = self.mean_return
        self.latest[MEAN_LENGTH] = sum(self._lengths) / len(self._lengths)
        return {
            **self._begin("episode", row.timestep, row.timestamp, row.wall_time_s),
            "episode": row.episode,
            "env_index": row.env_index,
            "episode_return": episode_return,
            "reward": episode_return,
            "episode_length": row.episode_length,
            "terminated": row.terminated,
            "truncated": row.truncated,
            **self._ending(row.termination),
            **self._shaped(row),
            **self._common(),
        }

    def _ending(self, reason: str | None) -> Row:
        """Return why an episode ended, and how many have ended so by now."""
        if reason is None:
            return {}
        name, counts = self.termination_name(reason), self._terminations
        counts[name] = counts.get(name, 0) + 1
        return {"termination": name, "termination_count": counts[name]}

    def termination_name(self, reason: str | None) -> str:
        """Return the name under which episodes that ended so are counted."""
        name = _NO_REASON.sub("_", (reason or "")[:60]).strip("_")
        is_known = name in self._terminations or len(self._terminations) < MAX_REASONS
        return name if name and is_known else OTHER_REASON

    def _shaped(self, row: EpisodeRow) -> Row:
        """Return what a reward of the run's own adds to a row; nothing where it has none."""
        terms = {
            name: value
            for name, value in row.terms.items()
            if math.isfinite(value) and self._accepts_term(name)
        }
        if row.shaped_return is None and not terms:
            return {}
        shaped_return = finite(row.shaped_return)
        self.latest[SHAPED_RETURN] = shaped_return
        self.latest.update({f"{TERM_PREFIX}{name}": value for name, value in terms.items()})
        return {"shaped_return": shaped_return, "terms": terms}

    def _accepts_term(self, name: str) -> bool:
        if name not in self._terms:
            if len(self._terms) >= MAX_TERMS or TERM_NAME_PATTERN.fullmatch(name) is None:
                return False
            self._terms.add(name)
        return True

    def learner(self, row: LearnerRow) -> Row:
        """Number one set of the learner's measurements."""
        metrics = self._accepted(row.metrics, only_house_names=True)
        flagged = {name for name in row.nonfinite if name in metrics}
        flagged |= {
            name for name, value in row.metrics.items() if name in metrics and _is_wild(value)
        }
        self.latest.update(metrics)
        if self._main_loss in metrics:
            self.latest[LOSS] = metrics[self._main_loss]
        numbered = {
            **self._begin("learner", row.timestep, row.timestamp, row.wall_time_s),
            "gradient_steps": row.gradient_steps,
            "metrics": metrics,
            "native": self._accepted(row.native, only_house_names=False),
            **self._common(),
        }
        if flagged:
            numbered["nonfinite"] = sorted(flagged)
        return numbered

    def _begin(self, kind: str, timestep: int, timestamp: float, wall_time_s: float) -> Row:
        self.seq += 1
        return {
            "seq": self.seq,
            "attempt": self._attempt,
            "kind": kind,
            "timestep": timestep,
            "timestamp": rfc3339(timestamp),
            "wall_time_s": round(wall_time_s, 4),
        }

    def _common(self) -> Row:
        return {"loss": self.latest.get(LOSS), "fps": self.latest.get(SPEED)}

    def _accepted(
        self, values: Mapping[str, float | None], *, only_house_names: bool
    ) -> dict[str, float | None]:
        accepted: dict[str, float | None] = {}
        for name, value in values.items():
            if self._accepts(name, only_house_names=only_house_names):
                accepted[name] = finite(value)
        return accepted

    def _accepts(self, name: str, *, only_house_names: bool) -> bool:
        if name in self._known_names and (not only_house_names or name in METRICS):
            return True
        is_allowed = name in METRICS if only_house_names else is_valid_metric_name(name)
        if not is_allowed or len(self._known_names) >= MAX_METRICS_PER_RUN:
            if len(self.refused_names) < MAX_METRICS_PER_RUN:
                self.refused_names.add(name[:128])
            return False
        self._known_names.add(name)
        return True


def _is_wild(value: float | None) -> bool:
    return value is not None and not math.isfinite(value)
