"""Trying the sandbox of this machine with real attacks, in a tenth of a second."""

import json
import os
import socket
import subprocess
import sysconfig
import tempfile
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gymlab.supervisor.sandbox.command import worker_command
from gymlab.supervisor.sandbox.limits import MAX_FILE_BYTES
from gymlab.supervisor.sandbox.mechanism import Mechanism

SNIPPET_MODULE = "gymlab.worker.sandbox.snippet"
ATTACKS_FILE = Path(__file__).with_name("attacks.py")
TIMEOUT_S = 20.0
_CONTENT = b"not for workers"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the trial found."""

    num_tried: int
    through: tuple[str, ...]
    """Names of the attacks that succeeded."""
    problem: str | None = None
    """Why the sandbox did not even start."""

    @property
    def holds(self) -> bool:
        """Whether everything was tried and nothing got through."""
        return self.problem is None and not self.through


def run_self_test(mechanism: Mechanism, home: Path) -> Outcome:
    """Try every attack of `attacks.py` from inside a sandbox, against a file in the data folder.

    Args:
        mechanism: What confines the attacker.
        home: Data folder; a file is made in it and removed. Where there is none yet, another is used.

    Raises:
        ValueError: Nothing would confine the attacker, who would then hurt this process.
    """
    if not mechanism.confines:
        raise ValueError("attacks are not tried without a sandbox")
    with _targets(home) as (file, targets), tempfile.TemporaryDirectory() as scratch:
        text = f"TARGETS = {targets!r}\n{ATTACKS_FILE.read_text(encoding='utf-8')}"
        outcome = _attack(mechanism, Path(scratch), text)
        if outcome.problem is None and not _is_untouched(file):
            return Outcome(outcome.num_tried, (*outcome.through, "effect_on_data_folder"))
        return outcome


def _attack(mechanism: Mechanism, scratch: Path, text: str) -> Outcome:
    command = worker_command([], scratch=scratch, mechanism=mechanism, module=SNIPPET_MODULE)
    try:
        answer = subprocess.run(
            command.arguments,
            input=text.encode(),
            capture_output=True,
            check=False,
            timeout=TIMEOUT_S,
            env=command.environment,
            cwd=scratch,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Outcome(0, (), f"the trial could not be made: {error}")
    try:
        found = json.loads(answer.stdout)
        return Outcome(int(found["tried"]), tuple(str(name) for name in found["through"]))
    except (ValueError, KeyError, TypeError):
        said = answer.stderr.decode(errors="replace").strip().splitlines()
        last = said[-1] if said else f"exit code {answer.returncode}"
        return Outcome(0, (), f"the sandbox did not start: {last[:300]}")


@contextmanager
def _targets(home: Path) -> Generator[tuple[Path, dict[str, Any]]]:
    with (
        tempfile.TemporaryDirectory() as stand_in,
        tempfile.NamedTemporaryFile(
            dir=home if home.is_dir() else stand_in, prefix=".self-test-"
        ) as file,
        closing(socket.create_server(("127.0.0.1", 0))) as listening,
    ):
        file.write(_CONTENT)
        file.flush()
        Path(file.name).chmod(0o644)  # the sandbox must hold whatever the modes are
        yield (
            Path(file.name),
            {
                "file": file.name,
                "pid": os.getpid(),
                "port": listening.getsockname()[1],
                "packages": sysconfig.get_path("purelib"),
                "max_file_bytes": MAX_FILE_BYTES,
                "is_root": os.geteuid() == 0,
            },
        )


def _is_untouched(file: Path) -> bool:
    try:
        return file.read_bytes() == _CONTENT and file.stat().st_mode & 0o777 == 0o644
    except OSError:
        return False
