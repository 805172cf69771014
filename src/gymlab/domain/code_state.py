"""Whether a piece of code remembers something from one call to the next, as far as can be read."""

import ast
from collections.abc import Iterator

_CHANGING = frozenset({
    "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popleft",
    "remove", "reverse", "setdefault", "sort", "update",
})  # fmt: skip
"""Methods that change what they are called on."""


def kept_state(source: str) -> str | None:
    """Return where code changes what outlives a call, as `line 4: count += 1`; None for nowhere.

    Reading finds the usual ways; what a called library remembers is not seen.
    """
    try:
        tree = ast.parse(source.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    outside = {name for node in tree.body for name in _bound(node)}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.Lambda):
            for node in ast.walk(function):
                if _changes(node, outside - _own(function)):
                    return f"line {getattr(node, 'lineno', 0)}: {ast.unparse(node)[:60]}"
    return None


def _bound(node: ast.AST) -> Iterator[str]:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        targets = [node.target]
    elif isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    for target in targets:
        yield from (item.id for item in ast.walk(target) if isinstance(item, ast.Name))


def _own(function: ast.FunctionDef | ast.Lambda) -> set[str]:
    """Return the names that are a function's own: arguments and what it assigns."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    names = {argument.arg for argument in every}
    stored = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    shared = {
        name
        for node in ast.walk(function)
        if isinstance(node, ast.Global | ast.Nonlocal)
        for name in node.names
    }
    return (names | stored) - shared


def _changes(node: ast.AST, outside: set[str]) -> bool:
    if isinstance(node, ast.Global | ast.Nonlocal):
        return True
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
        return _root(node) in outside
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in _CHANGING and _root(node.func.value) in outside
    return False


def _root(node: ast.AST) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
