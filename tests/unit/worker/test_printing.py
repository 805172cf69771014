"""The log of a run begins with the run."""

import logging

from gymlab.worker.printing import log_to_stderr


def test_fonts_are_no_news_of_a_run() -> None:
    """A library's cache is remade in each sandbox, and it says so; what is wrong is still told."""
    log_to_stderr()
    fonts = logging.getLogger("matplotlib.font_manager")
    assert not fonts.isEnabledFor(logging.INFO)
    assert fonts.isEnabledFor(logging.WARNING)
