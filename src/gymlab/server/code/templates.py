"""Sources to begin from, read from `templates.toml`."""

import tomllib
from functools import cache
from importlib.resources import files

from gymlab.domain.code import CodeKind
from gymlab.server.code.schemas import CodeTemplate


@cache
def all_templates() -> tuple[CodeTemplate, ...]:
    """Return every template, in the order they are offered."""
    text = files("gymlab.server.code").joinpath("templates.toml").read_text(encoding="utf-8")
    return tuple(CodeTemplate.model_validate(item) for item in tomllib.loads(text)["template"])


def templates_for(kind: CodeKind | None) -> list[CodeTemplate]:
    """Return the templates of a kind, or all."""
    return [item for item in all_templates() if kind in {None, item.kind}]
