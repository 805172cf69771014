"""The guides to environments and evaluations of one's own are followed word for word."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.following import follow_guide
from tests.integration.lab import LabServer

GUIDES = Path("docs/guide")
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module", name="lab")
def fixture_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """Yield a server."""
    with LabServer(tmp_path_factory.mktemp("guides"), warm_workers=1) as made:
        yield made


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    found = _FENCE.findall(page.read_text(encoding="utf-8"))
    return [text for kind, text in found if kind == language]


def gymlab(lab: LabServer, line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of a guide on the server, with fewer timesteps."""
    words = shlex.split(line.replace("20000", "600"))
    command = [sys.executable, "-m", *words, "--url", lab.url]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


@pytest.mark.timeout(300)
def test_the_environment_guide_leads_to_trained_agents(lab: LabServer, tmp_path: Path) -> None:
    """The first version is complained about as shown; the second one trains and is evaluated."""
    page = GUIDES / "own-environments.md"
    follow_guide(page, tmp_path)
    said = gymlab(lab, "gymlab code check boat.py", tmp_path).stdout
    for line in blocks(page, "text")[0].splitlines():
        assert line.removesuffix(" ...") in said, said
    fixed = tmp_path / "fixed"
    tried = gymlab(lab, "gymlab code try boat.py", fixed)
    assert tried.returncode == 0, tried.stdout + tried.stderr
    assert ": error:" not in tried.stdout

    code_id = run_id = ""
    for line in blocks(page, "sh")[0].splitlines():
        filled = line.replace("code/ID", f"code/{code_id}").replace(" RUN", f" {run_id} -n 2")
        ended = gymlab(lab, filled, fixed)
        assert ended.returncode == 0, f"{filled}: {ended.stdout} {ended.stderr}"
        if " push " in line:
            code_id = ended.stdout.split()[1]
        if " train " in line:
            run_id = lab.runs()[0]["id"]
    assert {run["algorithm"] for run in lab.runs()} >= {"ppo", "dqn"}
    for line in blocks(page, "bash")[0].splitlines():
        ended = gymlab(lab, line, tmp_path)
        assert ended.returncode == 0, f"{line}: {ended.stdout} {ended.stderr}"


def test_the_evaluation_guide_leads_to_metrics(lab: LabServer, tmp_path: Path) -> None:
    """Every command, with the file and with the document."""
    page = GUIDES / "own-evaluations.md"
    follow_guide(page, tmp_path)
    run_id = lab.create(total_timesteps=300)
    lab.wait_for(run_id, "completed")
    code_id = ""
    for line in blocks(page, "sh")[0].splitlines():
        filled = line.replace("RUN", f"{run_id} -n 2").replace("code ID", f"code {code_id}")
        ended = gymlab(lab, filled, tmp_path)
        assert ended.returncode == 0, f"{filled}: {ended.stdout} {ended.stderr}"
        if " push " in line:
            code_id = ended.stdout.split()[1]
        if " evaluate " in line:
            assert "full_length" in ended.stdout, ended.stdout
