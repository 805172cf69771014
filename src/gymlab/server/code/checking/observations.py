"""Parts of an observation that do not exist in the chosen environment."""

import ast

from gymlab.domain.environments import SpaceInfo
from gymlab.server.code.checking.functions import Function, definitions
from gymlab.server.code.checking.source import Program, Source


def check_observations(source: Source, program: Program, space: SpaceInfo, env_id: str) -> None:
    """Note constant indices of the observations that are out of range."""
    found = list(definitions(program.tree.body, "reward_function"))
    if not found or not isinstance(found[-1], ast.FunctionDef):
        return
    arguments = [*found[-1].args.posonlyargs, *found[-1].args.args]
    names = {argument.arg for place, argument in enumerate(arguments) if place in {0, 2}}
    names -= _changed(found[-1])
    for node in ast.walk(found[-1]):
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=index) if name in names:
                _check_index(source, node, name, index, (space, env_id))
            case _:
                pass


def _check_index(
    source: Source, node: ast.Subscript, name: str, index: ast.expr, where: tuple[SpaceInfo, str]
) -> None:
    space, env_id = where
    number = _number(index)
    if number is None:
        return
    if space.type == "Discrete":
        message = f"`{name}` is a single number in {env_id}, so it has no parts."
        source.at(node, "no_such_part", message, f"Write `{name}` alone.")
    elif space.type == "Box" and space.shape is not None and len(space.shape) == 1:
        size = space.shape[0]
        if not -size <= number < size:
            message = f"`{name}` has {size} values in {env_id}; there is no number {number}."
            source.at(node, "no_such_part", message, f"They are numbered from 0 to {size - 1}.")


def _number(index: ast.expr) -> int | None:
    match index:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
            return -number
        case _:
            return None


def _changed(function: Function) -> set[str]:
    """Return the names that mean something else somewhere inside."""
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, Function | ast.Lambda) and node is not function:
            inner = node.args
            found |= {item.arg for item in [*inner.posonlyargs, *inner.args, *inner.kwonlyargs]}
    return found
