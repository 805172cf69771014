"""The guide `docs/environments/adding.md` works when it is followed word for word."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from gymlab.envs.catalogue import describe_environment
from gymlab.envs.families import FAMILIES

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "environments" / "adding.md"
PAGES = ROOT / "docs" / "environments"

SHOW_COIN = """
from gymlab.envs.catalogue import describe_environment
from gymlab.envs.making import make_env

info = describe_environment("mine/Coin-v0")
make_env("mine/Coin-v0").reset(seed=0)
print(info.family, info.available, info.can_render, info.title, info.summary)
print([meaning.meaning for meaning in info.action_meanings])
"""


def code_blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def run(command: list[str], folder: Path, **variables: str) -> str:
    """Run a command of the guide in a folder and return what it printed."""
    environment = {**os.environ, **variables}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Copy what the guide touches."""
    ignored = shutil.ignore_patterns("__pycache__", "static", "node_modules")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=ignored)
    (tmp_path / "tests" / "conformance").mkdir(parents=True)
    for name in ("pyproject.toml", "ruff.toml", "tests/conformance/test_environments.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_an_environment_is_added_to_gymlab(checkout: Path) -> None:
    """One new file and one entry; its conformance tests appear and pass."""
    into_gymlab = GUIDE.read_text(encoding="utf-8").split("## From a package")[0]
    source, entry = code_blocks(into_gymlab, "python")
    (commands,) = code_blocks(into_gymlab, "bash")

    (checkout / "src/gymlab/envs/corridor.py").write_text(source, encoding="utf-8")
    registration = checkout / "src/gymlab/envs/registration.py"
    text = registration.read_text(encoding="utf-8")
    head, opening, tail = text.partition("OWN_ENVIRONMENTS: tuple[dict[str, Any], ...] = (\n")
    assert opening
    registration.write_text(head + opening + entry + tail, encoding="utf-8")

    printed = [
        run([sys.executable, *_arguments(line)], checkout, PYTHONPATH=str(checkout / "src"))
        for line in commands.strip().splitlines()
    ]

    assert "All checks passed" in printed[0]
    assert re.search(r"^[4-9] passed", printed[1], re.MULTILINE), printed[1]
    assert printed[2] == "Walk down a corridor to its end.\n"


def _arguments(line: str) -> list[str]:
    """Split a command of the guide, without its `python`."""
    program, *arguments = re.findall(r'"([^"]*)"|(\S+)', line)
    assert "".join(program) == "python"
    return ["".join(argument) for argument in arguments]


def test_an_environment_comes_from_another_package(tmp_path: Path) -> None:
    """It is listed as installed, with its own documentation, and can be made."""
    from_a_package = GUIDE.read_text(encoding="utf-8").split("## From a package")[1]
    (source,) = code_blocks(from_a_package, "python")
    (project,) = code_blocks(from_a_package, "toml")
    _install(tmp_path, source, project)

    python_path = os.pathsep.join([str(tmp_path), str(ROOT / "src")])
    printed = run([sys.executable, "-c", SHOW_COIN], tmp_path, PYTHONPATH=python_path)

    assert printed == "installed True False Coin Guess a coin.\n['heads', 'tails']\n"


def _install(folder: Path, source: str, project: str) -> None:
    """Write what an installer would write for the guide's project file."""
    fields = tomllib.loads(project)["project"]
    (folder / "my_envs.py").write_text(source, encoding="utf-8")
    information = folder / f"my_envs-{fields['version']}.dist-info"
    information.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {fields['name']}\nVersion: {fields['version']}\n"
    (information / "METADATA").write_text(metadata, encoding="utf-8")
    ((group, names),) = fields["entry-points"].items()
    lines = [f"[{group}]", *(f"{name} = {target}" for name, target in names.items())]
    (information / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")


def test_the_code_of_the_grid_world_page_runs(tmp_path: Path) -> None:
    """It prints the values and the policy of the default board."""
    (source,) = code_blocks((PAGES / "gridworld.md").read_text(encoding="utf-8"), "python")
    printed = run([sys.executable, "-c", source], tmp_path, PYTHONPATH=str(ROOT / "src"))
    assert "nan" in printed
    assert "[-1" in printed or "-1]" in printed or " -1 " in printed


def test_every_argument_of_the_grid_world_is_documented() -> None:
    """On its page and in its docstring."""
    info = describe_environment("gymlab/GridWorld-v0")
    page = (PAGES / "gridworld.md").read_text(encoding="utf-8")
    sections = {section.title: section.markdown for section in info.description}
    for name in info.default_kwargs:
        assert f"`{name}`" in page
        assert f"`{name}`" in sections["Arguments"] + sections["Episode End"]


@pytest.mark.parametrize("name", ["snake", "orbit", "lantern", "crossing"])
def test_every_argument_and_ending_of_a_game_is_documented(name: str) -> None:
    """On its page and in its docstring, with a picture."""
    info = describe_environment(f"gymlab/{name.title()}-v0")
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    sections = {section.title: section.markdown for section in info.description}
    assert info.game is not None
    for argument in info.default_kwargs:
        assert f"`{argument}`" in page
        assert f"`{argument}`" in sections["Arguments"] + sections["Episode End"]
    for reason in info.game.terminations:
        assert f"`{reason.name}`" in page
        assert f"`{reason.name}`" in sections["Episode End"]
    assert f"({name}.png)" in page


def test_every_family_is_documented() -> None:
    """The catalogue's page has a row for each."""
    page = (PAGES / "catalogue.md").read_text(encoding="utf-8")
    assert [family for family in FAMILIES if f"| `{family}` |" not in page] == []


def test_the_links_of_the_pages_lead_somewhere() -> None:
    """Pictures and pages exist."""
    for page in PAGES.glob("*.md"):
        text = re.sub(
            r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
        )
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
