"""`python -m gymlab.worker`: serve one run over an inherited socket, or describe what is here."""

import argparse
import faulthandler
import json
import logging
import os
import socket
import sys
import warnings

from gymlab.worker.warm_up import set_headless

set_headless()

from gymlab.worker.describe import describe  # noqa: E402 - drawing libraries read the variables
from gymlab.worker.session import Session  # noqa: E402


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and do what it says; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m gymlab.worker", description=__doc__)
    parser.add_argument("--fd", type=int, help="inherited socket of the shim")
    parser.add_argument(
        "--runners", help="warm up only these runners, comma-joined (default: all available)"
    )
    parser.add_argument("command", nargs="?", choices=["describe"])
    parsed = parser.parse_args(arguments)
    faulthandler.enable()
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s"
    )
    if parsed.command == "describe":
        return _describe()
    if parsed.fd is None:
        parser.error("--fd or a command is needed")
    runners = parsed.runners.split(",") if parsed.runners else None
    return Session(socket.socket(fileno=parsed.fd)).serve(runners)


def _describe() -> int:
    document = _take_stdout()
    warnings.simplefilter("ignore")
    text = json.dumps(describe(), ensure_ascii=False, allow_nan=False)
    with os.fdopen(document, "w", encoding="utf-8") as out:
        out.write(text + "\n")
    return 0


def _take_stdout() -> int:
    """Return a descriptor of stdout, and send everything printed from now on to stderr."""
    sys.stdout.flush()
    document = os.dup(sys.__stdout__.fileno() if sys.__stdout__ else 1)
    os.dup2(2, 1)
    return document


if __name__ == "__main__":
    code = main()
    # Backends may leave threads behind that never end; everything was flushed and sent.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
