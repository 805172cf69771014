"""What a machine has to allow for some tests; where it does not, they are left out and it is said.

A skipped test counts as failed in the totals, because nothing was proved. What only root may try
is no failure of an ordinary user's: such tests carry `needs("...")` and are deselected there.
"""

import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from functools import cache

import pytest
from hypothesis import settings

from gymlab.supervisor.sandbox.accelerators import cuda_accelerator
from gymlab.supervisor.sandbox.control_groups import CONTROLLERS, TREE
from gymlab.supervisor.sandbox.mechanism import best_mechanism
from gymlab.supervisor.sandbox.tiers import Tier

# How long an example takes says more about what else the machine does than about the code.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")


@cache
def can_mount() -> bool:
    """Tell whether a file system can be mounted, by mounting one."""
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory(prefix="gymlab-mount-") as folder:
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder],
            capture_output=True,
            check=False,
        )
        if made.returncode == 0:
            subprocess.run(["umount", folder], check=True)
    return made.returncode == 0


@cache
def has_namespaces() -> bool:
    """Tell whether bubblewrap can start here."""
    return best_mechanism().tier is Tier.ISOLATED


@cache
def has_card() -> bool:
    """Tell whether there is an NVIDIA card."""
    return cuda_accelerator() is not None


@cache
def has_control_groups() -> bool:
    """Tell whether a folder can be made in the kernel's tree (version 2), by making one."""
    folder = TREE / f"gymlab-probe-{os.getpid()}"
    try:
        words = " ".join(f"+{name}" for name in CONTROLLERS)
        (TREE / "cgroup.subtree_control").write_text(words)
        folder.mkdir()
        offered = (folder / "cgroup.controllers").read_text(encoding="ascii").split()
        folder.rmdir()
    except OSError:
        return False
    return set(CONTROLLERS) <= set(offered)


NEEDS: Mapping[str, tuple[Callable[[], bool], str]] = {
    "mounts": (can_mount, "a small disk of their own needs the right to mount (root)"),
    "namespaces": (
        has_namespaces,
        "needs bubblewrap that can start (`gymlab doctor` says why not)",
    ),
    "card": (has_card, "needs an NVIDIA card (docs/guide/devices.md says on which they passed)"),
    "control groups": (
        has_control_groups,
        f"need cgroup version 2 with memory and pids at {TREE}, and the right to change it (root)",
    ),
}
"""Name -> whether it is there, and what is said where it is not."""


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark."""
    config.addinivalue_line("markers", "needs(name): left out where the machine does not allow it")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what cannot be tried here."""
    left_out = [item for item in items if _missing(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it in plain words, also where other processes ran the tests."""
    for name, (is_there, reason) in NEEDS.items():
        if not is_there():
            terminalreporter.write_line(f'left out, not tried: tests that need "{name}": {reason}')


def _missing(item: pytest.Item) -> bool:
    names = [str(mark.args[0]) for mark in item.iter_markers("needs")]
    return any(not NEEDS[name][0]() for name in names)
