"""What a worker prints becomes the log of its run."""

import logging
import sys

TOO_TALKATIVE = ("matplotlib",)
"""Libraries whose remarks are no news of a run; their warnings are."""


def log_to_stderr() -> None:
    """Print what is logged, without remarks of libraries about themselves."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s"
    )
    for name in TOO_TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
