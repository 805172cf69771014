"""Control groups in the kernel's own tree, on machines where root may make one (cgroup version 2)."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gymlab.supervisor.sandbox.control_groups import BESIDE_THREADS, LEAF, SLACK_BYTES, TREE

pytestmark = pytest.mark.needs("control groups")
LIMIT_BYTES = 64 * 1024 * 1024
MAX_THREADS = 12
SERVER = f"""
import json, os, subprocess, sys
from pathlib import Path
from gymlab.supervisor.sandbox.control_groups import are_offered, enter_leaf, make_group

said = {{"before": are_offered(), "entered": enter_leaf(), "offered": are_offered()}}
said["own"] = Path("/proc/self/cgroup").read_text().strip()

def run(group, text):
    command = [*group.prefix, sys.executable, "-c", text]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)

group = make_group(max_threads={MAX_THREADS})
group.limit_memory({LIMIT_BYTES})
said["worker"] = run(group, "print(open('/proc/self/cgroup').read().strip())").stdout.strip()
said["kills_before"] = group.num_memory_kills()
said["bomb"] = run(group, "held = []\\nwhile True: held.append(bytearray(b'x') * (1 << 20))").returncode
said["kills"] = group.num_memory_kills()
said["peak"] = int((group.path / "memory.peak").read_text())
said["threads"] = int(run(group, '''
import threading
stop, started = threading.Event(), 0
try:
    while started < 1000:
        threading.Thread(target=stop.wait, daemon=True).start()
        started += 1
except RuntimeError:
    pass
stop.set()
print(started)
''').stdout)
group.close()
said["removed"] = not group.path.exists()
print(json.dumps(said))
"""
ENTER = """
import os, sys
from pathlib import Path
folder = Path(sys.argv[1])
(folder / "cgroup.procs").write_text(str(os.getpid()))
if sys.argv[2] == "delegated":
    os.setxattr(folder, "user.delegate", b"1")
os.execv(sys.executable, [sys.executable, "-c", sys.argv[3]])
"""


@pytest.fixture(name="folder")
def fixture_folder() -> Iterator[Path]:
    """Yield a folder of the real tree, as systemd makes one for a service."""
    folder = TREE / f"gymlab-test-{os.getpid()}"
    (TREE / "cgroup.subtree_control").write_text("+memory +pids")
    folder.mkdir()
    yield folder
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            path.rmdir()
    folder.rmdir()


def _served(folder: Path, kind: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", ENTER, str(folder), kind, SERVER],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_the_kernel_holds_workers_to_their_memory_and_number(folder: Path) -> None:
    """In groups beside the server's leaf, which are gone with them."""
    said = _served(folder, "delegated")
    assert (said["before"], said["entered"], said["offered"]) == (False, True, True)
    assert said["own"].endswith(f"/{folder.name}/{LEAF}")
    assert f"/{folder.name}/gymlab-worker-" in said["worker"]
    assert (said["kills_before"], said["bomb"], said["kills"]) == (0, -9, 1)
    assert said["peak"] <= LIMIT_BYTES + SLACK_BYTES
    assert said["threads"] <= MAX_THREADS + BESIDE_THREADS
    assert said["removed"]


def test_nothing_is_made_in_a_folder_that_was_not_delegated(folder: Path) -> None:
    """The kernel would allow it; the system's own manager has not."""
    program = "from gymlab.supervisor.sandbox.control_groups import enter_leaf; print(enter_leaf())"
    done = subprocess.run(
        [sys.executable, "-c", ENTER, str(folder), "kept", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == "False", done.stderr
    assert not (folder / LEAF).exists()
