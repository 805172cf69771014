"""The page with links to the code that its address needs.

The app's entry imports the code of a page only once it has run itself. Said beforehand, both come
at the same time.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

MANIFEST = Path(".vite", "manifest.json")
"""What the build says about its files: key -> file and the keys that it imports."""
ENTRY = "index.html"
PAGES: Mapping[str, str] = {
    "": "home-page",
    "lab": "lab-page",
    "runs": "runs-page",
    "runs/*": "run-page",
    "compare": "compare-page",
    "models": "models-page",
    "code": "code-page",
    "code/*": "code-document-page",
    "play": "play-page",
    "bin": "bin-page",
    "storage": "storage-page",
}
"""Address, a star for an id -> module below `web/src/routes`."""
_ID = re.compile(r"/[^/]+$")
_END_OF_HEAD = "</head>"


def page_key(path: str) -> str | None:
    """Return the manifest's key of the page at an address; None where there is none."""
    path = path.strip("/")
    module = PAGES.get(path) or PAGES.get(_ID.sub("/*", path))
    return None if module is None or "*" in path else f"src/routes/{module}.tsx"


@lru_cache(maxsize=64)
def page_with_links(folder: Path, key: str | None, mtime_ns: int) -> bytes:  # noqa: ARG001 - a build that changed is another
    """Return the page with a link to each file that a page of the app needs besides the entry.

    Args:
        folder: The built app.
        key: The page's name in the manifest; None for no links.
        mtime_ns: When the page was written: another build is another page.
    """
    text = (folder / ENTRY).read_text(encoding="utf-8")
    links = [
        f'<link rel="modulepreload" crossorigin href="/{file}">\n' for file in _files(folder, key)
    ]
    return text.replace(_END_OF_HEAD, "".join(links) + _END_OF_HEAD, 1).encode()


def _files(folder: Path, key: str | None) -> list[str]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        known = _closure(manifest, ENTRY)
        return [file for file in _closure(manifest, key) if file not in known] if key else []
    except (OSError, ValueError, KeyError, TypeError):
        # Another build, or a damaged one: the page works without.
        return []


def _closure(manifest: Mapping[str, Any], key: str) -> list[str]:
    """Return the files of a chunk and of all that it imports, in no order that matters."""
    found: dict[str, str] = {}
    waiting = [key]
    while waiting:
        if (one := waiting.pop()) not in found:
            found[one] = manifest[one]["file"]
            waiting += manifest[one].get("imports", [])
    return list(found.values())
