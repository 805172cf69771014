"""Comparisons that make no sense are refused, and say why."""

import json

import pytest

from tests.integration.lab import LabServer
from tests.security.requests import fields_of, refused

UNKNOWN = "0" * 12


@pytest.fixture(scope="module", name="other_run")
def fixture_other_run(lab: LabServer) -> str:
    """Return the id of a second run, one that never begins."""
    return lab.create(total_timesteps=300, start=False)


@pytest.mark.parametrize("ids", ["", ",", ",,,", " "])
def test_no_run_is_too_few(lab: LabServer, ids: str) -> None:
    """An empty list is a wrong list."""
    error = refused(lab.get("/runs/compare", params={"ids": ids}), 422)
    assert fields_of(error)["ids"]["code"] == "too_few"


def test_without_ids_there_is_nothing_to_compare(lab: LabServer) -> None:
    """And the path is not the id of a run."""
    assert "ids" in json.dumps(refused(lab.get("/runs/compare"), 422))


def test_one_run_is_too_few_and_twice_the_same_is_one(lab: LabServer, finished_run: str) -> None:
    """Nothing is compared with itself."""
    one = refused(lab.get("/runs/compare", params={"ids": finished_run}), 422)
    assert fields_of(one)["ids"]["code"] == "too_few"
    twice = refused(lab.get("/runs/compare", params={"ids": [finished_run] * 2}), 422)
    assert fields_of(twice)["ids"]["code"] == "duplicate"


def test_201_runs_are_too_many(lab: LabServer) -> None:
    """Whether they exist or not."""
    ids = ",".join(f"{number:012d}" for number in range(201))
    error = refused(lab.get("/runs/compare", params={"ids": ids}), 422)
    assert fields_of(error)["ids"]["code"] == "too_many"


@pytest.mark.parametrize(
    "wrong", [UNKNOWN, "x", "UPPERCASE000", "../../etc/pa", "'; DROP TABLE", "x" * 3000, "\u202e"]
)
def test_an_unknown_run_is_not_found(lab: LabServer, finished_run: str, wrong: str) -> None:
    """Whatever its id looks like."""
    refused(lab.get("/runs/compare", params={"ids": f"{finished_run},{wrong}"}), 404)


def test_a_deleted_run_is_not_found(lab: LabServer, finished_run: str) -> None:
    """It is gone for comparisons too."""
    run_id = lab.create(start=False)
    assert lab.request("DELETE", f"/runs/{run_id}").status_code == 204
    refused(lab.get("/runs/compare", params={"ids": f"{finished_run},{run_id}"}), 404)


@pytest.mark.parametrize(
    "query",
    [
        "metric=", "metric=a b", "metric=%00", "metric=" + "x" * 129, "metric=" + "x" * 300,
        "metric=<script>", "x=steps", "summary=median", "basis=guess", "part=everything",
        "max_points=1", "max_points=2001", "max_points=1e3", "basis=evaluation",
    ],
)  # fmt: skip
def test_a_bad_query_is_refused(
    lab: LabServer, finished_run: str, other_run: str, query: str
) -> None:
    """With the parameter named."""
    error = refused(lab.get(f"/runs/compare?ids={finished_run},{other_run}&{query}"), 422)
    assert query.split("=", maxsplit=1)[0] in json.dumps(error)


def test_a_run_that_never_began_has_no_curve_and_no_verdict(
    lab: LabServer, finished_run: str, other_run: str
) -> None:
    """And does no harm to the other one."""
    answer = lab.get("/runs/compare", params={"ids": f"{finished_run},{other_run}"})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["runs"][1]["score"] is None
    assert not found["runs"][1]["is_counted"]
    assert all(value is None for value in found["series"]["runs"][1]["values"])


@pytest.mark.parametrize("form", ["xlsx", "CSV", ""])
def test_a_form_that_is_not_there_is_refused(lab: LabServer, finished_run: str, form: str) -> None:
    """Metrics come as JSON or CSV."""
    error = refused(lab.get(f"/runs/{finished_run}/metrics?format={form}"), 422)
    assert "format" in json.dumps(error)
