"""Metrics of users' own evaluations as what runs are judged by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from gymlab.errors import FieldProblem, InvalidInputError
from gymlab.server.comparison.schemas import OwnMetricChoice
from gymlab.storage.judgements import Judgement, latest_judgements

HASH_DIGITS = 12
MAX_CHOICES = 200
UNNAMED = "own evaluation"


@dataclass(frozen=True, slots=True)
class OwnMetric:
    """One metric of one source: other sources' metrics of the same name are other metrics."""

    id: str
    name: str
    code: str
    """Which evaluation, for people."""
    values: Mapping[str, float | None]
    """Run id -> value, of the runs that were judged."""


def own_metrics(connection: Connection, run_ids: Sequence[str]) -> dict[str, OwnMetric]:
    """Return what own evaluations say of these runs: id -> metric, by evaluation and name."""
    values: dict[tuple[str, str], dict[str, float | None]] = {}
    codes: dict[str, str] = {}
    for judgement in latest_judgements(connection, run_ids):
        codes.setdefault(judgement.sha256, _named(judgement))
        for name, value in judgement.metrics.items():
            values.setdefault((judgement.sha256, name), {})[judgement.run_id] = value
    order = sorted(values, key=lambda key: (codes[key[0]], key[0], key[1]))[:MAX_CHOICES]
    found: dict[str, OwnMetric] = {}
    for sha256, name in order:
        metric_id = f"{sha256[:HASH_DIGITS]}:{name}"
        found[metric_id] = OwnMetric(metric_id, name, codes[sha256], values[sha256, name])
    return found


def chosen_metric(known: Mapping[str, OwnMetric], wish: str) -> OwnMetric:
    """Return the metric that was asked for.

    Raises:
        InvalidInputError: None of the runs was judged by it.
    """
    if wish in known:
        return known[wish]
    detail = f"No own evaluation of these runs says {wish[:80]!r}."
    hint = f"There are: {', '.join(list(known)[:10])}." if known else "Evaluate the runs with it."
    raise InvalidInputError(
        detail, hint=hint, fields=[FieldProblem("own_metric", "unknown_metric", detail, hint)]
    )


def choices(known: Mapping[str, OwnMetric]) -> list[OwnMetricChoice]:
    """Return what a person may choose."""
    return [
        OwnMetricChoice(
            id=metric.id, name=metric.name, code=metric.code, num_runs=len(metric.values)
        )
        for metric in known.values()
    ]


def _named(judgement: Judgement) -> str:
    name = judgement.code_name or f"{UNNAMED} {judgement.sha256[:8]}"
    version = judgement.code_version
    return name if version is None else f"{name} version {version}"
