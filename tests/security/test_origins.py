"""Pages of other sites and names of other hosts are refused before anything happens."""

import json
from collections.abc import Mapping

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.protocol import State
from websockets.sync.client import connect

from tests.integration.lab import API, LabServer
from tests.security.requests import VALID, raw, refused

FOREIGN: list[Mapping[str, str]] = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:1"},
    {"origin": "http://localhost.evil.example"},
    {"origin": "file://"},
    {"origin": ""},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
]
HOSTS = [
    "evil.example",
    "evil.example:8000",
    "127.0.0.1.evil.example",
    "localhost@evil.example",
    "[",
    "",
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_foreign_page_changes_nothing(lab: LabServer, headers: Mapping[str, str]) -> None:
    """No method that changes something is carried out."""
    before = len(lab.runs())
    refused(lab.request("POST", "/runs", json=VALID, headers=headers), 403)
    for method, path in (
        ("POST", "/runs/000000000000/stop"),
        ("DELETE", "/runs/000000000000"),
        ("PATCH", "/runs/000000000000"),
        ("POST", "/runs/check"),
    ):
        refused(lab.request(method, path, headers=headers), 403)
    assert len(lab.runs()) == before


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize(
    "path", ["/stream?topics=runs", "/runs/{run_id}/stream", "/runs/{run_id}/events/stream"]
)
def test_a_foreign_page_hears_no_stream(
    lab: LabServer, finished_run: str, path: str, headers: Mapping[str, str]
) -> None:
    """The refusal comes before the stream begins."""
    refused(lab.get(path.format(run_id=finished_run), headers=headers), 403)


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_foreign_page_sees_no_picture(
    lab: LabServer, finished_run: str, headers: Mapping[str, str]
) -> None:
    """The WebSocket is refused before the upgrade."""
    with pytest.raises(InvalidStatus) as refusal, _watch(lab, finished_run, headers):
        pass
    assert refusal.value.response.status_code == 403


@pytest.mark.parametrize("host", HOSTS)
def test_another_host_name_is_refused(lab: LabServer, host: str) -> None:
    """So that a name that is bound to this address later reads nothing (DNS rebinding)."""
    for method, path in (("GET", "/runs"), ("POST", "/runs"), ("GET", "/stream?topics=runs")):
        content = (
            f"{method} {API}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
            "Content-Length: 0\r\n\r\n"
        )
        status = int(raw(lab, content.encode()).split()[1])
        assert status in {400, 403, 421}


def test_another_host_name_gets_no_page(lab: LabServer) -> None:
    """The web app is refused as well."""
    answer = raw(lab, b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    assert int(answer.split()[1]) in {400, 403, 421}


def test_two_host_names_are_refused(lab: LabServer) -> None:
    """Nobody can tell which one the sender meant; the first being ours does not help."""
    hosts = f"Host: 127.0.0.1:{lab.port}\r\nHost: evil.example\r\n"
    request = f"GET {API}/health HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n"
    assert int(raw(lab, request.encode()).split()[1]) in {400, 403}


def test_the_own_page_and_other_clients_may(lab: LabServer, finished_run: str) -> None:
    """The page sends its own origin, a command sends none."""
    own = {"origin": lab.url, "sec-fetch-site": "same-origin"}
    for headers in (own, {}):
        answer = lab.request("POST", "/runs/check", json=VALID, headers=headers)
        assert answer.status_code == 200, answer.text
    local = f"http://localhost:{lab.port}"
    answer = httpx.post(f"{local}{API}/runs/check", json=VALID, headers={"origin": local})
    assert answer.status_code == 200
    with _watch(lab, finished_run, own) as pictures:
        assert pictures.protocol.state is State.OPEN


def test_no_other_site_is_told_that_it_may_read(lab: LabServer) -> None:
    """No answer carries permission for other origins."""
    answer = lab.get("/runs", headers={"origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    answer = lab.request("OPTIONS", "/runs", headers={"origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_pictures_of_an_unknown_run_are_refused_before_the_upgrade(lab: LabServer) -> None:
    """With an answer over HTTP."""
    with pytest.raises(InvalidStatus) as refusal, _watch(lab, "0" * 12, {}):
        pass
    assert refusal.value.response.status_code == 404


def test_a_websocket_at_an_address_without_one_is_not_found(lab: LabServer) -> None:
    """Before the upgrade, in the shape of every error."""
    url = f"ws://127.0.0.1:{lab.port}{API}/nothing/here"
    with pytest.raises(InvalidStatus) as refusal, connect(url, open_timeout=20, proxy=None):
        pass
    assert refusal.value.response.status_code == 404
    assert json.loads(bytes(refusal.value.response.body or b""))["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    "query", ["fps=0", "fps=61", "fps=x", "source=camera", "tiles=0", "tiles=9", "format=gif"]
)
def test_pictures_with_a_bad_query_are_refused(
    lab: LabServer, finished_run: str, query: str
) -> None:
    """Before the upgrade as well."""
    with pytest.raises(InvalidStatus) as refusal, _watch(lab, finished_run, {}, query):
        pass
    assert refusal.value.response.status_code == 422


def test_what_was_refused_before_the_upgrade_is_no_mistake_of_the_server(
    lab: LabServer, finished_run: str
) -> None:
    """Each has its answer; the log names no error for it."""
    log = lab.home / "logs" / "server.log"
    before = log.stat().st_size
    foreign = {"origin": "https://evil.example"}
    for run_id, headers, query in (
        (finished_run, foreign, "fps=5"),
        ("0" * 12, {}, "fps=5"),
        (finished_run, {}, "fps=0"),
        ("nothing/here", {}, "fps=5"),
    ):
        with pytest.raises(InvalidStatus) as refusal, _watch(lab, run_id, headers, query):
            pass
        assert json.loads(bytes(refusal.value.response.body or b""))["error"]["detail"]
    said = log.read_bytes()[before:].decode()
    assert [line for line in said.splitlines() if " ERROR " in line or "Traceback" in line] == []


def _watch(lab: LabServer, run_id: str, headers: Mapping[str, str], query: str = "fps=5"):  # noqa: ANN202 - the library's own type
    url = f"ws://127.0.0.1:{lab.port}{API}/runs/{run_id}/frames?{query}"
    sent = dict(headers)
    origin = sent.pop("origin", None)
    return connect(url, origin=origin, additional_headers=sent, open_timeout=20, proxy=None)
