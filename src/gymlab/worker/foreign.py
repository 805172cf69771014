"""The edge to code that is not ours to trust: environments' drawing, runners' descriptions."""

import logging
from collections.abc import Generator
from contextlib import contextmanager

from gymlab.errors import LabError

_LOG = logging.getLogger(__name__)
MAX_TEXT = 500


class ForeignCodeError(Exception):
    """Somebody else's code raised; the message is a sentence about it."""


@contextmanager
def foreign_code(what: str) -> Generator[None]:
    """Log whatever is raised inside and raise it as one kind of error.

    Args:
        what: What was being done, for the log.

    Raises:
        ForeignCodeError: Anything but the end of the process was raised.
    """
    try:
        yield
    except LabError as error:
        raise ForeignCodeError(error.detail) from error
    except (Exception, SystemExit) as error:
        _LOG.exception("%s failed", what)
        text = str(error)[:MAX_TEXT]
        name = type(error).__name__
        raise ForeignCodeError(f"{name}: {text}" if text else name) from error
