"""Previews take nothing that is not what it should be, and end when nobody looks."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.integration.lab import API, LabServer
from tests.security.requests import fields_of, refused

ABSENT = "abcdefgh0001"
PATIENCE_S = 30.0


@contextlib.contextmanager
def opened(lab: LabServer, **body: Any) -> Iterator[tuple[str, ClientConnection]]:
    """Open a preview of CartPole and yield its id and a connection."""
    answer = lab.post("/previews", {"env_id": "CartPole-v1", "seed": 3, **body})
    assert answer.status_code == 201, answer.text
    preview = answer.json()
    address = f"{lab.url.replace('http', 'ws')}{preview['ws_url']}?fps=30"
    with connect(address, max_size=None, origin=lab.url) as connection:  # pyright: ignore[reportArgumentType]
        yield preview["id"], connection
    lab.request("DELETE", f"/previews/{preview['id']}")


def told(connection: ClientConnection, kind: str, **wanted: Any) -> dict[str, Any]:
    """Return the next message of a kind in which these values stand."""
    while True:
        message = connection.recv(PATIENCE_S)
        if isinstance(message, bytes):
            continue
        said: dict[str, Any] = json.loads(message)
        if said["type"] == kind and all(said[name] == value for name, value in wanted.items()):
            return said
        assert said["type"] != "failed", said


def test_a_preview_shows_obeys_and_ends(lab: LabServer) -> None:
    """Pictures, states, every command of the contract, and nonsense in between."""
    with opened(lab, controller="human") as (preview_id, connection):
        assert told(connection, "ready")["keys"]["ArrowLeft"]
        assert told(connection, "state", timestep=0)["seed"] == 3
        assert any(isinstance(message, bytes) for message in connection)
        for nonsense in (
            "x", "{}", "[1]", '{"type":"explode"}', '{"type":"step","count":"many"}',
            '{"type":"step","count":-5}', '{"type":"seek","timestep":1e308}',
            '{"type":"action","action":{"a":1}}', '{"type":"action","action":' + "[" * 300,
            '{"type":"action","action":"__import__"}', '{"type":"key","down":[1]}',
            '{"type":"speed","speed":-1}', '{"type":"reset","seed":-7}', "x" * 2_000,
            '{"type":"action","action":1' + "0" * 40 + "}", '{"type":"action","action":[1' + "0" * 400 + "]}",
            '{"type":"pause","id":"a"}', '{"type":"pause","id":-1}', '{"type":"pause","id":1e300}',
        ):  # fmt: skip
            connection.send(nonsense)
        connection.send('{"type":"reset","seed":9}')
        assert told(connection, "state", seed=9)["timestep"] == 0
        connection.send('{"type":"action","action":1,"id":5}')
        assert told(connection, "state", timestep=1, answers=5)["reward"] == 1.0
        connection.send('{"type":"seek","timestep":0}')
        assert told(connection, "state", timestep=0)["last_timestep"] == 1
        connection.send('{"type":"key","down":["ArrowRight"]}')
        connection.send('{"type":"play"}')
        told(connection, "state", terminated=True)
        assert lab.request("DELETE", f"/previews/{preview_id}").status_code == 204
        told(connection, "status", phase="ended")
    refused(lab.request("DELETE", f"/previews/{preview_id}"), 404)


def test_a_policy_plays_in_the_environment_of_its_run(lab: LabServer, finished_run: str) -> None:
    """And in no other."""
    with opened(lab, controller="checkpoint", run_id=finished_run) as (_, connection):
        assert told(connection, "state", is_playing=True)["timestep"] >= 0
    body = {"env_id": "Acrobot-v1", "controller": "checkpoint", "run_id": finished_run}
    assert refused(lab.post("/previews", body), 409)["code"] == "environment_mismatch"


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"env_id": "Nowhere-v1"}, 422, "env_id"),
        ({"env_id": ""}, 422, "env_id"),
        ({"env_id": "os:system"}, 422, "env_id"),
        ({"env_id": "code/" + "a" * 12}, 422, "env_id"),
        ({"env_id": 3}, 422, "env_id"),
        ({"controller": "god"}, 422, "controller"),
        ({"controller": "checkpoint"}, 422, "run_id"),
        ({"controller": "random", "run_id": ABSENT}, 422, "run_id"),
        ({"controller": "checkpoint", "run_id": ABSENT}, 404, None),
        ({"controller": "checkpoint", "run_id": "../../etc"}, 404, None),
        ({"checkpoint": -1, "controller": "checkpoint"}, 422, "checkpoint"),
        ({"seed": -1}, 422, "seed"),
        ({"seed": 2**40}, 422, "seed"),
        ({"owner": "root"}, 422, "owner"),
    ],
)
def test_the_field_at_fault_is_named(
    lab: LabServer, changes: dict[str, Any], status: int, field: str | None
) -> None:
    """Before anything starts."""
    error = refused(lab.post("/previews", {"env_id": "CartPole-v1", **changes}), status)
    if field is not None:
        assert any(name.startswith(field) for name in fields_of(error))


def test_arguments_that_the_environment_refuses_are_told_to_the_viewer(lab: LabServer) -> None:
    """The worker alone can tell."""
    with opened(lab, env_kwargs={"gravity": "heavy"}) as (_, connection):
        assert told(connection, "failed")["detail"]


@pytest.mark.parametrize("preview_id", [ABSENT, "..", "%2e%2e", "a" * 500])
def test_ids_that_name_nothing_are_not_found(lab: LabServer, preview_id: str) -> None:
    """Neither to close nor to watch."""
    assert lab.request("DELETE", f"/previews/{preview_id}").status_code in {404, 405}
    address = f"{lab.url.replace('http', 'ws')}{API}/previews/{preview_id}/ws"
    with pytest.raises(InvalidStatus) as refusal, connect(address):
        pass
    assert refusal.value.response.status_code in {403, 404}


def test_a_foreign_page_cannot_watch(lab: LabServer) -> None:
    """Before the upgrade."""
    with opened(lab) as (preview_id, _):
        address = f"{lab.url.replace('http', 'ws')}{API}/previews/{preview_id}/ws"
        with pytest.raises(InvalidStatus), connect(address, origin="https://evil.example"):  # pyright: ignore[reportArgumentType]
            pass


def test_there_are_only_so_many_at_once(lab: LabServer) -> None:
    """One that nobody looks at makes room; those that are watched stay."""
    ids = [lab.post("/previews", {"env_id": "CartPole-v1"}).json()["id"] for _ in range(6)]
    alive = [lab.request("DELETE", f"/previews/{one}").status_code for one in ids]
    assert alive == [404, 404, 204, 204, 204, 204]
