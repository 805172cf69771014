"""The step that installs bubblewrap, without which nothing fails but less is kept apart."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bootstrap_steps import Step, hash_of, say

PROGRAM = "bwrap"
INSTALL = {
    "apt-get": "apt install bubblewrap",
    "dnf": "dnf install bubblewrap",
    "pacman": "pacman -S bubblewrap",
    "zypper": "zypper install bubblewrap",
    "apk": "apk add bubblewrap",
}
TIMEOUT_S = 300
WITHOUT = (
    "training works without it; a server that other machines reach then refuses users' own code"
)


def install_sandbox(root: Path) -> Step:
    """Describe the step; it never fails, and says in one line what it could not do."""
    del root
    found = shutil.which(PROGRAM)

    def action(log: Path) -> None:
        log.write_bytes(b"")
        if sys.platform != "linux" or shutil.which(PROGRAM) is not None:
            return
        if may_install() and apt_install(log):
            return
        say(f"bubblewrap is missing. Run `{install_line()}`; {WITHOUT}.")

    return Step(
        name="sandbox",
        title="bubblewrap, which keeps workers apart",
        key=hash_of([sys.platform.encode(), (found or "").encode()]),
        results=(),
        action=action,
    )


def may_install() -> bool:
    """Tell whether this process may install packages of the system."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_line() -> str:
    """Return the command that installs it here."""
    for manager, line in INSTALL.items():
        if shutil.which(manager) is not None:
            return line if os.geteuid() == 0 else f"sudo {line}"
    return "install bubblewrap from https://github.com/containers/bubblewrap"


def apt_install(log: Path) -> bool:
    """Install it with apt; tell whether that worked."""
    install = ["apt-get", "install", "-y", "--no-install-recommends", "bubblewrap"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with log.open("ab") as output:
        for command in (install, ["apt-get", "update"], install):
            try:
                answer = subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env=environment,
                    timeout=TIMEOUT_S,
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired):
                return False
            if shutil.which(PROGRAM) is not None:
                return answer.returncode == 0
    return False
