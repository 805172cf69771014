"""`Client.compare` asks one question and reads the answer as typed data."""

from typing import Any

import pytest

from gymlab.sdk.client import Client
from gymlab.sdk.failures import InvalidRequestError
from tests.unit.sdk.conftest import ScriptedServer, error_reply

IDS = ["a" * 12, "b" * 12]


@pytest.fixture(name="comparison_answer")
def fixture_comparison_answer() -> dict[str, Any]:
    """Return a comparison as the API sends it, with a field that this client does not know."""
    run = {"name": "n", "status": "completed", "is_counted": True, "brand_new": 1}
    return {
        "runs": [
            {**run, "id": run_id, "seed": place, "group_id": f"g{place + 1}", "score": 1.5 - place}
            for place, run_id in enumerate(IDS)
        ],
        "groups": [
            {"id": f"g{place + 1}", "label": f"label {place}", "run_ids": [run_id], "num_seeds": 1}
            for place, run_id in enumerate(IDS)
        ],
        "differences": [
            {"field": "hyperparameters.rate", "section": "hyperparameters", "values": [1, 2]},
            {"field": "seed", "section": "seed", "values": [0, 1]},
        ],
        "same": {"env_id": "CartPole-v1"},
        "series": None,
        "statistics": {
            "basis": "training",
            "basis_text": "Mean return.",
            "thresholds": [],
            "groups": [
                {
                    "group_id": "g1",
                    "scores": [1.5],
                    "mean": {"value": 1.5, "interval": None},
                    "iqm": {"value": 1.5, "interval": {"low": 1.0, "high": 2.0, "level": 0.95}},
                },
                {"group_id": "g2", "scores": [], "mean": None, "iqm": None},
            ],
            "verdicts": [
                {
                    "first": "g1",
                    "second": "g2",
                    "outcome": "not_enough_seeds",
                    "text": "Not enough [seeds] yet.",
                    "more_seeds": 4,
                }
            ],
            "notices": ["Something to know."],
        },
    }


def test_it_asks_for_what_is_wanted(
    server: ScriptedServer, client: Client, comparison_answer: dict[str, Any]
) -> None:
    """Ids are joined; metric and axis are passed on."""
    server.on("GET /runs/compare", comparison_answer)
    found = client.compare(IDS, metric="loss/policy", x="episodes", parts=("statistics",))
    assert server.requests[-1].query == {
        "ids": ",".join(IDS),
        "metric": "loss/policy",
        "x": "episodes",
        "part": "statistics",
    }
    assert found.statistics is not None
    [verdict] = found.statistics.verdicts
    assert verdict.more_seeds == 4
    assert found.groups[0].run_ids == IDS[:1]
    assert found.differences[0].values == [1, 2]


def test_a_refusal_names_the_field(server: ScriptedServer, client: Client) -> None:
    """As everywhere else."""
    problem = {"field": "ids", "code": "too_few", "detail": "Too few."}
    server.on("GET /runs/compare", error_reply(422, "invalid", "Too few.", fields=[problem]))
    with pytest.raises(InvalidRequestError) as caught:
        client.compare(IDS[:1])
    assert caught.value.fields[0].field == "ids"
