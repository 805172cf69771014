"""Docstrings in Gymnasium's form become sections, tables and meanings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymlab.domain.environments import ActionMeaning
from gymlab.envs.docstrings import (
    action_meanings,
    first_sentence,
    observation_table,
    parse_sections,
    parse_tables,
    section_text,
)

DOCSTRING = """
    Push a cart.

    ## Description
    A cart on a *track* (see [the paper](https://example.org)). More text.

    ```python
    ## not a heading
    ```

    ## Action Space
    | Num | Action     | Unit |
    |-----|------------|------|
    | 0   | Push left  | N    |
    | 1   | Push right | N    |

    ## Observation Space

    | Num | Observation | Min  | Max |
    |-----|-------------|------|-----|
    | 0   | Position    | -4.8 | 4.8 |
    | excluded | Speed  | -Inf | Inf |

    ## Episode End
    ### Termination
    It falls.

    <!-- ## References -->
    """


def test_sections_follow_the_headings() -> None:
    """Text before the first heading belongs to the description; code and comments do not count."""
    sections = parse_sections(DOCSTRING)
    assert [section.title for section in sections] == [
        "Description",
        "Action Space",
        "Observation Space",
        "Episode End",
    ]
    assert sections[0].markdown.startswith("Push a cart.")
    assert "## not a heading" in sections[0].markdown
    assert "### Termination" in sections[3].markdown
    assert "References" not in sections[3].markdown


@pytest.mark.parametrize("nothing", [None, "", "   \n\n"])
def test_no_docstring_has_no_sections(nothing: str | None) -> None:
    """An undocumented environment is described by an empty list."""
    assert parse_sections(nothing) == []
    assert action_meanings([]) == []
    assert observation_table([]) == []
    assert section_text([], "Rewards") == ""


def test_action_meanings_come_from_the_table() -> None:
    """The unit is shown with the action."""
    assert action_meanings(parse_sections(DOCSTRING)) == [
        ActionMeaning(action="0", meaning="Push left [N]"),
        ActionMeaning(action="1", meaning="Push right [N]"),
    ]


def test_action_meanings_come_from_a_list_where_there_is_no_table() -> None:
    """A second list, for another variant, is left out."""
    text = "## Action Space\n- 0: stay\n- 1: go\n\nIf continuous:\n- 0: throttle\n"
    meanings = [meaning.meaning for meaning in action_meanings(parse_sections(text))]
    assert meanings == ["stay", "go"]


def test_the_observation_table_leaves_out_what_is_not_observed() -> None:
    """MuJoCo lists excluded components below the others."""
    rows = observation_table(parse_sections(DOCSTRING))
    assert [row.cells for row in rows] == [
        {"Num": "0", "Observation": "Position", "Min": "-4.8", "Max": "4.8"}
    ]


def test_a_short_row_is_filled_up() -> None:
    """A cell that is missing is empty."""
    assert parse_tables("| A | B |\n|---|---|\n| 1 |") == [[{"A": "1", "B": ""}]]


@pytest.mark.parametrize(
    ("markdown", "sentence"),
    [
        ("One thing. Another thing.", "One thing."),
        ("A value of 0.5 is fine. Yes.", "A value of 0.5 is fine."),
        ("See [here](x). Then go.", "See here."),
        ("First\nline\n\nsecond paragraph.", "First line"),
        ("", ""),
    ],
)
def test_the_first_sentence_is_plain_text(markdown: str, sentence: str) -> None:
    """Links are replaced by their text, decimals do not end a sentence."""
    assert first_sentence(markdown) == sentence


def test_a_long_first_sentence_is_cut_at_a_word() -> None:
    """A card has room for about two lines."""
    sentence = first_sentence("word " * 200)
    assert len(sentence) <= 221
    assert sentence.endswith("word…")


@given(st.text(alphabet=st.sampled_from("#|-` \n:ab0.*<!>"), max_size=300))
def test_no_text_breaks_the_parser(text: str) -> None:
    """Any text gives sections whose tables can be read."""
    sections = parse_sections(text)
    for section in sections:
        parse_tables(section.markdown)
    action_meanings(sections)
    observation_table(sections)
