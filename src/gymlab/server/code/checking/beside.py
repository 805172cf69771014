"""What a file of a source may take from the files beside it."""

import ast
import difflib

from gymlab.server.code.checking.source import Beside, Source


def names_given_by(text: str) -> frozenset[str] | None:
    """Return the names that a file's margin makes; None where that cannot be known."""
    try:
        tree = ast.parse(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None  # noted where the file itself is checked
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(names=[ast.alias(name="*")]) | ast.Global():
                return None
            case ast.Name(id="globals" | "exec" | "setattr"):
                return None
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.ClassDef(name=name):
                if name == "__getattr__":
                    return None
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.alias(name=name, asname=other):
                names.add(other or name.partition(".")[0])
            case _:
                pass
    return frozenset(names)


def file_meant(node: ast.ImportFrom, beside: Beside) -> str | None:
    """Return the module of the same source that something is imported from; None for others."""
    module = node.module or ""
    return module if node.level <= 1 and module in beside else None


def check_import_from_beside(source: Source, node: ast.ImportFrom) -> None:
    """Note what a file beside this one does not have, or that there is no such file."""
    beside = source.beside
    if node.level > 0 and node.module is None:
        for alias in node.names:
            if alias.name not in beside and alias.name != "*":
                source.at(alias, "missing_file", *_no_file(alias.name, beside))
        return
    module = node.module or ""
    if module not in beside:
        source.at(node, "missing_file", *_no_file(module, beside))
        return
    given = beside[module]
    for alias in node.names if given is not None else ():
        if alias.name != "*" and alias.name not in (given or ()):
            close = difflib.get_close_matches(alias.name, given or (), n=1, cutoff=0.7)
            hint = f"Did you mean `{close[0]}`?" if close else None
            message = f"`{module}.py` has no `{alias.name}`."
            source.at(alias, "no_member", message, hint)


def _no_file(module: str, beside: Beside) -> tuple[str, str]:
    there = ", ".join(f"`{name}.py`" for name in beside)
    return f"There is no file `{module}.py` here.", f"There are {there}."
