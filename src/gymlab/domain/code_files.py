"""Documents of several files: one text, in which a line names each file that begins.

A version, its hash and what a run carries are one text whatever the number of files; so is what
a person copies. The first file has no line of its own and is the one that the lab loads.
"""

import keyword
import re
import sys
from collections.abc import Mapping

MAIN = "main.py"
"""Name of the first file."""
MAX_FILES = 20
_HEADER = re.compile(r"(?:\A|\r\n|\r|\n)# ---- file: ([^\r\n]{1,120}?) ----[ \t]*(?=\r|\n|\Z)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}\.py")
_PACKAGES = frozenset({"numpy", "gymnasium", "torch", "scipy", "jax", "gymlab"})


class FilesError(Exception):
    """The files of a source cannot stand beside each other; the message is a sentence."""


def split_files(source: str) -> dict[str, str]:
    """Return the files of a source by name, in order; a source without headers is `main.py` alone.

    Of files with the same name the last one counts; `require_files` refuses them.
    """
    files: dict[str, str] = {}
    name, start = MAIN, 0
    for found in _HEADER.finditer(source):
        files[name] = source[start : found.start()]
        name, start = found[1].strip(), _after_line_end(source, found.end())
    files[name] = source[start:]
    return files


def join_files(files: Mapping[str, str]) -> str:
    """Return the source of files, the first of which is `main.py`; the inverse of `split_files`."""
    others = (f"\n# ---- file: {name} ----\n{text}" for name, text in files.items() if name != MAIN)
    return files.get(MAIN, "") + "".join(others)


def require_files(source: str) -> None:
    """Refuse files that could not import each other.

    Raises:
        FilesError: A name is impossible or taken, or there are too many.
    """
    names = [found[1].strip() for found in _HEADER.finditer(source)]
    if len(names) >= MAX_FILES:
        raise FilesError(f"There are {len(names) + 1} files; at most {MAX_FILES} are allowed.")
    seen = {MAIN}
    for name in names:
        if name in seen:
            raise FilesError(f"There are two files {name!r}.")
        seen.add(name)
        problem = name_problem(name)
        if problem is not None:
            raise FilesError(problem)


def name_problem(name: str) -> str | None:
    """Return why a file cannot have this name, as a sentence; None where it can."""
    stem = name.removesuffix(".py")
    if _NAME.fullmatch(name) is None or keyword.iskeyword(stem):
        return f"{name[:80]!r} cannot be imported: a name is like `physics.py`."
    if stem in sys.stdlib_module_names or stem in _PACKAGES:
        return f"A file {name!r} would hide the package `{stem}`: choose another name."
    return None


def module_of(name: str) -> str:
    """Return what a file is imported as."""
    return name.removesuffix(".py")


def shown_name(kind: str, name: str) -> str:
    """Return what a file is called in tracebacks: `<reward>`, `<reward/physics.py>`."""
    return f"<{kind}>" if name == MAIN else f"<{kind}/{name}>"


def _after_line_end(source: str, index: int) -> int:
    if source.startswith("\r\n", index):
        return index + 2
    return min(index + 1, len(source))
