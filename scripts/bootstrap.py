"""Set up gymlab in its own folder: Python packages, sandbox, web app, browser for the tests.

Needs nothing but the standard library. Every step leaves a stamp with the hash of what
it was made from under `.setup/`, so that a second call does nothing and is fast.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bootstrap_sandbox import install_sandbox
from bootstrap_steps import (
    FULL,
    NO_SPACE,
    SetupError,
    Step,
    compile_programs,
    explain_os_error,
    install_browser,
    install_python_packages,
    install_web_packages,
    web_app,
)

ROOT = Path(__file__).resolve().parent.parent
SETUP_DIR = ROOT / ".setup"


@dataclass(frozen=True)
class Target:
    """A named part of the set-up."""

    name: str
    make: Callable[[Path], Step]


TARGETS = (
    Target("python", install_python_packages),
    Target("programs", compile_programs),
    Target("sandbox", install_sandbox),
    Target("web-packages", install_web_packages),
    Target("web", web_app),
    Target("browser", install_browser),
)
DEFAULT_TARGETS = ("python", "programs", "sandbox", "web")
TEST_TARGETS = ("python", "programs", "sandbox", "web-packages", "web", "browser")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the steps that are out of date; print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--for-tests", action="store_true", help="also what `make test` needs")
    parser.add_argument("--only", choices=[target.name for target in TARGETS], action="append")
    options = parser.parse_args(arguments)
    wanted = options.only or (TEST_TARGETS if options.for_tests else DEFAULT_TARGETS)
    try:
        require_writable(ROOT)
        run_all([target.make(ROOT) for target in TARGETS if target.name in wanted])
    except SetupError as error:
        sys.stderr.write(f"gymlab: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("gymlab: interrupted; run the same command again to continue.\n")
        return 130
    except OSError as error:
        # The disk became full, or a file cannot be written: no step expects it.
        sys.stderr.write(f"gymlab: {explain_os_error(error)}\n")
        return 1
    return 0


def run_all(steps: Sequence[Step], setup_dir: Path = SETUP_DIR) -> None:
    """Run the steps that are out of date, after all that they cannot do without was found."""
    # A missing Node is said at once, not after the minutes that the Python packages take.
    for step in steps:
        if not step.is_current(setup_dir):
            step.require()
    for step in steps:
        step.run(setup_dir)


def require_writable(folder: Path) -> None:
    """Fail with one line where the project's folder cannot be written."""
    try:
        SETUP_DIR.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=SETUP_DIR):
            pass
    except OSError as error:
        if error.errno in FULL:
            raise SetupError(NO_SPACE) from error
        raise SetupError(
            f"cannot write to {folder} ({os.strerror(error.errno or 0)}). "
            "Copy the project to a folder of your own, or make this one writable."
        ) from error


if __name__ == "__main__":
    sys.exit(main())
