"""Everything that a user can set, type, call or read is documented, and the pages are current."""

import re
from pathlib import Path
from typing import Any

import generate_docs
import pytest
import typer

from gymlab.cli.main import COMMANDS, build_app
from gymlab.domain.metrics import METRICS
from gymlab.server.api import bare_application
from gymlab.settings import VARIABLES, Settings

DOCS = Path("docs")


def _page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(generate_docs.PAGES))
def test_pages_made_from_code_are_current(name: str) -> None:
    """`python scripts/generate_docs.py` has been run since the code changed."""
    assert _page(name) == generate_docs.PAGES[name]()


@pytest.mark.parametrize("field", sorted(Settings.model_fields))
def test_a_setting_is_documented_and_is_a_flag(field: str) -> None:
    """Name, variable, flag, default and effect stand in one row."""
    [row] = [line for line in _page("settings.md").splitlines() if line.startswith(f"| `{field}` ")]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    [variable] = [name for name, target in VARIABLES.items() if target == field]
    assert f"`{variable}`" == cells[1]
    assert all(cells)
    root: Any = typer.main.get_command(build_app(["serve"]))
    flags = {name for option in root.commands["serve"].params for name in option.opts}
    assert f"--{field.replace('_', '-')}" in flags


@pytest.mark.parametrize("name", list(COMMANDS))
def test_a_command_is_documented(name: str) -> None:
    """Each command has its section with every option, each option its effect."""
    page = _page("cli.md")
    assert f"## gymlab {name}" in page
    assert not re.search(r"^\| `--[^|]+\| +\|$", page, re.MULTILINE), "an option has no help"


def test_every_endpoint_is_documented() -> None:
    """The table has each path, and each has a sentence."""
    rows = re.findall(
        r"^\| (GET|POST|PUT|PATCH|DELETE) `(\S+)` \| (.*?) \|", _page("api.md"), re.MULTILINE
    )
    described = list(generate_docs.endpoints(bare_application().openapi()))
    assert len(rows) == len(described) >= 25
    assert all(text.strip() for _, _, text in rows)


@pytest.mark.parametrize("name", sorted(METRICS))
def test_a_metric_is_documented(name: str) -> None:
    """Title and meaning stand beside the name."""
    metric = METRICS[name]
    assert f"| `{name}` | {metric.title} |" in _page("metrics.md")
    assert metric.meaning in _page("metrics.md")


@pytest.mark.parametrize(
    "folder", sorted(Path("src/gymlab/runners").glob("*/runner.toml")), ids=str
)
def test_a_runner_has_its_own_page(folder: Path) -> None:
    """What it wraps and what its limits are."""
    text = (folder.parent / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "limits" in text.lower()


def test_decision_records_are_short_and_whole() -> None:
    """Under 40 lines: context, decision, consequences, and the rule that enforces it."""
    records = sorted((DOCS / "decisions").glob("*.md"))
    assert len(records) >= 12
    for number, record in enumerate(records, 1):
        text = record.read_text(encoding="utf-8")
        assert record.name.startswith(f"{number:04d}-")
        assert len(text.splitlines()) < 40
        for heading in ("**Context.**", "**Decision.**", "**Consequences.**", "**Enforced by**"):
            assert heading in text, f"{record} has no {heading}"
