"""Positions that no stream ever gave out are refused before the stream begins."""

import pytest

from tests.integration.lab import LabServer
from tests.security.requests import refused

CURSORS = [
    "text",
    "-1",
    "99999999999999999999",
    "{run}:m=text",
    "{run}:m=1",
    "{run}:m=1.-5",
    "{run}:m=-1.5",
    "{run}:m=1.999999999",
    "{run}:m=99.1",
    "{run}:m=1.1e3",
    "{run}:m=" + "9" * 4_000,
    "{run}:m=1.٣",
    "{run}:e=-1",
    "{run}:e=999999999",
    "{run}:l=999999999999",
    "{run}:q=1",
    "runs=-1",
    "runs=999999999999",
    "runs=x",
    "000000000000:m=1.1",
    "{run}:m=1.1,{run}:m=1.2",
    "{run}:m=1.1,,",
    "=",
    ",",
    "{run}:m=1.1,000000000000:m=1.1",
    "\u00ff",
]


@pytest.mark.parametrize("cursor", CURSORS)
@pytest.mark.parametrize("place", ["header", "query"])
def test_an_impossible_position_is_refused(
    lab: LabServer, finished_run: str, cursor: str, place: str
) -> None:
    """Text, negative, beyond the end, of another run."""
    text = cursor.replace("{run}", finished_run)
    topics = f"runs,run:{finished_run}:metrics,run:{finished_run}:events,run:{finished_run}:log"
    if place == "header":
        headers = {"last-event-id": text.encode()}
        answer = lab.get("/stream", params={"topics": topics}, headers=headers)
    else:
        answer = lab.get("/stream", params={"topics": topics, "last_event_id": text})
    assert refused(answer, 422)["code"] == "invalid_cursor"


def test_a_position_of_another_run_is_refused(lab: LabServer, finished_run: str) -> None:
    """Although that run exists."""
    other = lab.create(total_timesteps=100)
    lab.wait_for(other, "completed")
    headers = {"last-event-id": f"{other}:m=1.1"}
    answer = lab.get(f"/runs/{finished_run}/stream", headers=headers)
    assert refused(answer, 422)["code"] == "invalid_cursor"


@pytest.mark.parametrize(
    "topics",
    [
        "",
        "nothing",
        "run:x:metrics",
        "run:{run}:secrets",
        "run:{run}",
        "run::metrics",
        "runs," * 1000,
        "run:{run}:metrics:more",
    ],
)
def test_a_bad_topic_is_refused(lab: LabServer, finished_run: str, topics: str) -> None:
    """Before the stream begins."""
    answer = lab.get("/stream", params={"topics": topics.replace("{run}", finished_run)})
    assert answer.status_code in {404, 422}
    refused(answer, answer.status_code)


def test_a_topic_of_an_unknown_run_is_not_found(lab: LabServer) -> None:
    """As everywhere else."""
    refused(lab.get("/stream", params={"topics": "run:000000000000:metrics"}), 404)
