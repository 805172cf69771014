"""Saved filters take nothing that is not what it should be, and serve whoever asks properly."""

from typing import Any

import pytest

from tests.integration.lab import LabServer
from tests.security.requests import fields_of, refused

ABSENT = "abcdefgh0001"
GOOD: dict[str, Any] = {"name": "good", "filters": {"status": "failed", "sort": "-name"}}


def test_a_filter_is_saved_changed_and_removed(lab: LabServer) -> None:
    """Over HTTP, as the Runs page does."""
    answer = lab.post("/filters", GOOD)
    assert answer.status_code == 201, answer.text
    saved = answer.json()
    assert saved["filters"]["status"] == "failed"
    assert saved["filters"]["archived"] == "no"
    path = f"/filters/{saved['id']}"
    renamed = lab.request("PATCH", path, json={"name": "better"})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "better")
    assert [one["name"] for one in lab.get("/filters").json()["items"]] == ["better"]
    assert lab.request("DELETE", path).status_code == 204
    refused(lab.request("DELETE", path), 404)
    assert lab.get("/filters").json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " \t "}, "name"),
        ({"name": "x" * 10_000}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "\u202etxt"}, "name"),
        ({"name": None}, "name"),
        ({"name": ["a"]}, "name"),
        ({"filters": {"status": "sleeping"}}, "filters.status"),
        ({"filters": {"q": "x" * 201}}, "filters.q"),
        ({"filters": {"q": ""}}, "filters.q"),
        ({"filters": {"archived": "perhaps"}}, "filters.archived"),
        ({"filters": {"starred": "perhaps"}}, "filters.starred"),
        ({"filters": {"experiment_id": "../../etc"}}, "filters.experiment_id"),
        ({"filters": {"sort": "name; DROP TABLE runs"}}, "filters.sort"),
        ({"filters": {"owner": "root"}}, "filters.owner"),
        ({"filters": []}, "filters"),
        ({"owner": "root"}, "owner"),
        ({"id": ABSENT}, "id"),
    ],
)
def test_the_field_at_fault_is_named(lab: LabServer, changes: dict[str, Any], field: str) -> None:
    """Nothing is stored of it."""
    error = refused(lab.post("/filters", {**GOOD, **changes}), 422)
    assert field in fields_of(error)
    assert lab.get("/filters").json()["items"] == []


@pytest.mark.parametrize("filter_id", [ABSENT, "..", "%2e%2e", "a" * 2000, "x' OR '1'='1"])
def test_ids_that_name_nothing_are_not_found(lab: LabServer, filter_id: str) -> None:
    """Absent ones, and those that would be paths or queries."""
    for method in ("PATCH", "DELETE"):
        body = {"json": {"name": "a"}} if method == "PATCH" else {}
        answer = lab.request(method, f"/filters/{filter_id}", **body)
        assert answer.status_code in {404, 405}, answer.text
