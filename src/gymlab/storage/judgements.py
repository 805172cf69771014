"""What users' own evaluations said of runs."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, select

from gymlab.domain.evaluations import EvaluationStatus
from gymlab.storage.tables import evaluations

_HAS_CODE = '%"evaluation_code":{%'
"""Requests are stored without spaces."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one own evaluation said of one run."""

    run_id: str
    sha256: str
    """Hash of the source that judged."""
    code_name: str
    """Name of its document, plain text; empty without one."""
    code_version: int | None
    metrics: dict[str, float | None]
    """None for a number that is not finite."""


class _Code(msgspec.Struct):
    sha256: str
    name: str = ""
    version: int | None = None


class _Request(msgspec.Struct):
    evaluation_code: _Code | None = None


class _Summary(msgspec.Struct):
    metrics: dict[str, float | None] = {}


class _Record(msgspec.Struct):
    summary: _Summary | None = None


def latest_judgements(connection: Connection, run_ids: Sequence[str]) -> list[Judgement]:
    """Return the newest completed judgement of each run by each source, the newest first.

    Episodes, the bulk of what is stored, are passed over while it is read.
    """
    query = (
        select(evaluations.c.run_id, evaluations.c.request, evaluations.c.summary)
        .where(
            evaluations.c.run_id.in_(run_ids),
            evaluations.c.status == EvaluationStatus.COMPLETED.value,
            evaluations.c.request.like(_HAS_CODE),
        )
        .order_by(evaluations.c.created_at.desc(), evaluations.c.id.desc())
    )
    found: dict[tuple[str, str], Judgement] = {}
    for run_id, request, summary in connection.execute(query).tuples():
        code = msgspec.json.decode(request, type=_Request).evaluation_code
        said = msgspec.json.decode(summary or "{}", type=_Record).summary
        if code is None or said is None or not said.metrics:
            continue
        judgement = Judgement(run_id, code.sha256, code.name, code.version, said.metrics)
        found.setdefault((run_id, code.sha256), judgement)
    return list(found.values())
