"""Problems of the text itself: characters, line ends, indentation, size."""

import re

from gymlab.domain.code import MAX_SOURCE_BYTES
from gymlab.server.code.checking.source import Problem, Source

_INVISIBLE = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff]")
_INDENT = re.compile(r"[ \t]+")


def check_text(original: str, source: Source) -> bool:
    """Note what is wrong with the characters; tell whether it can be read as Python at all."""
    if not source.text.strip():
        source.in_line(1, "empty", "There is no code yet.", "Begin with a template.")
        return False
    size = len(original.encode())
    if size > MAX_SOURCE_BYTES:
        source.in_line(
            1,
            "too_long",
            f"The source has {size:,} bytes; at most {MAX_SOURCE_BYTES:,} are allowed.",
            "Load large tables with a package instead of writing them into the code.",
        )
        return False
    if "\0" in source.text:
        line, column = _place(source.text, source.text.index("\0"))
        source.in_line(
            line,
            "nul",
            "There is a NUL character, which no Python source may contain.",
            "Is it a binary file, or UTF-16? Save it as UTF-8.",
            column=column,
        )
        return False
    _note_marks(original, source)
    _note_invisible(source)
    return True


def _note_marks(original: str, source: Source) -> None:
    if original.startswith("\ufeff"):
        source.add(
            Problem(
                1,
                1,
                1,
                1,
                "info",
                "bom",
                "The file begins with a byte-order mark.",
                "It does no harm; `UTF-8 without BOM` is more usual.",
            )
        )
    if "\r" in original:
        number = original.replace("\r\n", "\n").count("\r")
        kind = "Windows (CRLF)" if number == 0 else "an old Macintosh (CR)"
        source.add(
            Problem(
                1,
                1,
                1,
                1,
                "info",
                "line_ends",
                f"The lines end as on {kind}.",
                "It does no harm; formatting makes them line feeds.",
            )
        )


def _note_invisible(source: Source) -> None:
    for found in _INVISIBLE.finditer(source.text):
        line, column = _place(source.text, found.start())
        source.add(
            Problem(
                line,
                column,
                line,
                column + 1,
                "warning",
                "invisible_character",
                f"There is an invisible character, U+{ord(found[0]):04X}.",
                "It can make code look different from what it does; remove it.",
            )
        )
        return


def note_mixed_indentation(source: Source) -> None:
    """Note lines that are indented with tabs where others have spaces; Python allows some of it."""
    tabs: int | None = None
    spaces = False
    for number, line in enumerate(source.lines, start=1):
        indent = _INDENT.match(line)
        if indent is None or not line.strip():
            continue
        if "\t" in indent[0]:
            tabs = tabs or number
        else:
            spaces = True
    if tabs is not None and spaces:
        source.in_line(
            tabs,
            "mixed_indentation",
            "This line is indented with tabs, others with spaces.",
            "Use four spaces everywhere; formatting does it.",
            severity="warning",
        )


def _place(text: str, index: int) -> tuple[int, int]:
    line = text.count("\n", 0, index) + 1
    return line, index - (text.rfind("\n", 0, index) + 1) + 1
