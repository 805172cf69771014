"""JavaScript that the Lab page loads before it is usable, gzip."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figure import Figure, Plan
from benchmarks.lab import MeasurementError

WEB = Path(__file__).resolve().parent.parent / "web"
BAR_KB = 200.0


def measure(_plan: Plan) -> Sequence[Figure]:
    """Add up the entry, the Lab route and everything they import, background workers included."""
    sizes = lab_page_sizes(WEB / "dist")
    biggest = sorted(sizes, key=lambda name: -sizes[name])[:3]
    return [
        Figure(
            what="initial JavaScript of the Lab page, gzip",
            measured=sum(sizes.values()) / 1000,
            unit="kB",
            bar=BAR_KB,
            better="lower",
            note=f"{len(sizes)} files; "
            + ", ".join(f"{Path(name).name} {sizes[name] / 1000:.0f}" for name in biggest),
        )
    ]


def lab_page_sizes(dist: Path) -> dict[str, int]:
    """Return the JavaScript files of the Lab page below the build folder and their bytes in gzip.

    The script behind `npm run size` counts them, so that its limit and this figure agree.

    Raises:
        MeasurementError: The web app has not been built, has no Lab route, or there is no Node.
    """
    node = shutil.which("node")
    if node is None:
        raise MeasurementError("node was not found; it also builds the web app")
    counted = subprocess.run(
        [node, str(WEB / "scripts" / "check-size.mjs"), "--lab", str(dist)],
        check=False,
        capture_output=True,
        text=True,
    )
    if counted.returncode != 0:
        raise MeasurementError(counted.stderr.strip())
    sizes: dict[str, int] = json.loads(counted.stdout)
    return sizes
