"""Whether a reward function does the same with arrays of many transitions as with one.

Trying it on a few transitions is not enough: a branch that was not taken, or a maximum over what
should have been kept apart, would show itself only later. So the function is read first. Only a
straight line of arithmetic and of NumPy functions that treat every element alone is considered;
everything else is called once for each transition, unless its author declares it.
"""

import ast
from collections.abc import Iterator

ELEMENTWISE = frozenset({
    "abs", "absolute", "arctan", "arctan2", "ceil", "clip", "cos", "cosh", "exp", "expm1", "fabs",
    "float32", "float64", "floor", "hypot", "log", "log1p", "logical_and", "logical_not",
    "logical_or", "maximum", "minimum", "negative", "power", "sign", "sin", "sinh", "sqrt",
    "square", "tan", "tanh", "where",
})  # fmt: skip
"""Functions of NumPy that treat every element alone."""
ALONG_AN_AXIS = frozenset({"sum", "mean", "max", "min", "prod", "norm", "any", "all"})
"""Functions that do so when they are told `axis=-1`."""
_STATEMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr)
_EXPRESSIONS = (
    ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Subscript, ast.Slice,
    ast.Tuple, ast.Dict, ast.Call, ast.Attribute, ast.keyword, ast.operator, ast.unaryop,
    ast.cmpop, ast.expr_context,
)  # fmt: skip
_REFUSED_OPERATORS = (ast.Not, ast.Is, ast.IsNot, ast.In, ast.NotIn, ast.MatMult)


def is_elementwise(source: str, name: str) -> bool:
    """Tell whether a function can be read to treat every transition alone."""
    try:
        tree = ast.parse(source.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    if len(found) != 1 or found[0].decorator_list:
        return False
    body, own = found[0].body, _own_names(found[0])
    is_straight = all(isinstance(statement, _STATEMENTS) for statement in body)
    return is_straight and all(_is_allowed(node, own) for node in _inside(body))


def _own_names(function: ast.FunctionDef) -> set[str]:
    """Return arguments and local variables: what holds many transitions."""
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    stored = (
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    return {argument.arg for argument in arguments} | set(stored)


def _inside(body: list[ast.stmt]) -> Iterator[ast.AST]:
    for statement in body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # a docstring
        for node in ast.walk(statement):
            if node is not statement:
                yield node


def _is_allowed(node: ast.AST, own: set[str]) -> bool:
    if not isinstance(node, _EXPRESSIONS) or isinstance(node, _REFUSED_OPERATORS):
        return False
    if isinstance(node, ast.Compare):
        return len(node.ops) == 1  # `a < b < c` asks for the truth of an array
    if isinstance(node, ast.Subscript):
        return _is_safe_index(node, own)
    return _is_safe_call(node) if isinstance(node, ast.Call) else True


def _is_safe_index(node: ast.Subscript, own: set[str]) -> bool:
    """Tell whether an index leaves the axis that counts transitions alone."""
    if isinstance(node.value, ast.Name) and node.value.id not in own:
        return True  # a constant of the module
    first = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else None
    return isinstance(first, ast.Constant) and first.value is Ellipsis


def _is_safe_call(call: ast.Call) -> bool:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if isinstance(function, ast.Name):
        return name == "abs"
    if name in ALONG_AN_AXIS:
        return any(_is_last_axis(keyword) for keyword in call.keywords)
    owner = function.value if isinstance(function, ast.Attribute) else None
    is_numpys = isinstance(owner, ast.Name) and owner.id in {"np", "numpy"}
    return is_numpys and name in ELEMENTWISE


def _is_last_axis(keyword: ast.keyword) -> bool:
    return keyword.arg == "axis" and ast.unparse(keyword.value) == "-1"
