"""Naming what ended a worker, in words a person can act on."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gymlab.protocol.usercode import Place, UserCodeMoment, line_of_crash, was_deaf

_KILL_COUNTERS = (Path("/sys/fs/cgroup/memory.events"), Path("/proc/vmstat"))


@dataclass(frozen=True, slots=True)
class Death:
    """Why a worker is gone."""

    code: str
    """out_of_memory, over_limit, killed, crashed, frozen, exited, user_code_timeout, protocol or
    could_not_start."""
    detail: str
    hint: str | None = None
    line: str | None = None
    """Line of the author's code that did it, as `file:line`."""

    def told_after(self, what: str = "") -> str:
        """Return the detail where no timestep was counted, with what was done instead of it."""
        return self.detail.replace(" at timestep 0", what)


OUT_OF_MEMORY_HINT = "Choose a smaller buffer_size, batch_size or num_envs."
DOING: Mapping[Place, str] = {
    Place.IMPORT: "while it was loaded",
    Place.CONSTRUCTOR: "while the environment was made",
    Place.RESET: "in `reset`",
    Place.STEP: "in `step`",
    Place.REWARD: "in the reward",
    Place.RENDER: "in `render`",
    Place.EVALUATE: "in the evaluation",
}
"""Place where user code runs -> end of a sentence."""
_EXIT_DEAF = 1
"""Exit code with which the fault handler ends an interpreter."""
_CRASHES = {signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT}


def out_of_memory_kills() -> int:
    """Return how many processes the kernel has ended for memory, as far as it can be seen."""
    return sum(_kills_counted_in(path) for path in _KILL_COUNTERS)


def _kills_counted_in(path: Path) -> int:
    try:
        for line in path.read_text(encoding="ascii").splitlines():
            name, _, count = line.partition(" ")
            if name == "oom_kill":
                return int(count)
    except (OSError, ValueError):
        return 0
    return 0


def runs_user_code(spec: Mapping[str, Any]) -> bool:
    """Tell whether a run's specification brings code of its author."""
    return any(spec.get(name) for name in ("reward_code", "environment_code"))


def name_exit(
    returncode: int,
    *,
    timestep: int,
    kernel_memory_kill: bool,
    has_user_code: bool = False,
    moment: UserCodeMoment | None = None,
    printed: bytes = b"",
) -> Death:
    """Say what an exit status means.

    Args:
        returncode: As `subprocess` gives it: negative for a signal.
        timestep: Timesteps done, for the sentence.
        kernel_memory_kill: Whether the kernel ended a process for memory meanwhile.
        has_user_code: Whether the author's own code ran in it.
        moment: What of it was running at the end, as the worker had noted.
        printed: The end of what it printed: the fault handler's account stands there.
    """
    account = printed.decode(errors="replace") if has_user_code else ""
    line = line_of_crash(account)
    if returncode == _EXIT_DEAF and line is not None and was_deaf(account):
        return never_ended(moment, line)
    where = f"at timestep {timestep:,}"
    doing = f", {DOING[moment.place]}" if has_user_code and moment is not None else ""
    if returncode >= 0:
        return Death(
            "exited",
            f"Your code ended the interpreter with exit code {returncode} {where}{doing}."
            if has_user_code
            else f"The worker ended by itself with exit code {returncode} {where}.",
            "Raise an error or return instead of `exit` or `os._exit`."
            if has_user_code
            else "The log shows its last words.",
        )
    number = -returncode
    name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
    if number == signal.SIGKILL and kernel_memory_kill:
        detail = f"The machine ran out of memory and ended the worker {where}."
        return Death("out_of_memory", detail, OUT_OF_MEMORY_HINT)
    if number in _CRASHES:
        return Death(
            "crashed",
            f"Your code crashed the interpreter {where}{doing} ({name})."
            if has_user_code
            else f"The interpreter crashed with {name} {where}.",
            "Look for endless recursion, and for wrong calls of native libraries."
            if has_user_code
            else "Too deep a recursion, or a native library failed; the log shows where.",
            line,
        )
    return Death("killed", f"The worker was ended by {name} {where}.")


def never_ended(moment: UserCodeMoment | None, line: str) -> Death:
    """Say that user code ran on and let no other thread run, so that nothing could interrupt it."""
    what = f"The {moment.place.value}" if moment is not None else "Your code"
    return Death(
        "user_code_timeout",
        f"{what} was still running after some seconds, at {line}, in an operation that nothing can "
        "interrupt.",
        "Look there for work without an end: a huge number, an endless iterator, a regular expression.",
        line,
    )


def frozen(timestep: int) -> Death:
    """Say that the worker was stopped by a signal and therefore ended."""
    return Death("frozen", f"The worker was frozen by SIGSTOP at timestep {timestep:,}.")


def over_file_limit(what: str, timestep: int, *, has_user_code: bool = False) -> Death:
    """Say that the worker took more of something than a sandbox has, and was ended.

    Args:
        what: For example "made more than 20,000 files".
        timestep: Timesteps done, for the sentence.
        has_user_code: Whether the author's own code ran in it.
    """
    return Death(
        "over_limit",
        f"{_subject(has_user_code=has_user_code)} {what} at timestep {timestep:,}, and was ended.",
        "A worker keeps nothing: return what is to be stored, and reuse threads and files.",
    )


def over_memory_limit(limit_bytes: int, timestep: int, *, has_user_code: bool = False) -> Death:
    """Say that the worker grew over its limit and was ended."""
    subject = _subject(has_user_code=has_user_code)
    return Death(
        "out_of_memory",
        f"{subject} used more than {limit_bytes / 2**20:,.0f} MB of memory at timestep {timestep:,}, "
        "and was ended.",
        OUT_OF_MEMORY_HINT,
    )


def _subject(*, has_user_code: bool) -> str:
    return "Your code" if has_user_code else "The worker"
