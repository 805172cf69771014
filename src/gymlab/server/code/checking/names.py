"""Names that do not exist.

Compiled code says for every name where Python will look for it, so scopes of classes, functions,
comprehensions and annotations need no rules of our own. Code that makes names at run time
(`exec`, `globals()`, `import *` of an unknown module) is not judged.
"""

import ast
import builtins
import difflib
import dis
import inspect
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from types import CodeType

from gymlab.server.code.checking.beside import file_meant
from gymlab.server.code.checking.known_modules import public_names
from gymlab.server.code.checking.source import Beside, Place, Program, Source

_PRESENT = frozenset(dir(builtins)) | {
    "__name__", "__file__", "__doc__", "__builtins__", "__spec__", "__loader__", "__package__",
    "__annotations__", "__dict__", "__path__", "__module__", "__qualname__", "__class__",
}  # fmt: skip
_MAKES_NAMES = frozenset({"exec", "globals", "locals", "vars"})
_READS = frozenset({"LOAD_GLOBAL", "LOAD_NAME"})
_STORES = frozenset({"STORE_FAST", "STORE_DEREF"})
_MAX_SUGGESTIONS = 20
_HINTS = {
    "np": "Add `import numpy as np` at the top.",
    "numpy": "Add `import numpy` at the top.",
    "math": "Add `import math` at the top.",
    "torch": "Add `import torch` at the top.",
    "random": "Add `import random` at the top.",
    "gym": "Add `import gymnasium as gym` at the top.",
    "gymnasium": "Add `import gymnasium` at the top.",
    "spaces": "Add `from gymnasium import spaces` at the top.",
    "true": "Python writes `True`.",
    "false": "Python writes `False`.",
    "null": "Python writes `None`.",
    "none": "Python writes `None`.",
    "state": "The function is given what its arguments say: `obs` is the observation.",
    "observation": "The function is given what its arguments say; is it called `obs`?",
    "done": "`done` is `terminated or truncated`.",
}


@dataclass(slots=True)
class _Scope:
    """What one piece of compiled code does with names."""

    code: CodeType
    reads: list[tuple[str, Place]] = field(default_factory=list[tuple[str, Place]])
    """Names that are looked up in the class or module, and then among the built-in ones."""
    writes: set[str] = field(default_factory=set[str])
    """Names of the class or module that get a value."""
    makes_global: set[str] = field(default_factory=set[str])
    """Names of the module that get a value."""
    stores: dict[str, list[Place | None]] = field(default_factory=dict[str, list[Place | None]])
    """Variables of a function -> where they get a value."""

    def note(self, instruction: dis.Instruction) -> None:
        """Take one instruction into account."""
        kind = instruction.opname
        if kind in _READS and (place := _place(instruction)) is not None:
            self.reads.append((str(instruction.argval), place))
        elif kind == "STORE_NAME":
            self.writes.add(str(instruction.argval))
        elif kind == "STORE_GLOBAL":
            self.makes_global.add(str(instruction.argval))
        elif kind in _STORES:
            self.stores.setdefault(str(instruction.argval), []).append(_place(instruction))


def check_names(source: Source, program: Program) -> None:
    """Note every name that is nowhere given a value."""
    scopes = list(_scopes(program.code))
    module_names = scopes[0].writes.union(*(scope.makes_global for scope in scopes))
    _note_never_begun(source, program, scopes, module_names)
    wildcards = _wildcard_names(program.nodes, source.beside)
    makes_names = any(name in _MAKES_NAMES for scope in scopes for name, _ in scope.reads)
    if wildcards is None or makes_names:
        return
    known = module_names | wildcards | _PRESENT
    guarded = list(_guarded_lines(program.nodes))
    hints: dict[str, str | None] = {}
    for scope in scopes:
        for name, place in scope.reads:
            is_guarded = any(place.lineno in lines for lines in guarded)
            if name in known or name in scope.writes or is_guarded:
                continue
            if name not in hints:
                near = known | scope.writes | set(scope.code.co_varnames)
                hints[name] = _suggestion(name, near) if len(hints) < _MAX_SUGGESTIONS else None
            source.at(place, "undefined_name", f"`{name}` is not defined.", hints[name])


def _scopes(code: CodeType) -> Iterator[_Scope]:
    """Yield what a compiled module and everything inside it do, the module first."""
    waiting = [code]
    while waiting:
        scope = _Scope(waiting.pop())
        for instruction in dis.get_instructions(scope.code):
            scope.note(instruction)
        yield scope
        waiting += [item for item in scope.code.co_consts if isinstance(item, CodeType)]


def _place(instruction: dis.Instruction) -> Place | None:
    at = instruction.positions
    if at is None or at.lineno is None or at.col_offset is None:
        return None
    return Place(at.lineno, at.col_offset, at.end_lineno, at.end_col_offset)


def _wildcard_names(nodes: list[ast.AST], beside: Beside) -> set[str] | None:
    """Return what `import *` brings; None when that cannot be known."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            names: Collection[str] | None = None
            if (module := file_meant(node, beside)) is not None:
                names = beside[module]
            elif node.level == 0:
                names = public_names(node.module or "")
            if names is None:
                return None
            found |= set(names)
    return found


def _guarded_lines(nodes: list[ast.AST]) -> Iterator[range]:
    """Yield the lines in which a missing name is expected."""
    for node in nodes:
        if isinstance(node, ast.Try) and any(_catches_names(item) for item in node.handlers):
            yield range(node.lineno, (node.body[-1].end_lineno or node.lineno) + 1)


def _catches_names(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {kind.id for kind in kinds if isinstance(kind, ast.Name)}
    return bool(names & {"NameError", "Exception", "BaseException", "UnboundLocalError"})


def _suggestion(name: str, known: set[str]) -> str | None:
    if name in _HINTS:
        return _HINTS[name]
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    if close:
        return f"Did you mean `{close[0]}`?"
    if hasattr(math, name):
        return f"Write `math.{name}`, with `import math` at the top."
    return None


def _note_never_begun(
    source: Source, program: Program, scopes: list[_Scope], module_names: set[str]
) -> None:
    """Note variables of functions that are only ever added to: Python refuses the first time."""
    augmented = {
        (node.target.lineno, node.target.col_offset)
        for node in program.nodes
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    for scope in scopes if augmented else []:
        for name, places in scope.stores.items():
            first = places[0]
            is_only_added_to = all(
                place is not None and (place.lineno, place.col_offset) in augmented
                for place in places
            )
            if first is None or not is_only_added_to or name in _given(scope.code):
                continue
            hint = f"Give it a first value before, such as `{name} = 0.0`."
            if name in module_names:
                hint = f"Write `global {name}` at the beginning of the function."
            message = f"`{name}` has no value yet here: inside this function it is a new variable."
            source.at(first, "no_first_value", message, hint)


def _given(code: CodeType) -> set[str]:
    """Return the arguments of a function and the variables it shares with the one around it."""
    has_rest = bool(code.co_flags & inspect.CO_VARARGS) + bool(
        code.co_flags & inspect.CO_VARKEYWORDS
    )
    count = code.co_argcount + code.co_kwonlyargcount + has_rest
    return {*code.co_varnames[:count], *code.co_freevars}
