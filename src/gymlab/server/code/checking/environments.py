"""Whether a source defines one Gymnasium environment, and whether that can be called."""

import ast
from dataclasses import dataclass

from gymlab.server.code.checking.beside import file_meant
from gymlab.server.code.checking.functions import Function, definitions
from gymlab.server.code.checking.source import Program, Source

CHOSEN = "ENVIRONMENT"
"""Name that says which class is meant where there are several."""
_METHODS = ("reset", "step")
_SPACES = ("observation_space", "action_space")
_TEMPLATE = "The environment template shows all that is needed."


@dataclass(frozen=True, slots=True)
class _Class:
    node: ast.ClassDef
    is_complete: bool
    """Whether every base is known here, so that nothing is inherited from elsewhere."""
    members: dict[str, ast.stmt]
    """Own and inherited ones."""
    attributes: frozenset[str]
    """What is assigned to the class or to `self`."""


def check_environment(source: Source, program: Program) -> None:
    """Note what keeps the lab from making and playing the environment."""
    found = _environments(program)
    if not found:
        if not _comes_from_beside(source, program):
            _note_missing(source, program)
        return
    chosen = list(definitions(program.tree.body, CHOSEN))
    if chosen and isinstance(chosen[-1], ast.Name) and chosen[-1].id in found:
        _check_class(source, found[chosen[-1].id])
        return
    if chosen:
        return
    bases = {
        base.id for item in found.values() for base in item.node.bases if isinstance(base, ast.Name)
    }
    leaves = [item for name, item in found.items() if name not in bases]
    if len(leaves) > 1:
        names = ", ".join(f"`{item.node.name}`" for item in leaves)
        message = f"There are several environments: {names}."
        hint = f"Say which one is meant: `{CHOSEN} = {leaves[-1].node.name}` at the end."
        source.at(leaves[-1].node, "several_environments", message, hint)
        return
    for item in leaves:
        _check_class(source, item)


def _comes_from_beside(source: Source, program: Program) -> bool:
    """Tell whether the class may be imported from a file that is checked for itself."""
    return any(
        isinstance(node, ast.ImportFrom) and file_meant(node, source.beside) is not None
        for node in program.nodes
    )


def _environments(program: Program) -> dict[str, _Class]:
    """Return the classes at the margin that are or may be environments, by name."""
    names = _names_of_env(program.nodes)
    modules = _names_of_gymnasium(program.nodes)
    local = {node.name: node for node in program.tree.body if isinstance(node, ast.ClassDef)}
    found: dict[str, _Class] = {}
    for name, node in local.items():
        kinds = [_kind(base, names, modules, local, found) for base in node.bases]
        if not any(kind in {"env", "unknown", "inherited"} for kind in kinds):
            continue
        parents = [
            found[base.id] for base in node.bases if isinstance(base, ast.Name) and base.id in found
        ]
        if "unknown" in kinds and "env" not in kinds and not parents and not _looks_like_one(node):
            continue
        found[name] = _class(
            node, parents, is_complete="unknown" not in kinds and not node.keywords
        )
    return found


def _kind(
    base: ast.expr,
    names: set[str],
    modules: set[str],
    local: dict[str, ast.ClassDef],
    found: dict[str, _Class],
) -> str:
    if isinstance(base, ast.Subscript):
        base = base.value
    match base:
        case ast.Name(id=name) if name in names:
            return "env"
        case ast.Attribute(value=ast.Name(id=module), attr="Env") if module in modules:
            return "env"
        case ast.Name(id=name) if name in found:
            return "inherited"
        case ast.Name(id=name) if name in local or name in {"object", "ABC", "Protocol"}:
            return "other"
        case _:
            return "unknown"


def _looks_like_one(node: ast.ClassDef) -> bool:
    own = {item.name for item in node.body if isinstance(item, Function)}
    return set(_METHODS) <= own or node.name.endswith("Env")


def _names_of_env(nodes: list[ast.AST]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        if (
            isinstance(node, ast.ImportFrom)
            and (node.module or "").partition(".")[0] == "gymnasium"
        ):
            found |= {alias.asname or alias.name for alias in node.names if alias.name == "Env"}
    return found


def _names_of_gymnasium(nodes: list[ast.AST]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {
                alias.asname or alias.name for alias in node.names if alias.name == "gymnasium"
            }
    return found


def _class(node: ast.ClassDef, parents: list[_Class], *, is_complete: bool) -> _Class:
    members: dict[str, ast.stmt] = {}
    attributes: set[str] = set()
    for parent in reversed(parents):
        members |= parent.members
        attributes |= parent.attributes
        is_complete = is_complete and parent.is_complete
    members |= {item.name: item for item in node.body if isinstance(item, Function)}
    for item in ast.walk(node):
        match item:
            case ast.Attribute(value=ast.Name(), attr=name, ctx=ast.Store()):
                attributes.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                attributes.add(name)
            case ast.Call(func=ast.Name(id="setattr")):
                is_complete = False
            case _:
                pass
    return _Class(node, is_complete, members, frozenset(attributes | members.keys()))


def _note_missing(source: Source, program: Program) -> None:
    classes = [node for node in program.tree.body if isinstance(node, ast.ClassDef)]
    if len(classes) == 1:
        message = f"`{classes[0].name}` is no `gymnasium.Env`."
        hint = f"Write `class {classes[0].name}(gymnasium.Env):`."
        source.at(classes[0], "missing_environment", message, hint)
        return
    if list(definitions(program.tree.body, CHOSEN)):
        return
    last = len(source.text.rstrip().split("\n"))
    source.in_line(
        last,
        "missing_environment",
        "There is no class that derives from `gymnasium.Env`.",
        _TEMPLATE,
    )


def _check_class(source: Source, item: _Class) -> None:
    node = item.node
    for name in _METHODS:
        if name not in item.members and item.is_complete:
            source.at(node, "missing_method", f"`{node.name}` has no method `{name}`.", _TEMPLATE)
    for name in _SPACES:
        if name not in item.attributes and item.is_complete:
            message = f"`{node.name}` never sets `self.{name}`."
            hint = f"Set it in `__init__`, for example `self.{name} = spaces.Box(-1.0, 1.0, (4,))`."
            source.at(node, "missing_space", message, hint)
    own = {inner.name: inner for inner in node.body if isinstance(inner, Function)}
    for method in own.values():
        if isinstance(method, ast.AsyncFunctionDef) and method.name in {*_METHODS, "render"}:
            message = f"`{method.name}` is called directly, which an `async def` does not allow."
            source.at(method, "wrong_signature", message, "Remove `async`.")
    if isinstance(own.get("reset"), ast.FunctionDef):
        _check_reset(source, own["reset"])
    if isinstance(own.get("step"), ast.FunctionDef):
        _check_step(source, own["step"])
    _check_drawing(source, item, own)
    _check_randomness(source, node)


def _check_reset(source: Source, method: Function) -> None:
    accepts = _accepted(method.args)
    if accepts is not None and not {"seed", "options"} <= accepts:
        missing = " and ".join(f"`{name}`" for name in ("seed", "options") if name not in accepts)
        message = f"`reset` must take {missing}."
        source.at(
            method,
            "wrong_signature",
            message,
            "Write `def reset(self, *, seed=None, options=None):`.",
        )
    if not any(_calls_super(node, "reset") for node in ast.walk(method)):
        message = (
            "`reset` does not call `super().reset(seed=seed)`, so `self.np_random` has no seed."
        )
        hint = "Write `super().reset(seed=seed)` as its first line."
        source.at(method, "not_seeded", message, hint, severity="warning")
    for node in _returns(method):
        if isinstance(node.value, ast.Tuple) and not _is_starred(node.value):
            count = len(node.value.elts)
            if count != 2:
                message = f"`reset` returns {count} values; it must return 2."
                source.at(node, "wrong_return", message, "Write `return observation, {}`.")
        elif _is_nothing(node.value):
            message = "`reset` returns nothing here; it must return 2 values."
            source.at(node, "wrong_return", message, "Write `return observation, {}`.")


def _check_step(source: Source, method: Function) -> None:
    arguments = method.args
    most = len(arguments.posonlyargs) + len(arguments.args)
    least = most - len(arguments.defaults)
    is_static = bool(method.decorator_list)
    if not is_static and not (least <= 2 and (most >= 2 or arguments.vararg)):
        message = f"`step` has {most} arguments; it is called with `self` and the action."
        source.at(method, "wrong_signature", message, "Write `def step(self, action):`.")
    hint = "Write `return observation, reward, terminated, truncated, {}`."
    for node in _returns(method):
        if isinstance(node.value, ast.Tuple) and not _is_starred(node.value):
            count = len(node.value.elts)
            if count == 4:
                message = (
                    "`step` returns 4 values, as old versions of Gym wanted; it must return 5."
                )
                source.at(
                    node, "wrong_return", message, f"Split `done`: {hint[0].lower()}{hint[1:]}"
                )
            elif count != 5:
                message = f"`step` returns {count} values; it must return 5."
                source.at(node, "wrong_return", message, hint)
        elif _is_nothing(node.value):
            message = "`step` returns nothing here; it must return 5 values."
            source.at(node, "wrong_return", message, hint)


def _check_drawing(source: Source, item: _Class, own: dict[str, Function]) -> None:
    if not item.is_complete:
        return
    if "render" not in item.members:
        message = f"`{item.node.name}` has no method `render`, so nothing of it can be watched."
        hint = "Write a `render` that returns an array of height x width x 3 bytes; training works without."
        source.at(item.node, "no_pictures", message, hint, severity="warning")
        return
    accepts = _accepted(own["__init__"].args) if "__init__" in own else None
    if "__init__" in own and accepts is not None and "render_mode" not in accepts:
        message = "`__init__` takes no `render_mode`, so no pictures can be asked for."
        hint = "Write `def __init__(self, render_mode=None):` and `self.render_mode = render_mode`."
        source.at(own["__init__"], "no_pictures", message, hint, severity="warning")
    if "metadata" not in item.attributes:
        message = f"`{item.node.name}` does not say that it can be drawn."
        hint = 'Write `metadata = {"render_modes": ["rgb_array"], "render_fps": 30}` in the class.'
        source.at(item.node, "no_pictures", message, hint, severity="warning")


def _check_randomness(source: Source, node: ast.ClassDef) -> None:
    for inner in ast.walk(node):
        match inner:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="random"), attr=name)):
                text = f"random.{name}"
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="random"), attr=name
                )
            ) if name not in {"default_rng", "Generator", "SeedSequence", "PCG64"}:
                text = f"np.random.{name}"
            case _:
                continue
        message = f"`{text}` does not follow the seed, so episodes cannot be repeated."
        hint = "Use `self.np_random`, for example `self.np_random.uniform(-1, 1)`."
        source.at(inner, "not_seeded", message, hint, severity="warning")


def _accepted(arguments: ast.arguments) -> set[str] | None:
    """Return the names that can be given by keyword; None when any can."""
    if arguments.kwarg is not None:
        return None
    return {argument.arg for argument in [*arguments.args, *arguments.kwonlyargs]}


def _calls_super(node: ast.AST, method: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr=name)):
            return name == method
        case ast.Call(func=ast.Attribute(attr=name), args=[ast.Name(id="self"), *_]):
            return name == method
        case _:
            return False


def _returns(method: Function) -> list[ast.Return]:
    found: list[ast.Return] = []
    waiting: list[ast.AST] = list(method.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return):
            found.append(node)
        if not isinstance(node, Function | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)
    return found


def _is_starred(value: ast.Tuple) -> bool:
    return any(isinstance(item, ast.Starred) for item in value.elts)


def _is_nothing(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)
