"""The web app's files over HTTP: compressed where that is understood, the page for every address."""

import asyncio
import json
import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from gymlab.server.http import page_code, web_app

ROOT = Path(__file__).resolve().parents[3]
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


# ---- the code of a page -------------------------------------------------------------------------

CHUNKS = {
    "index.html": {"file": "assets/main-1.js", "imports": ["_shared.js"]},
    "_shared.js": {"file": "assets/shared-1.js"},
    "src/routes/compare-page.tsx": {
        "file": "assets/compare-1.js",
        "imports": ["index.html", "_chart.js"],
    },
    "_chart.js": {"file": "assets/chart-1.js", "imports": ["_shared.js", "_chart.js"]},
}
LINK = re.compile(r'<link rel="modulepreload" crossorigin href="/(.+?)">')


def _write_manifest(folder: Path, text: str) -> None:
    (folder / "index.html").write_text("<!doctype html><head><title>lab</title></head>")
    (folder / ".vite").mkdir()
    (folder / ".vite" / "manifest.json").write_text(text)


@pytest.mark.parametrize("path", ["/compare", "/compare/", "/compare?ids=a,b"])
def test_the_page_names_the_code_of_its_address(folder: Path, path: str) -> None:
    """What the entry brings along is not named twice."""
    _write_manifest(folder, json.dumps(CHUNKS))
    answer = _ask(path)
    assert sorted(LINK.findall(answer.text)) == ["assets/chart-1.js", "assets/compare-1.js"]
    assert answer.text.endswith("</head>")
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/", "/runs/*", "/nowhere", "/compare/more", "/%22%3E%3Cscript%3E", "/../compare.tsx"]
)
def test_other_addresses_get_the_page_as_it_is(folder: Path, path: str) -> None:
    """Nothing of an address ever stands in the page."""
    _write_manifest(folder, json.dumps(CHUNKS))
    assert _ask(path).text == (folder / "index.html").read_text()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"index.html": 3}', '{"index.html": {"file": "a"}}']
)
def test_a_damaged_manifest_only_costs_the_links(folder: Path, text: str) -> None:
    """The page works without them."""
    _write_manifest(folder, text)
    answer = _ask("/compare")
    assert (answer.status_code, LINK.findall(answer.text)) == (200, [])


def test_every_page_of_the_app_is_known() -> None:
    """Addresses and modules are those of the app's router."""
    router = (ROOT / "web" / "src" / "app" / "router.tsx").read_text(encoding="utf-8")
    routes = re.findall(r'path: "/(.*?)",.*?import\("@/routes/(.+?)"\)', router, re.DOTALL)
    named = {re.sub(r"\$\w+", "*", path): module for path, module in routes}
    assert named == page_code.PAGES
