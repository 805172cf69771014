"""Model files that were made to harm: refused with a reason, executed never, nothing left behind."""

import io
import json
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.lab import API, LabServer
from tests.security.requests import fields_of, raw, refused

pytestmark = pytest.mark.timeout(200)


class Bomb:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self._path),)


def upload(lab: LabServer, content: bytes, **query: Any) -> httpx.Response:
    """Send a file."""
    headers = {"content-type": "application/octet-stream"}
    return lab.client.post(f"{lab.url}{API}/models", params=query, content=content, headers=headers)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.fixture(scope="module", name="model")
def fixture_model(lab: LabServer, finished_run: str) -> bytes:
    """Return the file of a finished run's model."""
    answer = lab.client.get(f"{lab.url}{API}/runs/{finished_run}/model")
    assert answer.status_code == 200, answer.text
    return answer.content


@pytest.fixture(autouse=True)
def _nothing_is_left(lab: LabServer) -> Any:
    before = sorted(path.name for path in (lab.home / "runs").iterdir())
    yield
    assert sorted(path.name for path in (lab.home / "runs").iterdir()) == before
    assert not list((lab.home / "transfers").glob("*"))


def test_a_zip_with_pickles_runs_nothing(lab: LabServer, tmp_path: Path) -> None:
    """Neither in the settings nor in the weights."""
    mark = tmp_path / "ran"
    bomb = pickle.dumps(Bomb(mark))
    data = {
        "policy_class": {":type:": "x", ":serialized:": bomb.hex()},
        "clip_range": 0.2,
        "num_timesteps": 5,
    }
    for policy in (bomb, zipped({"archive/data.pkl": bomb, "archive/version": b"3"})):
        content = zipped({"data": json.dumps(data).encode(), "policy.pth": policy})
        error = refused(upload(lab, content, env_id="CartPole-v1"), 422)
        assert error["code"] == "model_refused"
    assert refused(upload(lab, bomb), 422)["detail"].startswith("The file is a pickle")
    assert not mark.exists()


def test_a_bomb_is_refused_unpacked(lab: LabServer) -> None:
    """400 MB of zeros in half a megabyte."""
    content = zipped({"manifest.json": b" " * 400 * 2**20}, zipfile.ZIP_DEFLATED)
    assert len(content) < 2**20
    assert "shrink" in refused(upload(lab, content), 422)["detail"]


@pytest.mark.parametrize("name", ["../../evil.safetensors", "/etc/x.safetensors"])
def test_a_path_leads_nowhere(lab: LabServer, model: bytes, name: str) -> None:
    """Names are compared with a list."""
    stream = io.BytesIO(model)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name, b"x")
    assert "does not belong" in refused(upload(lab, stream.getvalue()), 422)["detail"]
    assert not list(lab.home.glob("evil*"))


def test_damaged_and_foreign_files_are_refused(lab: LabServer, model: bytes) -> None:
    """With a sentence and what to do."""
    for content in (b"", b"\x89PNG\r\n" * 50, model[: len(model) // 2]):
        error = refused(upload(lab, content), 422)
        assert error["hint"]


def test_wishes_that_cannot_be_are_refused_by_name(lab: LabServer, model: bytes) -> None:
    """Before the file is looked at."""
    for query, field in (
        ({"env_kwargs": "[]"}, "env_kwargs"),
        ({"env_kwargs": "{" * 5000}, "env_kwargs"),
        ({"runner": "nobody"}, "runner"),
        ({"name": "a\u202eb"}, "name"),
        ({"name": "x" * 300}, "name"),
        ({"surprise": "1"}, "surprise"),
    ):
        assert field in fields_of(refused(upload(lab, model, **query), 422)), query
    assert refused(upload(lab, model, env_id="Nowhere-v9"), 404)["code"] == "environment_not_found"
    assert "ppo" in refused(upload(lab, model, algorithm="ppo"), 422)["detail"]


def test_what_is_too_large_is_refused_before_it_is_sent(lab: LabServer) -> None:
    """By the length that is announced."""
    head = (
        f"POST {API}/models HTTP/1.1\r\nHost: 127.0.0.1:{lab.port}\r\n"
        f"Content-Length: {600 * 2**20}\r\n\r\n"
    )
    assert raw(lab, head.encode()).startswith(b"HTTP/1.1 413")


def test_other_pages_may_not_upload(lab: LabServer, model: bytes) -> None:
    """A page that the user visits has another origin."""
    headers = {"origin": "http://evil.example", "content-type": "text/plain"}
    answer = lab.client.post(f"{lab.url}{API}/models", content=model, headers=headers)
    assert refused(answer, 403)["code"] == "foreign_origin"


def test_models_that_are_not_there_cannot_be_downloaded(lab: LabServer, finished_run: str) -> None:
    """Formats and checkpoints are named in the refusal."""

    def get(**query: str) -> httpx.Response:
        return lab.client.get(f"{lab.url}{API}/runs/{finished_run}/model", params=query)

    assert "safetensors" in refused(get(format="pickle"), 422)["detail"]
    assert "checkpoint" in fields_of(refused(get(checkpoint="../1"), 422))
    assert refused(get(checkpoint="7"), 422)["code"] == "checkpoint_not_found"
    missing = lab.client.get(f"{lab.url}{API}/runs/000000000000/model")
    assert refused(missing, 404)["code"] == "run_not_found"
