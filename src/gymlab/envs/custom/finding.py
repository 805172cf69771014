"""From a source to the one environment class that it defines."""

import ast
from functools import lru_cache
from types import ModuleType
from typing import Any, cast

import gymnasium

from gymlab.domain.code import CodeKind, SourceCode
from gymlab.domain.code_files import shown_name, split_files
from gymlab.envs.usercode.loading import load_source
from gymlab.errors import UserCodeError

CHOSEN = "ENVIRONMENT"
"""Name that says which class is meant where there are several."""
EnvClass = type[gymnasium.Env[Any, Any]]


def environment_class(code: SourceCode) -> EnvClass:
    """Return the class; a source is run once in a process, whatever the number of environments.

    Raises:
        UserCodeError: It cannot be loaded, or defines no or several environments.
    """
    return _class_of(_Loaded(code))


class _Loaded:
    """A source as a key of the cache: equal sources are one."""

    def __init__(self, code: SourceCode) -> None:
        self.code = code

    def __hash__(self) -> int:
        return hash(self.code.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Loaded) and other.code.sha256 == self.code.sha256


@lru_cache(maxsize=8)
def _class_of(loaded: _Loaded) -> EnvClass:
    return _find(load_source(loaded.code, CodeKind.ENVIRONMENT))


def _find(module: ModuleType) -> EnvClass:
    chosen = module.__dict__.get(CHOSEN)
    if chosen is not None:
        if isinstance(chosen, type) and issubclass(chosen, gymnasium.Env):
            return cast("EnvClass", chosen)
        raise UserCodeError(
            f"{CHOSEN} is no class that derives from gymnasium.Env.",
            hint=f"Write `{CHOSEN} = MyEnvironment` at the end, without brackets.",
        )
    own = [
        cast("EnvClass", item)
        for item in module.__dict__.values()
        if isinstance(item, type)
        and issubclass(item, gymnasium.Env)
        and f"{item.__module__}.".startswith(f"{module.__name__}.")
    ]
    # What stands in the main file is meant rather than what it imports from beside it.
    own = [item for item in own if item.__module__ == module.__name__] or own
    leaves = [
        item
        for item in own
        if not any(item is not other and issubclass(other, item) for other in own)
    ]
    if len(leaves) == 1:
        return leaves[0]
    if not leaves:
        raise UserCodeError(
            "There is no class that derives from gymnasium.Env.",
            hint="Write `class MyEnvironment(gymnasium.Env):`; the template shows all that is needed.",
        )
    names = ", ".join(item.__name__ for item in leaves)
    raise UserCodeError(
        f"There are several environments: {names}.",
        hint=f"Say which one is meant: `{CHOSEN} = {leaves[-1].__name__}` at the end.",
    )


def line_of_method(code: SourceCode, env: EnvClass, method: str) -> str | None:
    """Return where a method returns, or where it begins if it does so at several places."""
    names = {item.__name__ for item in env.__mro__}
    for file, text in split_files(code.source).items():
        number = _line_in(text, names, method)
        if number is not None:
            return f"{shown_name(CodeKind.ENVIRONMENT.value, file)}:{number}"
    return None


def _line_in(text: str, names: set[str], method: str) -> int | None:
    try:
        tree = ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in names:
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and item.name == method:
                    returns = [part for part in ast.walk(item) if isinstance(part, ast.Return)]
                    return returns[0].lineno if len(returns) == 1 else item.lineno
    return None
