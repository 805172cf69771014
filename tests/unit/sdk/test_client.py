"""The client speaks the API's contract and raises its errors as typed exceptions."""

import hashlib
import threading
from pathlib import Path
from typing import Any

import pytest

import gymlab
from gymlab.errors import ErrorKind
from gymlab.sdk.client import Client
from gymlab.sdk.downloads import DamagedDownloadError
from gymlab.sdk.failures import (
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    RequestError,
    ServerUnavailableError,
)
from tests.unit.sdk.conftest import Reply, Request, ScriptedServer, error_reply, json_reply

RUN_ID = "0123456789ab"


def test_the_package_offers_the_client() -> None:
    """`gymlab.Client` is the public name."""
    assert gymlab.Client is Client
    with pytest.raises(AttributeError):
        _ = gymlab.Nothing


def test_create_sends_what_was_given(
    server: ScriptedServer, client: Client, run_answer: dict[str, Any]
) -> None:
    """What was not given is left to the server; fields unknown to the client are kept."""
    server.on("POST /runs", json_reply(run_answer, 201))

    run = client.create("CartPole-v1", total_timesteps=1000, hyperparameters={"gamma": 0.9})

    assert server.requests[-1].body == {
        "env_id": "CartPole-v1",
        "algorithm": "ppo",
        "total_timesteps": 1000,
        "hyperparameters": {"gamma": 0.9},
    }
    assert run.status == "running"
    assert run.model_extra == {"brand_new_field": 1}
    assert not run.is_finished


@pytest.mark.parametrize("action", ["start", "pause", "resume", "stop"])
def test_actions_are_posts(
    server: ScriptedServer, client: Client, run_answer: dict[str, Any], action: str
) -> None:
    """Each action has its own path and answers the run."""
    server.on(f"POST /runs/{RUN_ID}/{action}", json_reply(run_answer, 202))
    assert getattr(client, action)(RUN_ID).id == RUN_ID


def test_refusals_become_typed_errors(server: ScriptedServer, client: Client) -> None:
    """Kind, code, detail, hint and fields arrive as the server said them."""
    problem = {"field": "seed", "code": "too_small", "detail": "seed=-1", "hint": "0 or more"}
    server.on(
        "POST /runs",
        error_reply(422, "invalid", "2 inputs are wrong", hint="mend them", fields=[problem]),
    )
    with pytest.raises(InvalidRequestError) as caught:
        client.create("CartPole-v1", runner="on", seed=-1)
    error = caught.value
    assert (error.kind, error.status_code, error.hint) == (ErrorKind.INVALID, 422, "mend them")
    assert error.fields[0].field == "seed"
    assert error.fields[0].hint == "0 or more"


def test_deleting_a_live_run_is_a_conflict(server: ScriptedServer, client: Client) -> None:
    """A 409 has its own class; a 204 gives nothing."""
    server.on(f"DELETE /runs/{RUN_ID}", error_reply(409, "conflict", "it runs"))
    with pytest.raises(ConflictError, match="it runs"):
        client.delete(RUN_ID)
    server.on(f"DELETE /runs/{RUN_ID}", Reply(204))
    client.delete(RUN_ID)
    assert [request.method for request in server.requests] == ["DELETE", "DELETE"]


@pytest.mark.parametrize(
    ("status", "kind"), [(502, ErrorKind.UNAVAILABLE), (404, ErrorKind.NOT_FOUND)]
)
def test_an_answer_of_something_else_is_still_an_error(
    server: ScriptedServer, client: Client, status: int, kind: ErrorKind
) -> None:
    """A proxy's HTML page becomes an error of the nearest kind."""
    server.on("GET /health", Reply(status, b"<h1>Bad</h1>"))
    with pytest.raises(RequestError, match="Bad") as caught:
        client.health()
    assert caught.value.kind is kind


def test_no_server_says_how_to_start_one() -> None:
    """A refused connection is `unavailable` with the command that helps."""
    with Client("http://127.0.0.1:9") as client, pytest.raises(ServerUnavailableError) as caught:
        client.health()
    assert "gymlab serve" in str(caught.value.hint)


def test_a_silent_server_ends_in_a_timeout(server: ScriptedServer) -> None:
    """The answer has to come within `timeout_s`."""
    asked = threading.Event()

    def wait(_request: Request) -> Reply:
        asked.wait(5)
        return Reply()

    server.on("GET /health", wait)
    with (
        Client(server.url, timeout_s=0.2) as client,
        pytest.raises(ServerUnavailableError, match="in time"),
    ):
        client.health()
    asked.set()


def test_lists_are_read_page_by_page(
    server: ScriptedServer, client: Client, run_answer: dict[str, Any]
) -> None:
    """The cursor of each page fetches the next; filters go with every page."""

    def page(request: Request) -> Reply:
        cursor = request.query.get("cursor")
        return json_reply({"items": [run_answer], "next_cursor": None if cursor else "more"})

    server.on("GET /runs", page)
    assert len(list(client.runs(status="running", archived=False))) == 2
    assert [request.query.get("cursor") for request in server.requests] == [None, "more"]
    assert {request.query["archived"] for request in server.requests} == {"false"}


def test_events_are_read_to_the_end(server: ScriptedServer, client: Client) -> None:
    """The next page begins behind the last event of the page before."""
    event = {
        "id": 4,
        "run_id": RUN_ID,
        "timestamp": "2026-01-01T00:00:00Z",
        "level": "info",
        "event_type": "paused",
        "message": "Paused.",
        "data": {},
    }

    def page(request: Request) -> Reply:
        after = request.query.get("after")
        return json_reply({"items": [event], "next_cursor": "4" if after == "1" else None})

    server.on(f"GET /runs/{RUN_ID}/events", page)
    assert len(client.events(RUN_ID, after=1, event_type="paused")) == 2
    assert [request.query["after"] for request in server.requests] == ["1", "4"]


def test_metrics_are_series(server: ScriptedServer, client: Client) -> None:
    """Names are joined, missing values stay None."""
    series = {"unit": "reward", "timestep": [1, 2], "value": [1.0, None], "total_points": 9}
    server.on(f"GET /runs/{RUN_ID}/metrics", {"series": {"a/b": series}})
    answer = client.metrics(RUN_ID, ["a/b", "c/d"], max_points=2)
    assert server.requests[0].query == {"names": "a/b,c/d", "max_points": "2"}
    assert answer["a/b"].value == [1.0, None]


def test_wait_returns_when_the_run_has_ended(
    server: ScriptedServer, client: Client, run_answer: dict[str, Any]
) -> None:
    """It polls until a final state, and gives up after its time."""
    server.on(f"GET /runs/{RUN_ID}", run_answer)
    with pytest.raises(TimeoutError, match="running"):
        client.wait(RUN_ID, timeout_s=0)
    states = iter(["running", "completed"])
    server.on(
        f"GET /runs/{RUN_ID}", lambda _request: json_reply({**run_answer, "status": next(states)})
    )
    assert client.wait(RUN_ID, timeout_s=5).is_finished


CONTENT = bytes(range(256)) * 40


def _artifact_list(sha256: str) -> dict[str, Any]:
    item = {
        "path": "checkpoints/10/policy.safetensors",
        "kind": "checkpoint",
        "size_bytes": len(CONTENT),
        "sha256": sha256,
    }
    return {"items": [item], "next_cursor": None}


def _in_two_pieces(request: Request) -> Reply:
    wanted = request.headers.get("Range")
    if wanted is None:
        return Reply(200, CONTENT[:1000], announced=len(CONTENT))
    first = int(wanted.removeprefix("bytes=").split("-")[0])
    return Reply(206, CONTENT[first:])


def test_a_broken_download_is_continued(
    server: ScriptedServer, client: Client, tmp_path: Path
) -> None:
    """After a break the rest is asked for with Range; the hash of the whole is checked."""
    path = "checkpoints/10/policy.safetensors"
    server.on(f"GET /runs/{RUN_ID}/artifacts", _artifact_list(hashlib.sha256(CONTENT).hexdigest()))
    server.on(f"GET /runs/{RUN_ID}/artifacts/{path}", _in_two_pieces)

    target = client.download(RUN_ID, path, tmp_path / "deep" / "policy.bin")

    assert target.read_bytes() == CONTENT
    assert server.requests[-1].headers["Range"] == "bytes=1000-"
    assert [file.name for file in target.parent.iterdir()] == ["policy.bin"]


def test_a_damaged_download_leaves_no_file(
    server: ScriptedServer, client: Client, tmp_path: Path
) -> None:
    """What has another hash than announced is not kept."""
    path = "checkpoints/10/policy.safetensors"
    server.on(f"GET /runs/{RUN_ID}/artifacts", _artifact_list("0" * 64))
    server.on(f"GET /runs/{RUN_ID}/artifacts/{path}", Reply(200, CONTENT))
    with pytest.raises(DamagedDownloadError):
        client.download(RUN_ID, path, tmp_path / "policy.bin")
    assert list(tmp_path.iterdir()) == []


def test_a_part_of_an_artifact_can_be_read(server: ScriptedServer, client: Client) -> None:
    """The range is inclusive, as in HTTP."""
    server.on(f"GET /runs/{RUN_ID}/artifacts/log.txt", Reply(206, b"bc"))
    assert client.read_artifact(RUN_ID, "log.txt", first=1, last=2) == b"bc"
    assert server.requests[0].headers["Range"] == "bytes=1-2"


def test_ids_cannot_escape_their_path(server: ScriptedServer, client: Client) -> None:
    """A hostile id stays one path segment."""
    with pytest.raises(NotFoundError):
        client.get("../health")
    assert server.requests[0].path == "/runs/..%2Fhealth"
