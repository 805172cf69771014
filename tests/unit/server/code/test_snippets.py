"""Pieces that completion inserts are valid where they are inserted."""

import re
import textwrap

import pytest

from gymlab.domain.code import CodeKind
from gymlab.server.code.templates import snippets_for

_PLACE = re.compile(r"\$\{\d+:([^}]*)\}")
ALL = [(kind, item) for kind in CodeKind for item in snippets_for(kind)]


@pytest.mark.parametrize(("kind", "item"), ALL, ids=lambda value: getattr(value, "id", str(value)))
def test_a_piece_is_python_once_its_places_are_filled_in(kind: CodeKind, item: object) -> None:
    """With what stands in them; a line of a dictionary stands in one."""
    text = _PLACE.sub(r"\1", item.text)  # type: ignore[attr-defined]
    assert "$" not in text
    if kind is CodeKind.EVALUATION:
        text = f"x = {{\n{text}\n}}"
    compile(f"def f():\n{textwrap.indent(text, '    ')}\n", "<snippet>", "exec")


def test_every_kind_has_some_under_names_of_their_own() -> None:
    """What rewards are usually made of among them."""
    ids = [item.id for _, item in ALL]
    assert len(set(ids)) == len(ids)
    assert {kind for kind, _ in ALL} == set(CodeKind)
    assert {"sparse", "potential", "action_penalty", "terms"} <= set(ids)
