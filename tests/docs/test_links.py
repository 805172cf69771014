"""Links and commands in the documentation lead somewhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from gymlab.cli.main import build_app

PAGES = sorted([
    *Path().glob("*.md"),
    *Path("docs").rglob("*.md"),
    *Path("src/gymlab/runners").glob("*/README.md"),
])
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


def _blocks(page: Path, *languages: str) -> Iterator[str]:
    for language, text in _FENCE.findall(page.read_text(encoding="utf-8")):
        if language in languages:
            yield text


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_inside_the_project_resolve(page: Path) -> None:
    """File and heading exist."""
    prose = _FENCE.sub("", page.read_text(encoding="utf-8"))
    for link in _LINK.findall(prose):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), f"{page}: {link}"
        assert not anchor or anchor in _anchors(target), f"{page}: no heading for {link}"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_make_targets_exist(page: Path) -> None:
    """Every `make X` that is named can be typed."""
    targets = set(re.findall(r"^([a-z-]+):", Path("Makefile").read_text(), re.MULTILINE))
    named = re.findall(
        r"(?:^|`|\s)make (?:[A-Z]+=\S+ )?([a-z][a-z-]+)(?:`|$)", page.read_text(), re.MULTILINE
    )
    assert set(named) <= targets


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_commands_and_options_exist(page: Path) -> None:
    """Every `gymlab ...` in a block or in backticks is a command with options it has."""
    text = page.read_text(encoding="utf-8")
    in_blocks = [line for block in _blocks(page, "sh") for line in block.splitlines()]
    inline = re.findall(r"`((?:\.venv/bin/)?gymlab [a-z][^`]*)`", text)
    for line in (*in_blocks, *inline):
        found = re.match(r"(?:\.venv/bin/)?gymlab ([a-z].*)$", line.strip())
        if found:
            _require_command(found[1].partition("#")[0].split())


def _require_command(words: list[str]) -> None:
    command = typer.main.get_command(build_app([]))
    while words and hasattr(command, "commands"):
        name = words.pop(0)
        assert name in command.commands, f"no command {name}"
        command = command.commands[name]
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    known |= {"--help"}
    used = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    assert used <= known, f"{command.name} has no {used - known}"


@pytest.mark.parametrize("page", [Path("README.md"), *Path("docs/guide").glob("*.md")], ids=str)
def test_python_examples_parse(page: Path) -> None:
    """Every Python block for users is valid by itself."""
    for block in _blocks(page, "python"):
        ast.parse(block)


def test_a_dead_link_would_be_found(tmp_path: Path) -> None:
    """The pattern sees links and pictures, and headings become their anchors."""
    page = tmp_path / "page.md"
    page.write_text("# A title, with: marks\n\n[x](gone.md) ![y](z.png#q)\n")
    assert _LINK.findall(page.read_text()) == ["gone.md", "z.png#q"]
    assert _anchors(page) == {"a-title-with-marks"}
