"""Loops that cannot end."""

import ast

from gymlab.server.code.checking.source import Program, Source

_HINT = "Add a `break`, a `return`, or a condition that becomes false."
_ENDS = (ast.Return, ast.Raise, ast.Assert, ast.Yield, ast.YieldFrom, ast.Await)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def check_loops(source: Source, program: Program) -> None:
    """Note `while True` and loops over endless counters that nothing leaves."""
    for node in program.nodes:
        if isinstance(node, ast.While) and _is_always_true(node.test) and not _can_leave(node.body):
            message = "Nothing ends this loop, so what follows is never reached."
            source.at(node.test, "endless_loop", message, _HINT, severity="warning")
        elif isinstance(node, ast.For) and _is_endless(node.iter) and not _can_leave(node.body):
            message = "This counts for ever: nothing ends the loop."
            source.at(node.iter, "endless_loop", message, _HINT, severity="warning")


def _is_always_true(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value)


def _is_endless(iterable: ast.expr) -> bool:
    match iterable:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="itertools"), attr="count" | "cycle")):
            return True
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="itertools"), attr="repeat"), args=[_], keywords=[]
        ):
            return True
        case _:
            return False


def _can_leave(body: list[ast.stmt]) -> bool:
    return any(_leaves(node, is_inner=False) for node in body)


def _leaves(node: ast.AST, *, is_inner: bool) -> bool:
    """Tell whether something in here may end the loop, or hands control to somebody else."""
    if isinstance(node, ast.Break):
        return not is_inner
    if isinstance(node, _ENDS) or (isinstance(node, ast.Call) and _may_end(node.func)):
        return True
    if isinstance(node, _FUNCTIONS):
        return False
    if not isinstance(node, ast.While | ast.For | ast.AsyncFor):
        return any(_leaves(child, is_inner=is_inner) for child in ast.iter_child_nodes(node))
    # What follows an inner loop's `else` belongs to the loop around it.
    behind = any(_leaves(child, is_inner=is_inner) for child in node.orelse)
    return behind or any(_leaves(child, is_inner=True) for child in node.body)


def _may_end(function: ast.expr) -> bool:
    match function:
        case ast.Name(id=name):
            return name in {"exit", "quit", "next"}
        case ast.Attribute(attr=name):
            return name in {"exit", "_exit", "abort"}
        case _:
            return False
