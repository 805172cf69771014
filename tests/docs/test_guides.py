"""The guides for contributors are followed to the letter and lead to something that works."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.following import follow_guide

GUIDES = Path("docs/contributing")
CONFORM = """
import sys
from pathlib import Path
from gymlab import runners
from gymlab.runner_api import conformance
from gymlab.runner_api.conformance import Subject
from gymlab.worker.discovery import discover_runners

root = Path(sys.argv[1])
runners.__path__.append(str(root))
folders, broken = discover_runners(root)
assert not broken, broken
[folder] = folders
assert [a.id for a in folder.manifest.algorithms] == sys.argv[2:], folder.manifest.algorithms
checks = [getattr(conformance, name) for name in dir(conformance) if name.startswith("check_")]
for algorithm in folder.manifest.algorithms:
    presets = folder.presets()[algorithm.id]
    assert presets
    subject = Subject(folder.load(), folder.manifest, algorithm, presets)
    for check in checks:
        check(subject)
print(len(checks), "checks passed")
"""


def _conform(root: Path, *algorithms: str) -> str:
    command = [sys.executable, "-c", CONFORM, str(root), *algorithms]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=110)
    assert ended.returncode == 0, ended.stderr[-3000:]
    return ended.stdout


def test_the_runner_guide_builds_a_conforming_runner(tmp_path: Path) -> None:
    """Its files, written as shown, pass every check that each runner has to pass."""
    touched = follow_guide(GUIDES / "runner.md", tmp_path / "hillclimb")
    assert {"runner.toml", "README.md", "config.py", "runner.py"} <= set(touched)
    assert int(_conform(tmp_path, "climb").split()[0]) >= 9


def test_the_algorithm_guide_adds_a_conforming_algorithm(tmp_path: Path) -> None:
    """After its steps the runner of the other guide has two algorithms, and both conform."""
    follow_guide(GUIDES / "runner.md", tmp_path / "hillclimb")
    follow_guide(GUIDES / "algorithm.md", tmp_path / "hillclimb")
    assert "checks passed" in _conform(tmp_path, "climb", "search")


def test_a_step_that_does_not_fit_is_noticed(tmp_path: Path) -> None:
    """Following a guide fails where the text it replaces is not there."""
    guide = tmp_path / "guide.md"
    guide.write_text("```python title=a.py\nx = 1\n```\n\n```python replace=a.py\ny\n---\nz\n```\n")
    with pytest.raises(AssertionError, match="no single"):
        follow_guide(guide, tmp_path / "out")
