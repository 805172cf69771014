"""Write the versions of this environment to `requirements/constraints.txt`."""

import subprocess
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "requirements" / "constraints.txt"
HEADER = (
    "# Versions seen working together; every install is held to them. Made by `make constraints`.\n"
)


def main() -> None:
    """Freeze without gymlab itself and without local versions such as `+cpu`."""
    frozen = subprocess.run(
        [sys.executable, "-m", "pip", "freeze", "--exclude", "gymlab"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    lines = [line.partition("+")[0] for line in frozen.splitlines() if "==" in line]
    TARGET.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
