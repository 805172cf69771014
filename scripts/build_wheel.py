"""Build the wheel and make sure that the web app is inside."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = "gymlab/server/static/index.html"


def main() -> int:
    """Build `dist/gymlab-*.whl`; fail when the page is missing from it."""
    dist = ROOT / "dist"
    for old in dist.glob("gymlab-*.whl"):
        old.unlink()
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", str(dist), "."]
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        sys.stderr.write("gymlab: the wheel could not be built; the lines above say why.\n")
        return 1
    wheel = next(dist.glob("gymlab-*.whl"))
    if PAGE not in zipfile.ZipFile(wheel).namelist():
        sys.stderr.write(f"gymlab: {wheel.name} has no web app inside; run `make setup` first.\n")
        return 1
    sys.stdout.write(f"gymlab: {wheel.relative_to(ROOT)} ({wheel.stat().st_size / 1e6:.1f} MB)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
