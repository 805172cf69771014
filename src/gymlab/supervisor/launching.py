"""Starting shims (detached) and workers (as children of a shim)."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from gymlab.protocol.confinement import Profile
from gymlab.protocol.evaluation import AssignEvaluation
from gymlab.protocol.shim import Assign, AssignStage
from gymlab.supervisor.marker_page import MarkerPage
from gymlab.supervisor.sandbox.accelerators import Accelerator
from gymlab.supervisor.sandbox.command import WorkerCommand, worker_command
from gymlab.supervisor.sandbox.control_groups import ControlGroup, make_group
from gymlab.supervisor.sandbox.limits import MAX_THREADS
from gymlab.supervisor.sandbox.mechanism import Mechanism

SHIM_LOG = "shims.log"


def launch_shim(
    *, home: Path, assignment: Assign | None = None, only_runner: str | None = None
) -> subprocess.Popen[bytes]:
    """Start a shim that outlives its starter.

    Args:
        home: Data folder.
        assignment: The run to take at once; None starts an idle shim with a warm worker.
        only_runner: The only backend that such a worker imports; None imports all.
    """
    arguments = [sys.executable, "-P", "-m", "gymlab.supervisor.shim", "--home", str(home)]
    if assignment is not None:
        arguments.append("--assignment-on-stdin")
    elif only_runner is not None:
        arguments += ["--only-runner", only_runner]
    return _launch(home, arguments, assignment)


def launch_evaluation(*, home: Path, assignment: AssignEvaluation) -> subprocess.Popen[bytes]:
    """Start the shim of an evaluation, which outlives its starter."""
    module = "gymlab.supervisor.evaluation_shim"
    return _launch(home, [sys.executable, "-P", "-m", module, "--home", str(home)], assignment)


def launch_stage(*, home: Path, assignment: AssignStage) -> subprocess.Popen[bytes]:
    """Start a process that plays checkpoints of a run that has ended."""
    module = "gymlab.supervisor.stage"
    return _launch(home, [sys.executable, "-P", "-m", module, "--home", str(home)], assignment)


async def launch_model_work(*, home: Path) -> asyncio.subprocess.Process:
    """Start the process that reads or writes one model file; it is asked on stdin."""
    logs = home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / SHIM_LOG).open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "gymlab.supervisor.model_work",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            cwd=home,
        )  # fmt: skip


def _launch(
    home: Path, arguments: list[str], assignment: Assign | AssignEvaluation | AssignStage | None
) -> subprocess.Popen[bytes]:
    logs = home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / SHIM_LOG).open("ab") as log:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=home,
            start_new_session=True,
            close_fds=True,
        )
    assert process.stdin is not None  # noqa: S101
    # A shim that dies at once closes the pipe; its exit status says so to whoever waits for it.
    with contextlib.suppress(BrokenPipeError), process.stdin:
        if assignment is not None:
            process.stdin.write(msgspec.msgpack.encode(assignment))
    return process


@dataclass(frozen=True, slots=True)
class WorkerLaunch:
    """A worker that was just started, and the shim's ends of its channels."""

    process: subprocess.Popen[bytes]
    """The worker, or the program that keeps its namespaces and ends with it."""
    link: socket.socket
    """Framed messages, with descriptors."""
    output: int
    """Descriptor from which the worker's stdout and stderr are read."""
    marker: MarkerPage
    """Where it notes that user code is running."""
    is_wrapped: bool = False
    """Whether the worker is a descendant of `process`."""
    group: ControlGroup | None = None
    """Where the kernel holds it to its limits, if control groups were delegated."""


def launch_worker(
    *,
    scratch: Path,
    niceness: int = 0,
    runner: str | None = None,
    profile: Profile = "strict",
    mechanism: Mechanism | None = None,
    accelerator: Accelerator | None = None,
) -> WorkerLaunch:
    """Start a worker that knows nothing but one inherited socket, in the sandbox of this machine.

    It gets a scratch folder as home and working directory, an environment of listed
    variables only, the page of its marker, and no other descriptor.

    Args:
        scratch: Empty folder that is removed with the worker.
        niceness: Added to the scheduling priority; positive yields to training.
        runner: The only runner it needs to import; None imports all.
        profile: Whether it can make sockets.
        mechanism: What confines it; the best of this machine by default.
        accelerator: GPU that it computes on; None hides them all.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    reading, writing = os.pipe()
    marker = MarkerPage()
    inherited = (theirs.fileno(), marker.descriptor)
    scratch.mkdir(parents=True, exist_ok=True)
    words = ["--fd", str(theirs.fileno()), "--marker", str(marker.descriptor)]
    if runner is not None:
        words += ["--runners", runner]
    command = worker_command(
        words,
        scratch=scratch,
        niceness=niceness,
        profile=profile,
        mechanism=mechanism,
        accelerator=accelerator,
    )
    group = make_group(max_threads=MAX_THREADS)
    try:
        process = _start(command, group, scratch=scratch, output=writing, inherited=inherited)
    except OSError:
        ours.close()
        os.close(reading)
        marker.close()
        if group is not None:
            group.close()
        raise
    finally:
        theirs.close()
        os.close(writing)
    ours.settimeout(0)
    os.set_blocking(reading, False)
    return WorkerLaunch(process, ours, reading, marker, is_wrapped=command.is_wrapped, group=group)


def _start(
    command: WorkerCommand,
    group: ControlGroup | None,
    *,
    scratch: Path,
    output: int,
    inherited: Sequence[int],
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*(group.prefix if group is not None else ()), *command.arguments],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd=scratch,
        env=command.environment,
        pass_fds=inherited,
    )
