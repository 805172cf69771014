"""Exit codes: what a script learns from a command without reading its text."""

from collections.abc import Mapping

from gymlab.errors import ErrorKind

OK = 0
BUG = 1
RUN_FAILED = 10
DIFFERENT = 11
DECLINED = 12
HUNG_UP = 129
INTERRUPTED = 130
TERMINATED = 143

BY_KIND: Mapping[ErrorKind, int] = {
    ErrorKind.INVALID: 2,
    ErrorKind.NOT_FOUND: 3,
    ErrorKind.CONFLICT: 4,
    ErrorKind.UNAVAILABLE: 5,
    ErrorKind.FORBIDDEN: 6,
    ErrorKind.UNAUTHENTICATED: 7,
    ErrorKind.TOO_LARGE: 8,
    ErrorKind.RATE_LIMITED: 9,
}
"""Kind of an error -> exit code; 2 is also a command line that cannot be understood."""

MEANINGS: Mapping[int, str] = {
    OK: "done",
    BUG: "unexpected error in gymlab itself",
    2: "invalid input or command line",
    3: "not found",
    4: "conflict with the present state",
    5: "unavailable: no server, a missing dependency, a check of doctor failed",
    6: "forbidden",
    7: "not signed in",
    8: "too large",
    9: "too many requests",
    RUN_FAILED: "the run that was trained ended as failed or interrupted, or the evaluation did not end well",
    DIFFERENT: "the reproduction that was waited for differs from the original",
    DECLINED: "a question was not answered with yes; nothing was changed",
    HUNG_UP: "left because the terminal was closed",
    INTERRUPTED: "left with Ctrl-C",
    TERMINATED: "left with SIGTERM",
}
"""Exit code -> meaning, as help and documentation print it."""


def epilog() -> str:
    """Return the exit codes as one paragraph for `--help`."""
    return "Exit codes: " + "; ".join(f"{code} {text}" for code, text in MEANINGS.items()) + "."
