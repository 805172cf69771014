"""Metrics of own evaluations are compared as honestly as returns, and never mixed with them."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert

from gymlab.domain.code import source_code
from gymlab.errors import InvalidInputError
from gymlab.server.comparison.curves import SeriesWish
from gymlab.server.comparison.schemas import RunComparison
from gymlab.server.comparison.service import Wish, compare_runs
from gymlab.storage.tables import evaluations
from tests.unit.server.stored_runs import new_database, store_run

SMOOTH = source_code("def evaluate(episodes):\n    return {'smoothness': 1.0}\n")
OTHER = source_code("def evaluate(episodes):\n    return {'smoothness': 2.0}\n")
GOOD = [f"good0000000{seed}" for seed in range(5)]
BAD = [f"bad00000000{seed}" for seed in range(5)]


@pytest.fixture(name="lab")
def fixture_lab(tmp_path: Path) -> Iterator[Any]:
    """Yield two groups of five seeds, in as much of a laboratory as comparing needs."""
    database = new_database(tmp_path)
    for rate, ids in ((0.1, GOOD), (0.5, BAD)):
        for seed, run_id in enumerate(ids):
            store_run(database, run_id, seed=seed)
            with database.writing() as writer:
                text = "UPDATE runs SET spec = json_set(spec, '$.hyperparameters.rate', ?) WHERE id = ?"
                writer.connection.exec_driver_sql(text, (rate, run_id))
    yield SimpleNamespace(database=database)
    database.close()


def judge(
    lab: Any, run_id: str, value: float | None, *, code: Any = SMOOTH, at: float = 1.0
) -> None:
    """Store what an own evaluation said of a run."""
    request = {
        "num_episodes": 5,
        "evaluation_code": code.model_dump(mode="json") | {"name": "Ride"},
    }
    summary = {"state": {}, "summary": {"metrics": {"smoothness": value}, "episodes": [{"a": 1}]}}
    with lab.database.writing() as writer:
        writer.connection.execute(
            insert(evaluations).values(
                id=f"{run_id[:7]}{abs(hash((run_id, at))) % 99999:05d}",
                run_id=run_id,
                owner="local",
                status="completed",
                request=msgspec.json.encode(request).decode(),
                summary=msgspec.json.encode(summary).decode(),
                created_at=at,
            )
        )


def compared(lab: Any, own_metric: str | None = None) -> RunComparison:
    """Compare all runs."""
    wish = Wish(
        SeriesWish("train/episode_return", "timesteps"),
        own_metric=own_metric,
        parts=frozenset({"statistics"}),
    )
    return compare_runs(lab, [*GOOD, *BAD], wish)


def test_groups_are_judged_by_what_the_evaluation_says(lab: Any) -> None:
    """With intervals and a sentence that claims no more than which is higher."""
    for seed, (good, bad) in enumerate(zip(GOOD, BAD, strict=True)):
        judge(lab, good, 10.0 + 0.1 * seed)
        judge(lab, bad, 1.0 + 0.1 * seed)
    (choice,) = compared(lab).own_metrics
    assert (choice.name, choice.num_runs) == ("smoothness", 10)
    assert choice.code.startswith("Ride")

    statistics = compared(lab, choice.id).statistics
    assert statistics is not None
    assert (statistics.basis, statistics.measure) == ("own", "smoothness")
    (verdict,) = statistics.verdicts
    assert (verdict.outcome, verdict.winner) == ("better", "g1")
    assert "has a higher smoothness than" in verdict.text
    assert "better" not in verdict.text
    assert "return" not in verdict.text
    assert statistics.groups[0].mean is not None
    assert statistics.groups[0].mean.value == pytest.approx(10.2)


def test_the_newest_judgement_counts(lab: Any) -> None:
    """An older one of the same source is superseded."""
    judge(lab, GOOD[0], 1.0, at=1.0)
    judge(lab, GOOD[0], 5.0, at=2.0)
    (choice,) = compared(lab).own_metrics
    found = compared(lab, choice.id)
    assert found.runs[0].score == 5.0


def test_the_same_name_of_another_source_is_another_metric(lab: Any) -> None:
    """Two evaluations may mean different things by one word."""
    judge(lab, GOOD[0], 1.0)
    judge(lab, BAD[0], 2.0, code=OTHER)
    assert len({choice.id for choice in compared(lab).own_metrics}) == 2


def test_a_run_that_was_not_judged_withholds_the_verdict(lab: Any) -> None:
    """And one whose number is not finite."""
    for run_id in (*GOOD, *BAD[:3]):
        judge(lab, run_id, 1.0)
    judge(lab, BAD[3], None)
    (choice,) = compared(lab).own_metrics
    statistics = compared(lab, choice.id).statistics
    assert statistics is not None
    (verdict,) = statistics.verdicts
    assert verdict.outcome == "withheld"
    assert "2 of 5 runs" in verdict.reasons[0]
    assert "has not judged it" in verdict.reasons[0]


@pytest.mark.parametrize("wish", ["", "x", "smoothness", "a" * 100, "'; DROP TABLE runs"])
def test_a_metric_that_nothing_says_is_refused(lab: Any, wish: str) -> None:
    """The field is named, and what there is."""
    judge(lab, GOOD[0], 1.0)
    with pytest.raises(InvalidInputError) as refusal:
        compared(lab, wish)
    assert refusal.value.fields[0].field == "own_metric"
    assert "smoothness" in (refusal.value.hint or "")
