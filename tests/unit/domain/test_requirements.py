"""What a backend lacks is said before anything of it is imported."""

from pathlib import Path
from typing import Any

import pytest

from gymlab.domain.requirements import absence
from gymlab.domain.runners import RunnerKind, RunnerManifest

PACKAGE = "a_compiled_package"


def manifest(**changes: Any) -> RunnerManifest:
    """Return a backend that needs one package."""
    known: dict[str, Any] = {
        "id": "x", "title": "X", "kind": RunnerKind.PYTHON, "algorithms": [],
        "requires": [PACKAGE], "install_hint": "pip install it",
    }  # fmt: skip
    return RunnerManifest(**(known | changes))


@pytest.fixture(name="package")
def fixture_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A complete package that can be imported, with a library in a folder."""
    folder = tmp_path / PACKAGE
    (folder / "games").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('nothing is imported')")
    (folder / "games" / "games.so").write_bytes(b"ELF")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_nothing_is_missing_from_a_complete_package(package: Path) -> None:
    """And nothing of it was run."""
    assert package.is_dir()
    assert absence(manifest(requires_files=[f"{PACKAGE}/games/games.*"])) is None


def test_an_absent_package_is_named_with_how_to_get_it() -> None:
    """Before its files are looked for."""
    said = absence(manifest(requires_files=[f"{PACKAGE}/games/games.*"]))
    assert said == f"Not installed: {PACKAGE}. pip install it"


@pytest.mark.parametrize("content", [None, b""])
def test_an_incomplete_package_is_named_with_the_file(package: Path, content: bytes | None) -> None:
    """Gone or empty, as an interrupted installation leaves it."""
    library = package / "games" / "games.so"
    library.unlink()
    if content is not None:
        library.write_bytes(content)
    said = absence(manifest(requires_files=[f"{PACKAGE}/games/games.*"])) or ""
    assert f"Installed in part: {PACKAGE}/games/games.* is missing" in said
    assert f"pip uninstall {PACKAGE}" in said
    assert said.endswith("pip install it")


def test_a_folder_without_code_is_no_package(package: Path) -> None:
    """What a removal leaves behind can be imported as a namespace, but does nothing."""
    (package / "__init__.py").unlink()
    assert (absence(manifest()) or "").startswith("Not installed")


@pytest.mark.parametrize(("env_id", "expected"), [("A-v0", 10), ("B-v0", 10), ("C-v0", 0)])
def test_a_quick_engine_is_preferred_where_it_is_quick(env_id: str, expected: int) -> None:
    """Compiled or stepped many at a time; one that names no environment everywhere."""
    lists = {"compiled_environments": ["A-v0"], "vectorised_environments": ["B-v0"]}
    assert manifest(engine_priority=10, **lists).priority_in(env_id) == expected
    assert manifest(engine_priority=10).priority_in(env_id) == 10
