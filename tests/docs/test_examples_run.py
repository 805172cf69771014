"""What README and user guide show is run: every curl line, every Python block, every command."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gymlab
from gymlab.domain.code import source_code
from gymlab.domain.runs import RunStatus
from gymlab.envs.rewarding.function import RewardFunction, Transition
from gymlab.sdk.client import Client
from gymlab.sdk.models import Run
from tests.integration.lab_process import LabProcess, clean_environment, running_lab

USUAL_URL = "http://127.0.0.1:8000"
WAIT_S = 60.0
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ACTIONS = {"pause": RunStatus.PAUSED, "resume": RunStatus.RUNNING, "stop": RunStatus.STOPPED}
STREAM_S = 2
ANSWER_S = 90
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabProcess]:
    """A server without runs."""
    with running_lab(tmp_path_factory.mktemp("docs") / "home") as made:
        yield made


@pytest.fixture(autouse=True)
def _stop_runs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave no run of one example training beside the next."""
    yield
    if "lab" in request.fixturenames:
        with Client(request.getfixturevalue("lab").url) as client:
            for run in client.runs():
                if "stop" in run.allowed_actions:
                    client.stop(run.id)


@pytest.fixture
def run_id(lab: LabProcess) -> Iterator[str]:
    """A run that goes on until it is stopped."""
    with Client(lab.url) as client:
        run = client.create(
            "CartPole-v1",
            runner="fake",
            algorithm="random",
            total_timesteps=10_000_000,
            hyperparameters={"timesteps_per_second": 300.0, "print_per_second": 20.0},
        )
        client.wait(run.id, timeout_s=WAIT_S, until=lambda now: now.timestep > 200)
        yield run.id


def _blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [block for kind, block in _FENCE.findall(text) if kind == language]


def _curl_commands(page: str) -> list[str]:
    """Return every curl command; one that is spread over lines is one command."""
    commands: list[str] = []
    for block in _blocks(page, "sh"):
        for line in block.splitlines():
            if line.startswith("curl"):
                commands.append(line)
            elif commands and line.startswith("  "):
                commands[-1] += "\n" + line
    return commands


def _status_of(command: str, folder: Path, **variables: str) -> int:
    """Run a command with a limit on its time; return the HTTP status of the answer."""
    limited = re.sub(
        r"^curl", f"curl -sS --max-time {STREAM_S if ' -N' in command else ANSWER_S}", command
    )
    ended = subprocess.run(
        ["bash", "-c", f"{_without_comment(limited)} -o answer -w '%{{http_code}}'"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=ANSWER_S + 10,
        env=clean_environment(**variables),
    )
    timed_out = 28
    assert ended.returncode in ({0, timed_out} if " -N" in command else {0}), (
        command,
        ended.stderr,
    )
    return int(ended.stdout[-3:])


def _refused(command: str, status: int, folder: Path, run: Run | None = None) -> str:
    """Say why a line was not answered as its page promises."""
    answer = (folder / "answer").read_text(encoding="utf-8", errors="replace")[:500]
    return f"{command} was answered with {status}: {answer}; the run: {run!r}"


def _without_comment(command: str) -> str:
    return re.sub(r" +# .*$", "", command, flags=re.MULTILINE).replace(" -O ", " ")


@pytest.mark.parametrize(
    "page",
    ["docs/guide/training.md", "docs/guide/watching.md", "docs/guide/history.md"],
    ids=lambda page: Path(page).stem,
)
def test_every_curl_line_is_answered(
    page: str, lab: LabProcess, run_id: str, tmp_path: Path
) -> None:
    """In the order of the page, against a real server and a run that is training."""
    commands = _curl_commands(page)
    assert len(commands) >= 6
    with Client(lab.url) as client:
        position = f"{run_id}:m=1.1"
        for command, following in zip(commands, [*commands[1:], ""], strict=True):
            status = _status_of(
                command.replace("last_event_id=...", f"last_event_id={position}").replace(
                    "Last-Event-ID: ...", f"Last-Event-ID: {position}"
                ),
                tmp_path,
                LAB=f"{lab.url}/api/v1",
                RUN=run_id,
            )
            assert 200 <= status < 300, _refused(command, status, tmp_path, client.get(run_id))
            action = re.search(r"\$RUN/(pause|resume|stop)\b", command)
            if action:
                wanted = _ACTIONS[action[1]]
                client.wait(run_id, timeout_s=WAIT_S, until=lambda now, w=wanted: now.status == w)
            if '/recordings"' in command and "-X DELETE" not in command:
                client.wait(
                    run_id, timeout_s=WAIT_S, until=lambda now: now.recording_id is not None
                )
            if "-X DELETE" in command and "/restore" not in following:
                run_id = _finished_run(client)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", ["docs/guide/evaluating.md", "docs/guide/checkpoints.md"])
def test_every_curl_line_about_a_trained_run_is_answered(
    page: str, lab: LabProcess, trained: str, tmp_path: Path
) -> None:
    """In the order of the page, with a real policy; files that one line writes the next ones read."""
    commands = _curl_commands(page)
    assert len(commands) >= 5
    names = {"LAB": f"{lab.url}/api/v1", "RUN": trained}
    for command in commands:
        status = _status_of(command, tmp_path, **names)
        assert 200 <= status < 300, _refused(command, status, tmp_path)
        if command.startswith("curl -H") and '/evaluations"' in command:
            answer = json.loads((tmp_path / "answer").read_text(encoding="utf-8"))
            names["EVALUATION"] = answer["id"]


@pytest.fixture
def trained(lab: LabProcess) -> str:
    """A run of PPO that was trained to its end."""
    small = {"n_steps": 128, "num_envs": 1, "n_epochs": 1}
    with Client(lab.url) as client:
        run = client.create("CartPole-v1", total_timesteps=512, hyperparameters=small)
        return client.wait(run.id, timeout_s=2 * WAIT_S).id


def _finished_run(client: Client) -> str:
    run = client.create("CartPole-v1", runner="fake", algorithm="random", total_timesteps=300)
    return client.wait(run.id, timeout_s=WAIT_S).id


def _namespace(page: str, number: int, lab: LabProcess) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    exec(_blocks(page, "python")[number].replace(USUAL_URL, lab.url), namespace)  # noqa: S102
    return namespace


def test_frames_arrive_as_the_guide_reads_them(
    lab: LabProcess, run_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The WebSocket example writes JPEG files and returns their headers."""
    monkeypatch.chdir(tmp_path)
    [address] = _blocks("docs/guide/watching.md", "")
    url = address.strip().replace("ws://127.0.0.1:8000", lab.url.replace("http", "ws"))
    save_frames = _namespace("docs/guide/watching.md", 0, lab)["save_frames"]
    headers = save_frames(url.replace("$RUN", run_id), 2)
    assert [header["seq"] for header in headers] == sorted(header["seq"] for header in headers)
    assert all(path.read_bytes()[:2] == b"\xff\xd8" for path in tmp_path.glob("*.jpg"))
    assert len(list(tmp_path.glob("*.jpg"))) == 2


def test_the_python_guide_trains_and_reads(
    lab: LabProcess,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its first block trains PPO for real, prints a return and downloads the rows."""
    blocks = _blocks("docs/guide/python.md", "python")
    monkeypatch.chdir(tmp_path)
    exec(blocks[0].replace(USUAL_URL, lab.url), {})  # noqa: S102
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("True")
    assert "completed" in said[1]
    assert (tmp_path / "metrics.jsonl").stat().st_size > 0


def test_the_play_guide_acts_from_python(
    lab: LabProcess,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its block balances a pole for a while and stores a picture."""
    monkeypatch.chdir(tmp_path)
    _namespace("docs/guide/play.md", 0, lab)
    timestep, episode_return = capsys.readouterr().out.split()
    assert float(episode_return) == int(timestep) > 5
    assert (tmp_path / "cartpole.jpg").read_bytes()[:2] == b"\xff\xd8"


def test_the_python_guide_follows_and_explains(lab: LabProcess) -> None:
    """The live example ends with the run; the error example names the field."""
    follow = _namespace("docs/guide/python.md", 1, lab)["follow"]
    with Client(lab.url) as client:
        run = client.create("CartPole-v1", runner="fake", algorithm="random", total_timesteps=1000)
        assert len(follow(lab.url, run.id)) >= 1
        namespace: dict[str, Any] = {"gymlab": gymlab}
        exec(_blocks("docs/guide/python.md", "python")[2], namespace)  # noqa: S102
        assert any("total_timesteps" in line for line in namespace["explain"](client))


def test_the_readme_commands_run(tmp_path: Path) -> None:
    """Every `gymlab` line of the README works in a fresh data folder."""
    lines = [
        line
        for block in _blocks("README.md", "sh")
        for line in block.splitlines()
        if line.startswith(".venv/bin/gymlab")
    ]
    assert len(lines) >= 3
    for line in lines:
        words = shlex.split(line)
        words[0] = str(Path(words[0]).absolute())
        ended = subprocess.run(
            words,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=110,
            env=clean_environment(GYMLAB_PORT="0"),
        )
        assert ended.returncode == 0, f"{line}: {ended.stdout}{ended.stderr}"


def test_the_readme_example_prints_a_return(
    lab: LabProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    """The Python block trains and prints a number."""
    _namespace("README.md", 0, lab)
    assert float(capsys.readouterr().out) > 0


@pytest.mark.parametrize("page", ["docs/guide/rewards.md", "docs/guide/wrappers.md"])
def test_requests_about_rewards_and_wrappers_are_answered(
    page: str, lab: LabProcess, run_id: str, tmp_path: Path
) -> None:
    """Every curl line, in the order of the page."""
    commands = _curl_commands(page)
    assert len(commands) >= 2
    for command in commands:
        status = _status_of(command, tmp_path, LAB=f"{lab.url}/api/v1", RUN=run_id)
        assert 200 <= status < 300, f"{command} was answered with {status}"


def test_the_rewards_of_the_guide_train(
    lab: LabProcess,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every function shown can be called; the example prints its three figures."""
    blocks = _blocks("docs/guide/rewards.md", "python")
    rewards = [block for block in blocks if "def reward_function" in block]
    assert len(rewards) == 4
    seen = np.linspace(-1, 1, 8)
    for source in rewards:
        function = RewardFunction(source_code(source))
        transition = Transition(seen, 2, seen, 0.0, terminated=False, truncated=False, info={})
        reward, _ = function(transition)
        if function.is_batched or function.is_elementwise:
            assert function.many([transition])[0][0] == pytest.approx(reward, rel=1e-6)
    [example] = [block for block in blocks if "Client(" in block]
    hover = next(source for source in rewards if "hover" in source)
    (tmp_path / "hover.py").write_text(hover)
    monkeypatch.chdir(tmp_path)
    exec(example.replace(USUAL_URL, lab.url), {})  # noqa: S102
    assert len(capsys.readouterr().out.split()) == 3
