"""What a short-lived process of the server's own writes."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from gymlab.errors import UnavailableError

_SHOWN_CHARACTERS = 4000
LOGGER = logging.getLogger(__name__)


async def output_of(
    arguments: Sequence[str],
    *,
    timeout_s: float,
    too_slow: str,
    failed: str,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> bytes:
    """Run a program to its end and return its standard output.

    Args:
        arguments: The program and what it is told.
        timeout_s: Seconds after which it is killed.
        too_slow: Sentence of the error where it was.
        failed: Sentence of the error where it ended with another exit code than 0.
        environment: Its variables; None for those of this process.
        folder: Where it works; None for where this process does.

    Raises:
        UnavailableError: It failed or took too long; what it complained of is in the log.
    """
    process = await asyncio.create_subprocess_exec(
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        cwd=folder,
    )
    try:
        out, complaint = await asyncio.wait_for(process.communicate(), timeout_s)
    except TimeoutError as error:
        raise UnavailableError(too_slow, hint="Try again in a minute.") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        LOGGER.error("%s %s", failed, complaint.decode(errors="replace")[-_SHOWN_CHARACTERS:])
        raise UnavailableError(failed, hint="logs/server.log says why.")
    return out
