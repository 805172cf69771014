"""Several files are checked each for itself and for what they take from each other."""

import pytest

from gymlab.domain.code import CodeKind
from gymlab.domain.code_files import join_files
from gymlab.server.code.checking.checker import check_source

MAIN = "from physics import fall\n\n\ndef reward_function(obs, action):\n    return fall(obs[0])\n"
PHYSICS = "G = 9.81\n\n\ndef fall(height):\n    return (2.0 * height / G) ** 0.5\n"


def codes(files: dict[str, str], kind: CodeKind = CodeKind.REWARD) -> list[tuple[str | None, str]]:
    """Return file and code of each problem."""
    return [(item.file, item.code) for item in check_source(join_files(files), kind)]


def test_nothing_is_wrong_with_files_that_fit() -> None:
    """A file beside the main one needs no function of its own."""
    assert codes({"main.py": MAIN, "physics.py": PHYSICS}) == []
    relative = MAIN.replace("from physics", "from .physics")
    assert codes({"main.py": relative, "physics.py": PHYSICS, "new.py": ""}) == []
    star = MAIN.replace("import fall", "import *")
    assert codes({"main.py": star, "physics.py": PHYSICS}) == []


@pytest.mark.parametrize(
    ("main", "beside", "expected"),
    [
        (MAIN, "G = 1 +\n", [("physics.py", "syntax")]),
        (MAIN, PHYSICS.replace("G)", "H)"), [("physics.py", "undefined_name")]),
        (MAIN.replace("import fall", "import fell"), PHYSICS,
         [(None, "no_member"), (None, "undefined_name")]),
        (MAIN.replace("from physics", "from .phisics"), PHYSICS, [(None, "missing_file")]),
        (MAIN.replace("from physics import fall", "from . import fall"), PHYSICS,
         [(None, "missing_file")]),
        (MAIN, "import cv2\n" + PHYSICS, [("physics.py", "missing_package")]),
        (PHYSICS, MAIN, [(None, "missing_function")]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_in_its_file(
    main: str, beside: str, expected: list[tuple[str | None, str]]
) -> None:
    """With lines that count from the file's own beginning."""
    assert codes({"main.py": main, "physics.py": beside}) == expected


def test_lines_are_those_of_the_file() -> None:
    """However long the main one is."""
    text = join_files({"main.py": "\n" * 50 + MAIN, "physics.py": "\nx = y\n"})
    found = [item for item in check_source(text, CodeKind.REWARD) if item.file == "physics.py"]
    assert [(item.line, item.column) for item in found] == [(2, 5)]


def test_impossible_files_are_told_first() -> None:
    """A name that hides a package, a name that is taken."""
    assert codes({"main.py": MAIN, "physics.py": PHYSICS, "numpy.py": ""})[0] == (None, "files")


def test_a_single_file_has_nothing_beside_it() -> None:
    """Relative imports are told as before."""
    assert codes({"main.py": "from .a import b\n" + MAIN.split("\n", 1)[1].replace("fall", "abs")})[
        0
    ] == (None, "relative_import")


def test_an_environment_may_come_from_beside() -> None:
    """Then the main file need not define one."""
    files = {"main.py": "from world import World\n", "world.py": "class World:\n    pass\n"}
    assert codes(files, CodeKind.ENVIRONMENT) == []
    assert codes({**files, "main.py": "x = 1\n"}, CodeKind.ENVIRONMENT) == [
        (None, "missing_environment")
    ]
