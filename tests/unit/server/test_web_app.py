"""The web app's files over HTTP: compressed where that is understood, the page for every address."""

import asyncio
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from gymlab.server.http import web_app

SCRIPT = "export const answer = 42;\n" * 200
PICTURE = bytes(range(256)) * 20


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small built web app, which is the one that is found."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>lab</title>")
    (folder / "assets" / "main-1.js").write_text(SCRIPT)
    (folder / "assets" / "logo-1.png").write_bytes(PICTURE)
    monkeypatch.setattr(web_app, "find_web_app", lambda: folder)
    return folder


def _ask(path: str, accepted: str = "gzip, br", method: str = "GET") -> httpx.Response:
    application = FastAPI()
    web_app.install_web_app(application)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://lab") as client:
            return await client.request(method, path, headers={"accept-encoding": accepted})

    return asyncio.run(ask())


def test_a_script_travels_compressed(folder: Path) -> None:
    """The same text arrives, in a tenth of the bytes."""
    assert folder.is_dir()
    answer = _ask("/assets/main-1.js")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "accept-encoding"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert int(answer.headers["content-length"]) < len(SCRIPT) / 10
    assert answer.text == SCRIPT


@pytest.mark.parametrize(
    "accepted", ["", "identity", "br", "gzip;q=0", "gzip; q=0.0", "gzipped", ";;,,"]
)
def test_who_does_not_take_it_gets_the_file_itself(folder: Path, accepted: str) -> None:
    """Nothing is compressed for who did not ask for it, however oddly it asks."""
    assert folder.is_dir()
    answer = _ask("/assets/main-1.js", accepted)
    assert "content-encoding" not in answer.headers
    assert answer.text == SCRIPT


def test_a_changed_file_is_compressed_anew(folder: Path) -> None:
    """A build beside a running server is seen."""
    assert _ask("/assets/main-1.js").text == SCRIPT
    changed = SCRIPT.replace("42", "1043")
    (folder / "assets" / "main-1.js").write_text(changed)
    assert _ask("/assets/main-1.js").text == changed


def test_pictures_and_small_pages_travel_as_they_are(folder: Path) -> None:
    """Compression that gains nothing is left out."""
    assert folder.is_dir()
    for path in ("/assets/logo-1.png", "/runs/anything"):
        assert "content-encoding" not in _ask(path).headers
    assert _ask("/assets/logo-1.png").content == PICTURE
