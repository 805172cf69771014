"""Modules whose names are known here, because the server may import them: none is the user's."""

import ast
import difflib
import importlib
import importlib.util
import warnings
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from gymlab.server.code.checking.source import Program, Source

KNOWN = frozenset({
    "math", "cmath", "random", "statistics", "itertools", "functools", "collections", "operator",
    "dataclasses", "typing", "enum", "time", "copy", "numpy",
})  # fmt: skip
"""Libraries of Python, and NumPy, that have the same names in every worker of this machine."""


@cache
def known_module(name: str) -> ModuleType | None:
    """Return one of the known modules; None for every other name."""
    return importlib.import_module(name) if name in KNOWN else None


def public_names(name: str) -> set[str] | None:
    """Return what `from name import *` brings; None when that is not known."""
    module = known_module(name)
    if module is None:
        return None
    listed = getattr(module, "__all__", None)
    return set(listed) if listed else {item for item in dir(module) if not item.startswith("_")}


def check_members(source: Source, program: Program) -> None:
    """Note members of known modules that do not exist, such as `math.squareroot`."""
    modules = _names_of_modules(program.nodes)
    for node in program.nodes:
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            _check_import(source, node)
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and (module := modules.get(node.value.id)) is not None
            and not _has(module, node.attr)
        ):
            name = f"{node.value.id}.{node.attr}"
            source.at(node, "no_member", f"`{name}` does not exist.", _closest(module, node.attr))


def _check_import(source: Source, node: ast.ImportFrom) -> None:
    module = known_module(node.module or "")
    if module is None:
        return
    for alias in node.names:
        if alias.name != "*" and not _has(module, alias.name):
            message = f"`{node.module}` has no `{alias.name}`."
            source.at(alias, "no_member", message, _closest(module, alias.name))


def _has(module: ModuleType, name: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if hasattr(module, name):
            return True
    # Submodules become attributes once somebody imports them.
    path = getattr(module, "__path__", None)
    return path is not None and importlib.util.find_spec(f"{module.__name__}.{name}") is not None


def _closest(module: ModuleType, name: str) -> str | None:
    close = difflib.get_close_matches(name, dir(module), n=1, cutoff=0.7)
    return f"Did you mean `{close[0]}`?" if close else None


def _names_of_modules(nodes: list[ast.AST]) -> dict[str, ModuleType]:
    """Return the names that stand for a known module wherever they are used."""
    found: dict[str, ModuleType] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.name if alias.asname else alias.name.partition(".")[0]
                module = known_module(name)
                if module is not None:
                    found[alias.asname or name] = module
    for name in _otherwise_bound(nodes):
        found.pop(name, None)
    return found


def _otherwise_bound(nodes: list[ast.AST]) -> Iterator[str]:
    """Yield names that anything but a plain import gives a value to, in whatever scope."""
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                yield name
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store()):
                yield name
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
                yield node.name or ""
            case ast.MatchMapping():
                yield node.rest or ""
            case ast.ImportFrom(names=names):
                yield from (alias.asname or alias.name for alias in names)
            case ast.Import(names=names):
                yield from _unknown_modules(names)
            case _:
                pass


def _unknown_modules(names: list[ast.alias]) -> Iterator[str]:
    for alias in names:
        module = alias.name if alias.asname else alias.name.partition(".")[0]
        if known_module(module) is None:
            yield alias.asname or module
