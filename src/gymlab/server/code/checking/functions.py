"""Whether the function that a reward or an evaluation has to define is there and can be called."""

import ast
from collections.abc import Iterator

from gymlab.domain.code import CodeKind
from gymlab.server.code.checking.source import Program, Source

REWARD_FORMS = (
    ("obs", "action"),
    ("obs", "action", "next_obs", "reward", "terminated", "truncated", "info"),
)
"""Arguments of a reward: one of these lists, under any names."""
EVALUATION_FORMS = (("episodes",),)
NAMES = {CodeKind.REWARD: "reward_function", CodeKind.EVALUATION: "evaluate"}
FORMS = {CodeKind.REWARD: REWARD_FORMS, CodeKind.EVALUATION: EVALUATION_FORMS}
_RETURNS = {
    CodeKind.REWARD: "Return a number, or a dict of named numbers.",
    CodeKind.EVALUATION: "Return a dict of named numbers.",
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def check_function(source: Source, program: Program, kind: CodeKind) -> None:
    """Note what keeps the lab from calling the function."""
    name, forms = NAMES[kind], FORMS[kind]
    wanted = " or ".join(f"`def {name}({', '.join(form)})`" for form in forms)
    found = list(definitions(program.tree.body, name))
    if not found:
        _note_missing(source, program, name, wanted)
        return
    function = found[-1]
    if not isinstance(function, Function):
        _check_lambda(source, function, name, forms, wanted)
        return
    if isinstance(function, ast.AsyncFunctionDef):
        message = f"`{name}` is called directly, which an `async def` does not allow."
        source.at(function, "wrong_signature", message, "Remove `async`.")
        return
    if not function.decorator_list:
        _check_arguments(source, function, function.args, name, forms, wanted)
    _check_returns(source, function, name, _RETURNS[kind])


def definitions(body: list[ast.stmt], name: str) -> Iterator[Function | ast.expr | ast.stmt]:
    """Yield what gives a name of a module its value, blocks included."""
    for node in body:
        found = _definition(node, name)
        if found is not None:
            yield found
        for block in _blocks(node):
            yield from definitions(block, name)


def _definition(node: ast.stmt, name: str) -> ast.expr | ast.stmt | None:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node if node.name == name else None
        case ast.Assign(targets=targets, value=value):
            return value if any(_binds(target, name) for target in targets) else None
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            return value if _binds(target, name) else None
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            is_it = any((alias.asname or alias.name) in {name, "*"} for alias in names)
            return node if is_it else None
        case _:
            return None


def _binds(target: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(target))


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    if isinstance(node, ast.If | ast.For | ast.While | ast.With | ast.Try):
        for field in ("body", "orelse", "finalbody"):
            yield getattr(node, field, [])
        for handler in getattr(node, "handlers", []):
            yield handler.body


def _note_missing(source: Source, program: Program, name: str, wanted: str) -> None:
    functions = [node for node in program.nodes if isinstance(node, Function)]
    nested = next((node for node in functions if node.name == name), None)
    if nested is not None:
        message = f"`{name}` is defined inside something else, where it cannot be called."
        source.at(nested, "missing_function", message, "Move it to the left margin.")
        return
    at_margin = [node for node in program.tree.body if isinstance(node, Function)]
    if len(at_margin) == 1:
        message = f"The function must be called `{name}`, not `{at_margin[0].name}`."
        source.at(at_margin[0], "missing_function", message, f"Write {wanted}.")
        return
    last = len(source.text.rstrip().split("\n"))
    source.in_line(last, "missing_function", f"There is no function `{name}`.", f"Write {wanted}.")


def _check_lambda(
    source: Source,
    value: ast.expr | ast.stmt,
    name: str,
    forms: tuple[tuple[str, ...], ...],
    wanted: str,
) -> None:
    if isinstance(value, ast.Lambda):
        _check_arguments(source, value, value.args, name, forms, wanted)
    elif isinstance(
        value, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.Set | ast.JoinedStr
    ):
        message = f"`{name}` must be a function."
        source.at(value, "wrong_signature", message, f"Write {wanted}.")


def _check_arguments(
    source: Source,
    node: Function | ast.Lambda,
    arguments: ast.arguments,
    name: str,
    forms: tuple[tuple[str, ...], ...],
    wanted: str,
) -> None:
    required = [
        argument.arg
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is None
    ]
    if required:
        message = f"`{name}` is called with positions, so `{required[0]}` would never be given."
        source.at(node, "wrong_signature", message, f"Write {wanted}.")
        return
    most = len(arguments.posonlyargs) + len(arguments.args)
    least = most - len(arguments.defaults)
    is_open = arguments.vararg is not None
    if any(least <= len(form) and (is_open or len(form) <= most) for form in forms):
        return
    first = (arguments.posonlyargs + arguments.args)[:1]
    counts = " or ".join(str(len(form)) for form in forms)
    has = "no arguments" if most == 0 else "1 argument" if most == 1 else f"{most} arguments"
    message = f"`{name}` has {has}; it is called with {counts}."
    if first and first[0].arg == "self":
        message = f"`{name}` is a plain function, so it has no `self`."
    source.at(node, "wrong_signature", message, f"Write {wanted}.")


def _check_returns(source: Source, function: ast.FunctionDef, name: str, advice: str) -> None:
    own = list(_own_nodes(function))
    generator = next((node for node in own if isinstance(node, ast.Yield | ast.YieldFrom)), None)
    if generator is not None:
        message = f"`yield` makes `{name}` a generator, which is no value."
        source.at(generator, "returns_nothing", message, advice)
        return
    returns = [node for node in own if isinstance(node, ast.Return)]
    if any(not _is_none(node.value) for node in returns):
        for node in returns:
            if _is_none(node.value):
                message = f"Here `{name}` returns nothing."
                source.at(node, "returns_nothing", message, advice, severity="warning")
        return
    if not any(isinstance(node, ast.Raise) for node in own):
        source.at(function, "returns_nothing", f"`{name}` never returns a value.", advice)


def _is_none(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield what belongs to a function and not to one inside it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)
