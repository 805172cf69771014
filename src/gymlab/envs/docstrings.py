"""Reads an environment's own docstring: sections, tables, meanings of actions.

Gymnasium and MiniGrid write environment docstrings as Markdown under fixed headings
(Description, Action Space, Observation Space, Rewards, Starting State, Episode End,
Arguments, ...). They are the documentation that people see.
"""

import inspect
import re
from collections.abc import Iterator, Sequence

from gymlab.domain.environments import ActionMeaning, DescriptionSection, TableRow

_HEADING = re.compile(r"^ {0,3}##\s+(?P<title>[^#].*?)\s*$")
_FENCE = re.compile(r"^\s*(```|''')")
_RULE = re.compile(r"^\s*\|?[\s:|-]*-{2,}[\s:|-]*\|?\s*$")
_LIST_ITEM = re.compile(r"^\s*[-*]\s+`?(?P<action>-?\d+)`?\s*[:=]\s*(?P<meaning>\S.*)$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[a-z0-9)\"'`\]])\.(\s|$)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MAX_SUMMARY_CHARACTERS = 220

Table = list[dict[str, str]]


def parse_sections(docstring: str | None) -> list[DescriptionSection]:
    """Split a docstring at its second-level headings.

    Text before the first heading becomes part of the Description.
    """
    if not docstring:
        return []
    text = _COMMENT.sub("", inspect.cleandoc(docstring))
    found: list[tuple[str, list[str]]] = [("Description", [])]
    is_code = False
    for line in text.splitlines():
        if _FENCE.match(line):
            is_code = not is_code
        heading = None if is_code else _HEADING.match(line)
        if heading:
            found.append((heading["title"].rstrip(":"), []))
        else:
            found[-1][1].append(line)
    return _merge_sections(found)


def _merge_sections(found: Sequence[tuple[str, list[str]]]) -> list[DescriptionSection]:
    merged: dict[str, str] = {}
    for title, lines in found:
        body = inspect.cleandoc("\n".join(["", *lines])).strip()
        if body:
            merged[title] = f"{merged[title]}\n\n{body}" if title in merged else body
    return [DescriptionSection(title=title, markdown=body) for title, body in merged.items()]


def section_text(sections: Sequence[DescriptionSection], *titles: str) -> str:
    """Return the Markdown of the first section that has one of the titles, or ""."""
    for title in titles:
        for section in sections:
            if section.title.lower() == title.lower():
                return section.markdown
    return ""


def parse_tables(markdown: str) -> list[Table]:
    """Return every Markdown table of a text as rows of column title -> cell."""
    lines = markdown.splitlines()
    return [
        rows
        for idx in range(1, len(lines))
        if _RULE.match(lines[idx]) and "|" in lines[idx - 1]
        if (rows := list(_table_rows(lines[idx - 1], lines[idx + 1 :])))
    ]


def _table_rows(header: str, body: Sequence[str]) -> Iterator[dict[str, str]]:
    titles = _cells(header)
    if not any(titles):
        return
    for line in body:
        if "|" not in line:
            return
        cells = _cells(line)
        yield {
            title: cells[idx] if idx < len(cells) else ""
            for idx, title in enumerate(titles)
            if title
        }


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def observation_table(sections: Sequence[DescriptionSection]) -> list[TableRow]:
    """Return the rows of the table that lists the observation's components."""
    tables = parse_tables(section_text(sections, "Observation Space", "Observation Encoding"))
    listing = [table for table in tables if any("observation" in key.lower() for key in table[0])]
    rows = listing[0] if listing else []
    # MuJoCo's tables end with what an argument would add to the observation.
    return [TableRow(cells=row) for row in rows if row.get("Num", "") != "excluded"]


def action_meanings(sections: Sequence[DescriptionSection]) -> list[ActionMeaning]:
    """Return what each action, or each component of a continuous action, does."""
    text = section_text(sections, "Action Space")
    from_table = [
        ActionMeaning(action=row["Num"], meaning=_meaning(row))
        for table in parse_tables(text)[:1]
        for row in table
        if row.get("Num", "").isdigit()
    ]
    return from_table or _listed_meanings(text)


def _meaning(row: dict[str, str]) -> str:
    meaning = row.get("Action") or row.get("Name") or ""
    unit = next((row[key] for key in row if key.lower().startswith(("type", "unit"))), "")
    return f"{meaning} [{unit}]" if unit else meaning


def _listed_meanings(text: str) -> list[ActionMeaning]:
    meanings: list[ActionMeaning] = []
    for match in filter(None, map(_LIST_ITEM.match, text.splitlines())):
        # A second list that starts over describes another variant of the environment.
        if meanings and int(match["action"]) <= int(meanings[-1].action):
            break
        meanings.append(ActionMeaning(action=match["action"], meaning=match["meaning"].strip()))
    return meanings


def first_sentence(markdown: str) -> str:
    """Return the first sentence of a Markdown text as plain text."""
    paragraphs = [part for part in re.split(r"\n\s*\n", markdown) if part.strip()]
    text = " ".join(_LINK.sub(r"\1", paragraphs[0]).split()) if paragraphs else ""
    text = text.replace("**", "").replace("`", "")
    end = _SENTENCE_END.search(text)
    sentence = text[: end.start() + 1] if end else text
    if len(sentence) <= _MAX_SUMMARY_CHARACTERS:
        return sentence
    return sentence[: _MAX_SUMMARY_CHARACTERS - 1].rsplit(" ", 1)[0] + "…"
