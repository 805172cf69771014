"""Sources to begin from and pieces to insert, read from `templates.toml` and `snippets.toml`."""

import tomllib
from functools import cache
from importlib.resources import files

from gymlab.domain.code import CodeKind
from gymlab.server.code.schemas import CodeSnippet, CodeTemplate


@cache
def all_templates() -> tuple[CodeTemplate, ...]:
    """Return every template, in the order they are offered."""
    text = files("gymlab.server.code").joinpath("templates.toml").read_text(encoding="utf-8")
    return tuple(CodeTemplate.model_validate(item) for item in tomllib.loads(text)["template"])


@cache
def _all_snippets() -> tuple[tuple[CodeKind, CodeSnippet], ...]:
    text = files("gymlab.server.code").joinpath("snippets.toml").read_text(encoding="utf-8")
    return tuple(
        (
            CodeKind(item["kind"]),
            CodeSnippet(id=item["id"], title=item["title"], text=item["text"].strip("\n")),
        )
        for item in tomllib.loads(text)["snippet"]
    )


def snippets_for(kind: CodeKind) -> list[CodeSnippet]:
    """Return the pieces that may be inserted into code of a kind."""
    return [snippet for of, snippet in _all_snippets() if of is kind]


def templates_for(kind: CodeKind | None) -> list[CodeTemplate]:
    """Return the templates of a kind, or all."""
    return [item for item in all_templates() if kind in {None, item.kind}]
