"""What the set-up makes once for every worker: programs that runners compile."""

import logging

from gymlab.runner_api.runner import Preparer
from gymlab.worker.discovery import discover_runners
from gymlab.worker.foreign import ForeignCodeError, foreign_code

_LOG = logging.getLogger(__name__)


def prepare_runners() -> bool:
    """Let every available runner prepare; tell whether all could."""
    folders, _ = discover_runners()
    is_done = True
    for folder in folders:
        if folder.unavailable_reason is not None:
            continue
        try:
            with foreign_code(f"preparing {folder.manifest.id}"):
                runner = folder.load()
                if isinstance(runner, Preparer):
                    runner.prepare()
        except ForeignCodeError as error:
            _LOG.warning("%s is not prepared, its runs compile: %s", folder.manifest.id, error)
            is_done = False
    return is_done
