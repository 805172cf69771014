"""What lies around a sandbox and must not be touched: a data folder, a victim, open doors."""

import hashlib
import os
import socket
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import gymlab
from gymlab.supervisor.sandbox.accelerators import Accelerator
from gymlab.supervisor.sandbox.command import worker_command
from gymlab.supervisor.sandbox.mechanism import Mechanism
from gymlab.supervisor.sandbox.self_test import SNIPPET_MODULE
from tests.security.sandbox.attack import Attack, program
from tests.security.sandbox.guarding import guarded

TIMEOUT_S = 60.0
SECRET = "never-for-workers"  # noqa: S105 - it guards nothing
PLANTED = tuple(
    Path(path)
    for path in (
        "/dev/shm/gymlab-attack",  # noqa: S108 - looked for, not made
        "/var/tmp/gymlab-attack",  # noqa: S108
        "/etc/cron.d/attack",
        "/usr/local/bin/attack",
        "/etc/ld.so.preload",
    )
)
VICTIM = "import time\nwhile True: time.sleep(60)"


class World:
    """Everything that attacks aim at, and whether it is as it was."""

    def __init__(self, folder: Path) -> None:
        """Make the files; everybody may read and write them, so that only the sandbox protects."""
        self.home = folder / "home"
        self.other_run = self.home / "runs" / "other"
        self.other_run.mkdir(parents=True)
        self.host_tmp = Path(tempfile.mkdtemp(prefix="gymlab-host-"))
        (self.host_tmp / "private").write_text(SECRET)
        (self.home / "gymlab.db").write_bytes(b"accounts" * 100)
        (self.home / "key").write_text(SECRET)
        (self.other_run / "spec.json").write_text("{}")
        (self.other_run / "metrics.jsonl").write_text("{}\n")
        for path in [folder, self.host_tmp, *folder.rglob("*")]:
            path.chmod(0o777 if path.is_dir() else 0o666)
        self.victim = subprocess.Popen([sys.executable, "-c", VICTIM])
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.unix = _listen(str(self.host_tmp / "service"))
        (self.host_tmp / "service").chmod(0o777)
        self.abstract = _listen(f"\0gymlab-attacked-{os.getpid()}")
        self.packets = _listen(str(self.host_tmp / "packets"), socket.SOCK_SEQPACKET)
        self.datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.datagrams.bind(str(self.host_tmp / "datagrams"))
        for name in ("packets", "datagrams"):
            (self.host_tmp / name).chmod(0o777)
        self._without_calls = (self.udp, self.datagrams)
        self._doors = (
            self.tcp, self.udp, self.unix, self.abstract, self.packets, self.datagrams,
        )  # fmt: skip
        for door in self._doors:
            door.setblocking(False)
        self._before = self._picture()

    def __enter__(self) -> Self:
        """Be there."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the doors and end the victim."""
        self.victim.kill()
        self.victim.wait()
        for door in self._doors:
            door.close()

    def targets(self) -> dict[str, object]:
        """Return what an attack is told."""
        return {
            "home": str(self.home),
            "database": str(self.home / "gymlab.db"),
            "key": str(self.home / "key"),
            "other_run": str(self.other_run),
            "host_tmp": str(self.host_tmp),
            "user_home": str(Path.home()),
            "packages": sysconfig.get_path("purelib"),
            "source": str(Path(gymlab.__file__).parent),
            "server": os.getpid(),
            "sentinel": self.victim.pid,
            "tcp": self.tcp.getsockname()[1],
            "udp": self.udp.getsockname()[1],
            "unix": self.unix.getsockname(),
            "abstract": self.abstract.getsockname(),
            "packets": self.packets.getsockname(),
            "datagrams": self.datagrams.getsockname(),
            "is_root": os.geteuid() == 0,
            "kernel_keys_visible": False,
        }

    def run(
        self,
        item: Attack,
        mechanism: Mechanism,
        scratch: Path,
        before: Sequence[str],
        accelerator: Accelerator | None = None,
    ) -> str:
        """Try an attack; return what it said."""
        command = worker_command(
            [],
            scratch=scratch,
            mechanism=mechanism,
            module=SNIPPET_MODULE,
            accelerator=accelerator,
        )
        process = subprocess.Popen(
            [*before, *command.arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=command.environment,
            cwd=scratch,
        )
        with guarded(
            process, scratch, is_wrapped=command.is_wrapped, is_behind_more=bool(before)
        ) as deaths:
            said, _ = process.communicate(program(item, self.targets()).encode(), TIMEOUT_S)
        ended = f"ended: {deaths[0].detail}" if deaths else f"exit {process.returncode}"
        return f"{said.decode(errors='replace')}\n{ended}"

    def damages(self) -> list[str]:
        """Return what is not as it was."""
        found = [
            f"{name} changed"
            for name, value in self._picture().items()
            if self._before.get(name) != value
        ]
        found += [f"{name} is gone" for name in self._before.keys() - self._picture().keys()]
        for door in self._doors:
            try:
                door.recv(1) if door in self._without_calls else door.accept()
            except BlockingIOError:
                continue
            found.append(f"somebody came to {door}")
        if self.victim.poll() is not None or _state(self.victim.pid) in {"T", "t"}:
            found.append("the victim was hurt")
        return found

    def _picture(self) -> dict[str, str]:
        return {str(path): _seen(path) for path in self._watched()}

    def _watched(self) -> Iterator[Path]:
        yield from (self.home, *sorted(self.home.rglob("*")), *sorted(self.host_tmp.iterdir()))
        packages = Path(sysconfig.get_path("purelib"))
        yield from sorted(packages.glob("*.pth"))
        yield from sorted(packages.glob("sitecustomize*"))
        yield packages / "gymnasium" / "__init__.py"
        yield Path(gymlab.__file__)
        yield Path(os.__file__)
        yield from (path for path in PLANTED if path.exists())


def _seen(path: Path) -> str:
    state = path.stat()
    content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    return f"{state.st_mode:o} {state.st_uid} {state.st_mtime_ns} {content}"


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _listen(address: str, kind: socket.SocketKind = socket.SOCK_STREAM) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, kind)
    listening.bind(address)
    listening.listen()
    return listening
