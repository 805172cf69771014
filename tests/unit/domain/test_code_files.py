"""Documents of several files are one text, and come apart as they were put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymlab.domain.code_files import (
    MAIN,
    MAX_FILES,
    FilesError,
    join_files,
    name_problem,
    require_files,
    shown_name,
    split_files,
)

TWO = "import physics\n\n# ---- file: physics.py ----\nG = 9.81\n"
TEXTS = st.text(st.sampled_from("a#\n -:"), max_size=20)


def test_a_source_without_headers_is_one_file() -> None:
    """Whatever stands in it."""
    for source in ("", "x = 1\n", "# ---- file ----\n", "x = '# ---- file: a.py ----'\n"):
        assert split_files(source) == {MAIN: source}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_names_the_file_that_begins(end: str) -> None:
    """With the line ends of every system."""
    files = split_files(TWO.replace("\n", end))
    assert files == {MAIN: f"import physics{end}", "physics.py": f"G = 9.81{end}"}


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_files_come_back_as_they_were(texts: list[str]) -> None:
    """Empty ones and those without a line end included."""
    files = {MAIN if idx == 0 else f"f{idx}.py": text for idx, text in enumerate(texts)}
    assert split_files(join_files(files)) == files


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("physics.py", None),
        ("_a1.py", None),
        ("physics", "cannot be imported"),
        ("a b.py", "cannot be imported"),
        ("../etc.py", "cannot be imported"),
        ("a/b.py", "cannot be imported"),
        ("class.py", "cannot be imported"),
        ("1.py", "cannot be imported"),
        ("a" * 70 + ".py", "cannot be imported"),
        ("numpy.py", "hide the package `numpy`"),
        ("random.py", "hide the package `random`"),
    ],
)
def test_names_are_those_of_modules(name: str, words: str | None) -> None:
    """That hide no package."""
    problem = name_problem(name)
    assert (problem is None) == (words is None)
    if words is not None:
        assert words in str(problem)
        with pytest.raises(FilesError, match=r"[`']"):
            require_files(f"a\n# ---- file: {name} ----\n")


def test_names_are_taken_once_and_there_are_not_too_many() -> None:
    """The main one is taken from the beginning."""
    require_files(TWO)
    for twice in (f"{TWO}\n# ---- file: physics.py ----\n", "a\n# ---- file: main.py ----\n"):
        with pytest.raises(FilesError, match="two files"):
            require_files(twice)
    files = {MAIN: "", **{f"f{number}.py": "" for number in range(MAX_FILES)}}
    with pytest.raises(FilesError, match="at most 20"):
        require_files(join_files(files))


def test_tracebacks_name_the_file() -> None:
    """As the shim reads them."""
    assert shown_name("environment", MAIN) == "<environment>"
    assert shown_name("environment", "physics.py") == "<environment/physics.py>"
