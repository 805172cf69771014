"""`python -m gymlab` is the `gymlab` command."""

import sys
from importlib import import_module

from gymlab import documenting

_INTERRUPTED = 130
"""`cli.exit_codes.INTERRUPTED`, which is not loaded yet where it is needed here."""


def run() -> None:
    """Run the `gymlab` command in a process of its own, which needs no texts under fields."""
    documenting.leave_out()
    try:
        import_module("gymlab.cli.main").main()
    except KeyboardInterrupt:
        # Ctrl-C while modules are loaded; `main` itself answers a later one.
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    run()
