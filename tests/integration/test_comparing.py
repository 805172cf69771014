"""Runs side by side through a real server: groups, curves, verdicts and their limits."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.made_runs import MadeRun, make_run
from tests.integration.lab import LabServer, until

SEEDS = range(5)
BUDGET = 10_000
MADE: dict[str, list[MadeRun]] = {
    "good": [
        MadeRun(
            final_return=200 + seed,
            seed=seed,
            total_timesteps=BUDGET,
            hyperparameters={"rate": 0.1},
            num_episodes=250,
        )
        for seed in SEEDS
    ],
    "bad": [
        MadeRun(
            final_return=100 + seed,
            seed=seed,
            total_timesteps=BUDGET,
            hyperparameters={"rate": 0.5},
            num_episodes=250,
        )
        for seed in SEEDS
    ],
    "elsewhere": [MadeRun(seed=0, total_timesteps=BUDGET, env_id="Acrobot-v1")],
    "stopped": [MadeRun(seed=9, total_timesteps=BUDGET, status="stopped", progress=0.5,
                        hyperparameters={"rate": 0.1})],
    "longer": [MadeRun(seed=0, total_timesteps=2 * BUDGET, hyperparameters={"rate": 0.1})],
    "twin": [MadeRun(final_return=203, seed=3, total_timesteps=BUDGET,
                     hyperparameters={"rate": 0.1})],
    "silent": [MadeRun(seed=0, total_timesteps=BUDGET, num_episodes=0,
                       hyperparameters={"rate": 0.9})],
}  # fmt: skip
Runs = dict[str, list[str]]


@pytest.fixture(scope="module", name="home")
def fixture_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder for runs that were never trained."""
    return tmp_path_factory.mktemp("compared")


@pytest.fixture(scope="module", name="runs")
def fixture_runs(home: Path) -> Runs:
    """Return the ids of made runs by kind."""
    return {
        kind: [make_run(home / "runs", wish) for wish in wishes] for kind, wishes in MADE.items()
    }


@pytest.fixture(scope="module", name="lab")
def fixture_lab(home: Path, runs: Runs) -> Iterator[LabServer]:
    """Yield a server that has indexed all of them."""
    with LabServer(home) as lab:

        def is_indexed() -> bool:
            named = ",".join(run_id for own in runs.values() for run_id in own)
            answer = lab.get("/runs/compare", params={"ids": named}).json()
            totals = [one["total_points"] for one in answer["series"]["runs"]]
            made = [wish.num_episodes for wishes in MADE.values() for wish in wishes]
            return totals == made

        until(is_indexed, "the index")
        yield lab


def _compare(lab: LabServer, ids: list[str], **params: Any) -> dict[str, Any]:
    answer = lab.get("/runs/compare", params={"ids": ",".join(ids), **params})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_seeds_form_groups_and_the_better_one_is_named(lab: LabServer, runs: Runs) -> None:
    """Five seeds a side, far apart."""
    found = _compare(lab, runs["good"] + runs["bad"])
    assert [group["num_seeds"] for group in found["groups"]] == [5, 5]
    assert [one["field"] for one in found["differences"]] == ["hyperparameters.rate", "seed"]
    [verdict] = found["statistics"]["verdicts"]
    assert verdict["outcome"] == "better"
    assert verdict["winner"] == found["groups"][0]["id"]
    assert verdict["mean_difference"]["interval"]["low"] > 50
    assert verdict["improvement"]["interval"]["low"] > 0.5
    assert "is better than" in verdict["text"]
    assert found["statistics"]["basis"] == "training"


def test_a_score_is_the_mean_of_the_last_100_training_episodes(lab: LabServer, runs: Runs) -> None:
    """The same number as from the rows themselves."""
    run_id = runs["good"][0]
    rows = [row for row in lab.rows(run_id) if row["kind"] == "episode"]
    expected = np.mean([row["episode_return"] for row in rows[-100:]])
    found = _compare(lab, runs["good"])
    assert found["runs"][0]["score"] == pytest.approx(expected)


def test_single_runs_get_no_verdict_and_no_interval(lab: LabServer, runs: Runs) -> None:
    """One seed each: how many more are needed is all that can be said."""
    found = _compare(lab, [runs["good"][0], runs["bad"][0]])
    [verdict] = found["statistics"]["verdicts"]
    assert verdict["outcome"] == "not_enough_seeds"
    assert verdict["more_seeds"] == 4
    assert verdict["mean_difference"]["interval"] is None
    assert verdict["p_value"] is None
    assert all(group["mean"]["interval"] is None for group in found["statistics"]["groups"])


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ("elsewhere", "environments differ"),
        ("longer", "budgets differ"),
        ("stopped", "stopped after 5,000 of 10,000"),
        ("silent", "no episode has ended"),
    ],
)
def test_an_unfair_comparison_is_allowed_and_its_verdict_withheld(
    lab: LabServer, runs: Runs, other: str, reason: str
) -> None:
    """The reason is said; curves and differences are there all the same."""
    found = _compare(lab, runs["good"] + runs["bad"] + runs[other])
    withheld = [one for one in found["statistics"]["verdicts"] if one["outcome"] == "withheld"]
    assert withheld
    assert all(reason in one["text"] for one in withheld)
    assert all(one["mean_difference"] is None for one in withheld)
    assert len(found["series"]["runs"]) == 11


def test_a_repeated_seed_counts_once(lab: LabServer, runs: Runs) -> None:
    """A reproduction is no further observation."""
    found = _compare(lab, runs["good"] + runs["twin"] + runs["bad"])
    twin = next(run for run in found["runs"] if run["id"] == runs["twin"][0])
    assert not twin["is_counted"]
    assert twin["not_counted_because"] == f"repeats seed 3 of {runs['good'][3]}"
    assert found["groups"][0]["num_seeds"] == 5
    assert found["statistics"]["verdicts"][0]["outcome"] == "better"
    assert any("repeats a seed" in notice for notice in found["statistics"]["notices"])


def test_curves_share_their_places(lab: LabServer, runs: Runs) -> None:
    """Exact places where they fit, an even grid where not; values stay inside what was measured."""
    ids = runs["good"][:2]
    exact = _compare(lab, ids)["series"]
    rows = [row for row in lab.rows(ids[0]) if row["kind"] == "episode"]
    assert exact["places"] == sorted({row["timestep"] for row in rows})
    assert exact["runs"][0]["values"] == [row["episode_return"] for row in rows]
    coarse = _compare(lab, ids, max_points=50)["series"]
    assert len(coarse["places"]) == 50
    values = [value for value in coarse["runs"][0]["values"] if value is not None]
    returns = [row["episode_return"] for row in rows]
    assert min(returns) <= min(values) <= max(values) <= max(returns)
    assert np.mean(values) == pytest.approx(np.mean(returns), rel=0.05)


def test_axes_count_time_and_episodes(lab: LabServer, runs: Runs) -> None:
    """Made runs do 1,000 timesteps a second and 250 episodes."""
    ids = runs["good"][:2]
    timed = _compare(lab, ids, x="wall_time")["series"]
    assert timed["axis_unit"] == "s"
    assert timed["places"][-1] == pytest.approx(10.0)
    counted = _compare(lab, ids, x="episodes")["series"]
    assert counted["places"] == list(range(1, 251))
    learner = _compare(lab, ids, x="episodes", metric="loss/policy")["series"]
    assert 0 < learner["places"][0] < learner["places"][-1] <= 250


def test_groups_are_summarised_where_all_runs_are(lab: LabServer, runs: Runs) -> None:
    """Mean and interquartile mean lie inside their bands and among the runs."""
    found = _compare(lab, runs["good"] + runs["bad"], summary="iqm", part=["series", "efficiency"])
    assert found["statistics"] is None
    for band in found["series"]["groups"] + found["efficiency"]["groups"]:
        told = [
            (low, value, high)
            for low, value, high in zip(band["low"], band["value"], band["high"], strict=True)
            if value is not None
        ]
        assert told
        assert all(low <= value <= high for low, value, high in told)


def test_a_metric_that_nobody_has_is_an_empty_chart(lab: LabServer, runs: Runs) -> None:
    """Not an error: the choice of metrics says what there is."""
    found = _compare(lab, runs["good"], metric="value/q_mean")
    assert found["series"]["places"] == []
    assert "value/q_mean" not in [one["name"] for one in found["metrics"]]
    assert "train/episode_return" in [one["name"] for one in found["metrics"]]


def test_answers_are_the_same_every_time(lab: LabServer, runs: Runs) -> None:
    """Resampling has a fixed generator."""
    ids = runs["good"] + runs["bad"]
    assert _compare(lab, ids) == _compare(lab, ids)


def test_metrics_come_as_csv_with_every_point(lab: LabServer, runs: Runs) -> None:
    """Nothing is left out and numbers are numbers."""
    params = {"format": "csv", "names": "train/episode_return", "from_timestep": 5000}
    answer = lab.get(f"/runs/{runs['good'][0]}/metrics", params=params)
    assert answer.headers["content-type"].startswith("text/csv")
    header, *lines = csv.reader(io.StringIO(answer.text))
    assert header == ["metric", "timestep", "value"]
    rows = [row for row in lab.rows(runs["good"][0]) if row["kind"] == "episode"]
    expected = [row for row in rows if row["timestep"] >= 5000]
    assert [(int(t), float(v)) for _, t, v in lines] == [
        (row["timestep"], row["episode_return"]) for row in expected
    ]
