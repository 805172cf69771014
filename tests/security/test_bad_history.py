"""Bin, experiments, tags and disk use take nothing that is not what it should be."""

from typing import Any

import pytest

from tests.integration.lab import LabServer
from tests.security.requests import VALID, fields_of, raw_get, refused

ABSENT = "abcdefgh0001"
WRONG_IDS = (
    "..", "%2e%2e", "..%2f..%2fetc", "a" * 11, "a" * 13, "ABCDEFGH0001", "abcdefgh000%00",
    ".deleted-abcdefgh0001", ".bin", "a" * 2000,
)  # fmt: skip


@pytest.mark.parametrize("run_id", [ABSENT, *WRONG_IDS])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/runs/{}/restore"),
        ("DELETE", "/bin/{}"),
        ("GET", "/runs/{}/versions"),
        ("DELETE", "/runs/{}/recordings"),
        ("POST", "/runs/{}/checkpoints/thin"),
        ("GET", "/experiments/{}"),
        ("POST", "/experiments/{}/stop"),
        ("DELETE", "/experiments/{}?runs=delete"),
    ],
)
def test_ids_that_name_nothing_are_not_found(
    lab: LabServer, method: str, path: str, run_id: str
) -> None:
    """Absent ones, and those that would be paths."""
    answer = lab.request(method, path.format(run_id))
    assert answer.status_code in {404, 405, 422}, answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/api/v1/bin/../runs", "/api/v1/runs/.bin/config"])
def test_the_folder_of_the_bin_is_no_run(lab: LabServer, path: str) -> None:
    """However the path is written."""
    status, body = raw_get(lab, path)
    assert status == 404, body


def test_a_run_is_deleted_and_restored_once(lab: LabServer) -> None:
    """The second time there is nothing to do."""
    run_id = lab.create(start=False)
    assert lab.request("DELETE", f"/runs/{run_id}").status_code == 204
    refused(lab.request("DELETE", f"/runs/{run_id}"), 404)
    assert lab.post(f"/runs/{run_id}/restore").status_code == 200
    error = refused(lab.post(f"/runs/{run_id}/restore"), 404)
    assert "bin" in error["detail"]
    refused(lab.request("DELETE", f"/bin/{run_id}"), 404)
    lab.request("DELETE", f"/runs/{run_id}")
    assert lab.request("DELETE", f"/bin/{run_id}").status_code == 204
    refused(lab.post(f"/runs/{run_id}/restore"), 404)


@pytest.mark.parametrize(
    "body",
    [
        {"tags": ["x" * 10_000]},
        {"tags": ["a\x00b"]},
        {"tags": ["\x1b[31m"]},
        {"tags": ["\u202etxt"]},
        {"tags": ["  "]},
        {"tags": [f"t{number}" for number in range(51)]},
        {"tags": "one"},
        {"tags": [{"a": 1}]},
        {"tags": [None]},
        {"notes": "x" * 20_001},
        {"notes": "a\x00b"},
        {"starred": "perhaps"},
        {"archived": [True]},
        {"experiment_id": ABSENT},
        {"deleted_at": 1},
    ],
)
def test_marks_that_are_none_are_refused(
    lab: LabServer, finished_run: str, body: dict[str, Any]
) -> None:
    """And nothing of the request is stored."""
    before = lab.run(finished_run)
    refused(lab.request("PATCH", f"/runs/{finished_run}", json={"starred": True, **body}), 422)
    assert lab.run(finished_run) == before


def test_html_is_text(lab: LabServer) -> None:
    """It comes back as it was sent, in JSON, and is never a page."""
    run_id = lab.create(start=False)
    text = "<script>alert(1)</script>"
    answer = lab.request("PATCH", f"/runs/{run_id}", json={"tags": [text], "notes": text})
    assert answer.json()["tags"] == [text]
    tags = lab.get("/tags")
    assert tags.headers["content-type"].startswith("application/json")
    assert text in [item["tag"] for item in tags.json()["items"]]
    found = lab.get("/runs", params={"tag": text}).json()["items"]
    assert [run["id"] for run in found] == [run_id]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"num_seeds": 0}, "num_seeds"),
        ({"num_seeds": 101}, "num_seeds"),
        ({"num_seeds": 10_000}, "num_seeds"),
        ({"num_seeds": 10**400}, "num_seeds"),
        ({"num_seeds": "five"}, "num_seeds"),
        ({}, "num_seeds"),
        ({"num_seeds": 2, "seeds": [1, 2]}, "num_seeds"),
        ({"seeds": []}, "seeds"),
        ({"seeds": list(range(10_000))}, "seeds"),
        ({"seeds": [1, 2, 1]}, "seeds.2"),
        ({"seeds": [1, -1]}, "seeds.1"),
        ({"seeds": [2**31]}, "seeds.0"),
        ({"seeds": ["one"]}, "seeds.0"),
        ({"num_seeds": 2, "run": {**VALID, "seed": 2**31 - 1}}, "run.seed"),
        ({"num_seeds": 2, "run": {**VALID, "seed": -1}}, "run.seed"),
        ({"num_seeds": 2, "name": "x" * 201}, "name"),
        ({"num_seeds": 2, "name": "a\x00"}, "name"),
        ({"num_seeds": 2, "name": " "}, "name"),
        ({"num_seeds": 2, "run": {**VALID, "tags": ["a\x00"]}}, "tags.0"),
        ({"num_seeds": 2, "run": {**VALID, "env_id": "Nothing-v0"}}, "env_id"),
        ({"num_seeds": 2, "run": {**VALID, "duplicate_of": ABSENT}}, "duplicate_of"),
        ({"num_seeds": 2, "more": 1}, "more"),
    ],
)
def test_experiments_that_are_not_possible_create_nothing(
    lab: LabServer, change: dict[str, Any], field: str
) -> None:
    """No run, no experiment, and the field is named."""
    before = (len(lab.runs()), lab.get("/experiments").json())
    error = refused(lab.post("/experiments", {"run": VALID, **change}), 422)
    assert field in fields_of(error), error
    assert (len(lab.runs()), lab.get("/experiments").json()) == before


def test_the_longest_name_still_tells_the_seeds_apart(lab: LabServer) -> None:
    """The run's own name is shortened, not the seed."""
    body = {"run": {**VALID, "name": "x" * 200}, "seeds": [2**31 - 1, 5]}
    runs = lab.post("/experiments", body).json()["runs"]
    assert [run["name"][-7:] for run in runs] == [" seed 5", "7483647"]
    assert all(len(run["name"]) <= 200 for run in runs)


@pytest.mark.parametrize(
    "query",
    [
        "/bin?cursor=AAAA", "/bin?limit=0", "/bin?limit=100000", "/experiments?cursor=%00",
        "/experiments?limit=-1", "/tags?limit=201", "/runs?starred=maybe",
        "/runs?experiment_id=" + "x" * 101, "/storage/runs?ids=../..",
        "/storage/runs?ids=" + ",".join(["abcdefgh0001"] * 300), "/storage/runs",
        "/runs/abcdefgh0001/versions?limit=201",
    ],
)  # fmt: skip
def test_questions_out_of_range_are_refused(lab: LabServer, query: str) -> None:
    """Cursors of others, limits, ids that are paths."""
    refused(lab.get(query), 422)


def test_making_room_follows_no_link_out_of_the_folder(lab: LabServer) -> None:
    """A link among the recordings goes; what it leads to stays and is not counted."""
    run_id = lab.create(start=False)
    outside = lab.home / "outside"
    outside.mkdir()
    (outside / "kept").write_bytes(b"x" * 9999)
    folder = lab.home / "runs" / run_id
    (folder / "recordings").mkdir(parents=True)
    (folder / "recordings" / "out").symlink_to(outside)
    answer = lab.request("DELETE", f"/runs/{run_id}/recordings").json()
    assert answer["bytes"] < 1000
    assert (outside / "kept").read_bytes() == b"x" * 9999
    assert not (folder / "recordings").exists()


def test_a_linked_folder_of_recordings_is_left_alone(lab: LabServer) -> None:
    """The folder itself may be a link that somebody made."""
    run_id = lab.create(start=False)
    outside = lab.home / "elsewhere"
    outside.mkdir()
    (outside / "kept").write_bytes(b"x")
    folder = lab.home / "runs" / run_id
    folder.mkdir()
    (folder / "recordings").symlink_to(outside)
    assert lab.request("DELETE", f"/runs/{run_id}/recordings").status_code == 200
    assert (outside / "kept").exists()
