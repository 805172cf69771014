"""The Lab page's files are found by following the manifest."""

import json
from pathlib import Path

import pytest

from benchmarks.lab import MeasurementError
from benchmarks.page_weight import lab_page_sizes


def test_everything_the_page_loads_is_counted_and_nothing_else(tmp_path: Path) -> None:
    """Entry, route, shared chunks, scripts of the page and its worker; not other routes."""
    manifest = {
        "index.html": {"file": "assets/index.js", "isEntry": True, "imports": ["_shared.js"]},
        "_shared.js": {"file": "assets/shared.js"},
        "_player.js": {"file": "assets/player.js", "imports": ["_shared.js"]},
        "src/routes/lab-page.tsx": {"file": "assets/lab.js", "imports": ["_player.js"]},
        "src/routes/runs-page.tsx": {"file": "assets/runs.js"},
    }
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite" / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "index.html").write_text('<script src="/boot.js"></script>')
    (tmp_path / "boot.js").write_text("boot")
    (tmp_path / "assets").mkdir()
    for name in ("index", "shared", "lab", "runs", "frame-worker-x1"):
        (tmp_path / "assets" / f"{name}.js").write_text(name)
    (tmp_path / "assets" / "player.js").write_text('new Worker("/assets/frame-worker-x1.js")')

    assert set(lab_page_sizes(tmp_path)) == {
        "boot.js",
        *(f"assets/{name}.js" for name in ("index", "shared", "player", "lab", "frame-worker-x1")),
    }


def test_a_folder_without_a_build_is_named(tmp_path: Path) -> None:
    """There is nothing to count before the web app was built."""
    with pytest.raises(MeasurementError, match="build the web app first"):
        lab_page_sizes(tmp_path)
