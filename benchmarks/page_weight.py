"""JavaScript that the Lab page loads before it is usable, gzip."""

import gzip
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure, Plan
from benchmarks.lab import MeasurementError

DIST = Path(__file__).resolve().parent.parent / "web" / "dist"
BAR_KB = 200.0
WORKER_REFERENCE = re.compile(rb"assets/([A-Za-z0-9_.-]*worker[A-Za-z0-9_.-]*\.js)")
PAGE_SCRIPT = re.compile(r'<script[^>]*\bsrc="/([^"]+\.js)"')
Manifest = dict[str, dict[str, Any]]


def measure(_plan: Plan) -> Sequence[Figure]:
    """Add up the entry, the Lab route and everything they import, background workers included."""
    files = lab_page_files(DIST)
    sizes = {name: len(gzip.compress((DIST / name).read_bytes(), 9)) / 1000 for name in files}
    biggest = sorted(sizes, key=lambda name: -sizes[name])[:3]
    return [
        Figure(
            what="initial JavaScript of the Lab page, gzip",
            measured=sum(sizes.values()),
            unit="kB",
            bar=BAR_KB,
            better="lower",
            note=f"{len(sizes)} files; "
            + ", ".join(f"{Path(name).name} {sizes[name]:.0f}" for name in biggest),
        )
    ]


def lab_page_files(dist: Path) -> set[str]:
    """Return the JavaScript files of the Lab page below the build folder.

    Raises:
        MeasurementError: The web app has not been built, or has no Lab route.
    """
    path = dist / ".vite" / "manifest.json"
    if not path.exists():
        raise MeasurementError("build the web app first: make setup")
    manifest: Manifest = json.loads(path.read_bytes())
    roots = [key for key, chunk in manifest.items() if chunk.get("isEntry")]
    route = [key for key in manifest if Path(key).stem == "lab-page"]
    if not roots or not route:
        raise MeasurementError("the manifest has no entry or no lab-page")
    files = {manifest[key]["file"] for key in _closure(manifest, [*roots, *route])}
    page = (dist / "index.html").read_text(encoding="utf-8")
    return files | set(PAGE_SCRIPT.findall(page)) | _workers(dist, files)


def _closure(manifest: Manifest, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += manifest[key].get("imports", [])
    return found


def _workers(dist: Path, files: set[str]) -> set[str]:
    named = {
        match.decode()
        for name in files
        for match in WORKER_REFERENCE.findall((dist / name).read_bytes())
    }
    return {f"assets/{name}" for name in named if (dist / "assets" / name).exists()}
