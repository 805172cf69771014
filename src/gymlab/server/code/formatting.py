"""Laying sources out as ruff does, in a process of its own."""

import asyncio
import contextlib
import re

from ruff import find_ruff_bin

from gymlab.domain.code_files import join_files, split_files
from gymlab.errors import FieldProblem, InvalidInputError, UnavailableError

TIMEOUT_S = 10.0
LINE_LENGTH = 100
_POSITION = re.compile(r"code\.py:(\d+):(\d+): (.+)")


async def formatted(source: str) -> str:
    """Return a source in the usual layout, each of its files by itself.

    Raises:
        InvalidInputError: It is no Python; the position is named.
        UnavailableError: It takes too long, or the formatter is missing.
    """
    files = split_files(source)
    return join_files({name: await _formatted(text) for name, text in files.items()})


async def _formatted(source: str) -> str:
    """Return one file in the usual layout.

    Raises:
        InvalidInputError: It is no Python; the position is named.
        UnavailableError: It takes too long, or the formatter is missing.
    """
    text = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    try:
        process = await asyncio.create_subprocess_exec(
            find_ruff_bin(), "format", "--isolated", "--no-cache",
            "--line-length", str(LINE_LENGTH), "--stdin-filename", "code.py", "-",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={},
        )  # fmt: skip
    except OSError as error:
        hint = "`pip install ruff` brings it."
        raise UnavailableError("The formatter is not installed.", hint=hint) from error
    try:
        out, err = await asyncio.wait_for(process.communicate(text.encode()), TIMEOUT_S)
    except TimeoutError as error:
        raise UnavailableError("Laying the code out takes too long.") from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        raise _refused(err.decode(errors="replace"))
    return out.decode()


def _refused(said: str) -> InvalidInputError:
    found = _POSITION.search(said)
    detail = "The code cannot be laid out before it is valid Python."
    if found is not None:
        detail = f"Line {found[1]}, column {found[2]}: {found[3][:200]}."
    hint = "Checking shows where it goes wrong."
    return InvalidInputError(detail, hint=hint, fields=[FieldProblem("source", "syntax", detail)])
