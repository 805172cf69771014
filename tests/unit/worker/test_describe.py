"""The server's document is complete, and one broken runner does not spoil it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gymlab import runners
from gymlab.domain.environments import EnvironmentInfo
from gymlab.domain.runners import RunnerDescription
from gymlab.errors import InvalidInputError
from gymlab.protocol.framing import thumbnail_reader
from gymlab.worker.describe import describe, describe_runners
from gymlab.worker.discovery import discover_runners, find_runner, read_manifest
from gymlab.worker.thumbnails import draw

MANIFEST = """
id = "{id}"
title = "A runner"
kind = "python"
requires = [{requires}]
install_hint = "pip install it"
[[algorithms]]
id = "a"
title = "A"
summary = "It does something."
action_spaces = ["Discrete"]
observation_spaces = ["Box"]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of runners that can be imported."""
    monkeypatch.setattr(runners, "__path__", [*runners.__path__, str(tmp_path)])
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("gymlab.runners.test_")]:
        del sys.modules[name]


def add_runner(root: Path, name: str, code: str, *, requires: str = "") -> None:
    """Write a runner folder."""
    path = root / name
    path.mkdir()
    (path / "runner.toml").write_text(MANIFEST.format(id=name, requires=requires))
    (path / "__init__.py").write_text("")
    (path / "runner.py").write_text(code)


def described(root: Path) -> dict[str, RunnerDescription]:
    """Return the descriptions of the runners of a folder."""
    return {item.manifest.id: item for item in describe_runners(root)}


def test_broken_runners_are_listed_with_the_reason(folder: Path) -> None:
    """Each breaks in its own way, and none hides another."""
    add_runner(folder, "test_raises", "raise RuntimeError('at import')")
    add_runner(folder, "test_exits", "import sys; sys.exit('leaving')")
    add_runner(folder, "test_no_object", "")
    add_runner(folder, "test_needs", "", requires='"no_such_module_anywhere"')
    add_runner(folder, "test_wrong_id", "")
    (folder / "test_wrong_id" / "runner.toml").write_text(MANIFEST.format(id="x", requires=""))
    add_runner(folder, "test_no_toml", "")
    (folder / "test_no_toml" / "runner.toml").write_text("id = ")
    (folder / "just_a_folder").mkdir()
    items = described(folder)
    reasons = {name: item.unavailable_reason or "" for name, item in items.items()}
    assert "at import" in reasons["test_raises"]
    assert "leaving" in reasons["test_exits"]
    assert "RUNNER" in reasons["test_no_object"]
    assert "no_such_module_anywhere" in reasons["test_needs"]
    assert "pip install it" in reasons["test_needs"]
    assert "folder" in reasons["test_wrong_id"]
    assert "Cannot read" in reasons["test_no_toml"]
    assert not any(item.available for item in items.values())
    assert len(items) == 6


def test_a_preset_file_that_is_wrong_is_named(folder: Path) -> None:
    """A typo in a preset makes the runner unavailable with the file's name."""
    code = "class R:\n describe = lambda s: {'a': {}}\n versions = lambda s: {}\nRUNNER = R()"
    add_runner(folder, "test_presets", code)
    assert described(folder)["test_presets"].available
    (folder / "test_presets" / "presets.toml").write_text("[[a]]\nid = 'fast'\nbogus = 1\n")
    assert "presets.toml" in (described(folder)["test_presets"].unavailable_reason or "")


def test_the_document_is_valid_and_json() -> None:
    """Every part can be read back by the server."""
    document = json.loads(json.dumps(describe(), allow_nan=False))
    infos = [EnvironmentInfo.model_validate(item) for item in document["environments"]]
    assert "CartPole-v1" in {info.id for info in infos}
    items = [RunnerDescription.model_validate(item) for item in document["runners"]]
    fake = next(item for item in items if item.manifest.id == "fake")
    assert fake.available
    assert not fake.manifest.is_listed
    assert {"python", "gymlab", "gymnasium"} <= set(document["versions"])


def test_an_unknown_runner_is_named() -> None:
    """The message says which one."""
    with pytest.raises(InvalidInputError, match="'nothing'"):
        find_runner("nothing")


def test_every_manifest_of_the_package_is_read() -> None:
    """The package itself has no broken folder."""
    found, broken = discover_runners()
    assert broken == []
    assert all(read_manifest(item.path) == item.manifest for item in found)


def test_only_the_document_is_on_stdout() -> None:
    """What libraries print while they are imported goes elsewhere."""
    done = subprocess.run(
        [sys.executable, "-m", "gymlab.worker", "describe"], capture_output=True, check=True
    )
    assert set(json.loads(done.stdout)) == {"environments", "runners", "versions"}


def test_thumbnails_are_answered_in_order() -> None:
    """Pictures for what can be drawn, a sentence for what cannot."""
    done = subprocess.run(
        [sys.executable, "-m", "gymlab.worker", "thumbnails"],
        input=b"CartPole-v1\n\nNoSuch-v0\n",
        capture_output=True,
        check=True,
    )
    first, second = thumbnail_reader().feed(done.stdout)
    assert first.env_id == "CartPole-v1"
    assert (first.image or b"").startswith(b"\xff\xd8")
    assert (first.animation or b"").startswith(b"RIFF")
    assert (second.env_id, second.image) == ("NoSuch-v0", None)
    assert "NoSuch-v0" in (second.error or "")


def test_an_endless_id_is_not_echoed() -> None:
    """The answer stays small."""
    assert len(draw("x" * 100_000).env_id) == 256


@pytest.mark.parametrize("module", ["jax", "envpool"])
def test_without_what_compiles_only_the_compiled_engine_is_missing(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays in the list, greyed, with what to install; every other backend can be used."""
    monkeypatch.setitem(sys.modules, module, None)
    items = {item.manifest.id: item for item in describe_runners()}
    turbo = items.pop("turbo")
    assert not turbo.available
    assert f"Not installed: {module}. pip install" in (turbo.unavailable_reason or "")
    assert turbo.manifest.algorithms
    assert {"sb3", "native"} <= set(items)
    assert all(item.available for item in items.values())
