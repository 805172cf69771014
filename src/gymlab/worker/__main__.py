"""`python -m gymlab.worker`: serve one run over an inherited socket, or describe what is here."""

import argparse
import faulthandler
import json
import os
import socket
import sys
import warnings
from io import FileIO

from gymlab.worker.sandbox.boot import FLAG, MARKER_FLAG, confine_from

# Before anything of others is imported: their threads would stay free.
confine_from(sys.argv)

from gymlab.worker.warm_up import set_headless  # noqa: E402

set_headless()

from gymlab.envs.usercode.marker import MARKER  # noqa: E402
from gymlab.worker.describe import describe  # noqa: E402 - drawing libraries read the variables
from gymlab.worker.lifeline import end_with_parent  # noqa: E402
from gymlab.worker.playback import serve_replays  # noqa: E402
from gymlab.worker.preparing import prepare_runners  # noqa: E402
from gymlab.worker.printing import log_to_stderr  # noqa: E402
from gymlab.worker.session import Session  # noqa: E402
from gymlab.worker.spaces import serve_spaces  # noqa: E402
from gymlab.worker.thumbnails import serve_thumbnails  # noqa: E402


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and do what it says; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m gymlab.worker", description=__doc__)
    parser.add_argument("--fd", type=int, help="inherited socket of the shim")
    parser.add_argument(
        "--runners", help="warm up only these runners, comma-joined (default: all available)"
    )
    parser.add_argument(MARKER_FLAG, type=int, help="inherited page of the shim (see marker.py)")
    parser.add_argument(FLAG, help="what was given up before (JSON)")
    parser.add_argument(
        "command", nargs="?", choices=["describe", "thumbnails", "replays", "spaces", "prepare"]
    )
    parsed = parser.parse_args(arguments)
    faulthandler.enable()
    log_to_stderr()
    if parsed.command == "prepare":
        return 0 if prepare_runners() else 1
    if parsed.command is not None:
        return _write_document(parsed.command)
    if parsed.fd is None:
        parser.error("--fd or a command is needed")
    end_with_parent()
    if parsed.marker is not None:
        MARKER.share(parsed.marker)
    runners = parsed.runners.split(",") if parsed.runners else None
    return Session(socket.socket(fileno=parsed.fd)).serve(runners)


def _write_document(command: str) -> int:
    out = _take_stdout()
    warnings.simplefilter("ignore")
    if command == "thumbnails":
        serve_thumbnails(sys.stdin, out.write)
    elif command == "replays":
        serve_replays(sys.stdin, out.write)
    elif command == "spaces":
        serve_spaces(sys.stdin, out.write)
    else:
        out.write(json.dumps(describe(), ensure_ascii=False, allow_nan=False).encode() + b"\n")
    out.close()
    return 0


def _take_stdout() -> FileIO:
    """Return what was stdout, and send everything printed from now on to stderr."""
    sys.stdout.flush()
    document = os.dup(1)
    os.dup2(2, 1)
    return FileIO(document, "wb")


if __name__ == "__main__":
    code = main()
    # Backends may leave threads behind that never end; everything was flushed and sent.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
