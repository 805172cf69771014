"""The command line against real servers, shims and workers."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gymlab.cli.server_file import read_server_file
from gymlab.domain.runs import RunStatus
from gymlab.sdk.client import Client
from tests.integration.lab_process import (
    LabProcess,
    clean_environment,
    gymlab,
    is_healthy,
    running_lab,
)

FAKE = ("--runner", "fake", "--algorithm", "random")
WAIT_S = 60.0


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabProcess]:
    """A server without runs."""
    with running_lab(tmp_path_factory.mktemp("cli") / "home") as made:
        yield made


def test_train_with_a_running_server(lab: LabProcess) -> None:
    """The run is made by that server; the command ends with it and prints the return."""
    ended = gymlab("train", "CartPole-v1", *FAKE, "-n", "500", "-s", "3", "--json", home=lab.home)
    assert ended.returncode == 0, ended.stderr
    run = json.loads(ended.stdout)
    assert (run["status"], run["seed"], run["total_timesteps"]) == ("completed", 3, 500)
    assert lab.url in ended.stderr
    listed = gymlab("runs", "list", "--json", home=lab.home)
    assert run["id"] in {item["id"] for item in json.loads(listed.stdout)}


@pytest.mark.timeout(240)
def test_train_without_a_server(tmp_path: Path) -> None:
    """A server is started for the commands that need one at a time; the last of them ends it.

    The second command joins the server of the first and outlives it; when its terminal is closed
    its server ends, and its run goes on.
    """
    home = tmp_path / "data folder"
    with _training(home, "-n", "1000000", "--name", "first") as first:
        address = _wait_for_server(home)
        with _training(home, "-n", "1000000", "--name", "second") as second:
            with Client(address) as client:
                run_id = _wait_for_name(client, "second")
            first.send_signal(signal.SIGINT)
            out, err = first.communicate(timeout=WAIT_S)
            assert first.returncode == 0, err
            assert "stopped after" in out
            assert is_healthy(address)
            second.send_signal(signal.SIGHUP)
            second.communicate(timeout=WAIT_S)
            assert second.returncode == 129
    assert not is_healthy(address)
    assert gymlab("runs", "stop", run_id, home=home).stdout == f"{run_id}: stopping\n"
    listed = gymlab("runs", "list", "--json", home=home)
    statuses = {run["name"]: run["status"] for run in json.loads(listed.stdout)}
    assert statuses["second"] in {"stopping", "stopped"}
    assert statuses["first"] == "stopped"


def _training(home: Path, *flags: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "gymlab", "train", "CartPole-v1", *FAKE, *flags]
    return subprocess.Popen(
        [*command, "--set", "timesteps_per_second=300"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(GYMLAB_HOME=str(home)),
    )


def _wait_for_server(home: Path) -> str:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        told = read_server_file(home)
        if told is not None and is_healthy(told.url):
            return told.url
        time.sleep(0.02)
    raise AssertionError("the command started no server")


def test_commands_at_the_same_time_share_one_server(tmp_path: Path) -> None:
    """Whoever loses the race to start it uses the winner's; none is left behind."""
    home = tmp_path / "home"
    command = [sys.executable, "-m", "gymlab", "runs", "list"]
    environment = clean_environment(GYMLAB_HOME=str(home))
    listing = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
        for _ in range(3)
    ]
    for process in listing:
        _, err = process.communicate(timeout=WAIT_S)
        assert process.returncode == 0, err.decode()
    assert read_server_file(home) is None


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """In one line, by every command."""
    (tmp_path / "file").touch()
    ended = gymlab("runs", "list", home=tmp_path / "file" / "below")
    assert ended.returncode == 5
    assert "Cannot write to the data folder" in ended.stderr


def test_a_run_that_fails_is_told_with_its_reason(lab: LabProcess) -> None:
    """Exit code 10 and the line of the exception."""
    crash = ("--set", "crash_at=50", "--set", "crash_kind=exception")
    ended = gymlab("train", "CartPole-v1", *FAKE, "-n", "500", *crash, home=lab.home)
    assert ended.returncode == 10
    assert "failed after" in ended.stdout
    assert "asked to fail at timestep" in ended.stdout


def test_ctrl_c_stops_the_run_and_keeps_a_checkpoint(lab: LabProcess) -> None:
    """The command asks for the stop, waits for it and ends normally."""
    command = [sys.executable, "-m", "gymlab", "train", "CartPole-v1", *FAKE, "-n", "1000000"]
    command += ["--set", "timesteps_per_second=500", "--name", "interrupted by hand"]
    command += ["--checkpoint-every", "50"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(GYMLAB_HOME=str(lab.home)),
    )
    with Client(lab.url) as client:
        run = _wait_for_name(client, "interrupted by hand")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=WAIT_S)
        assert process.returncode == 0, err
        assert "press Ctrl-C again" in err
        assert "stopped after" in out
        assert client.get(run).status is RunStatus.STOPPED
        assert client.checkpoints(run)


def _wait_for_name(client: Client, name: str) -> str:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        for run in client.runs():
            if run.name == name and run.status is RunStatus.RUNNING and run.timestep > 100:
                return run.id
        time.sleep(0.05)
    raise AssertionError(f"no run {name!r} is training")


def test_runs_are_controlled(lab: LabProcess) -> None:
    """Pause, resume, stop, logs, show and delete, each by its command."""
    with Client(lab.url) as client:
        run = client.create(
            "CartPole-v1",
            runner="fake",
            algorithm="random",
            total_timesteps=1_000_000,
            hyperparameters={"timesteps_per_second": 300.0, "print_per_second": 20.0},
            name="controlled",
        ).id
        _wait_for_name(client, "controlled")
        for action, status in (
            ("pause", RunStatus.PAUSED),
            ("resume", RunStatus.RUNNING),
            ("stop", RunStatus.STOPPED),
        ):
            assert gymlab("runs", action, run, home=lab.home).returncode == 0
            client.wait(run, timeout_s=WAIT_S, until=lambda now, s=status: now.status == s)
    assert "fake runner at timestep" in gymlab("runs", "logs", run, home=lab.home).stdout
    assert "stopped" in gymlab("runs", "show", run, home=lab.home).stdout
    assert gymlab("runs", "pause", run, home=lab.home).returncode == 4
    assert gymlab("runs", "delete", run, "--yes", home=lab.home).stdout == f"{run}: deleted\n"
    missing = gymlab("runs", "show", run, home=lab.home)
    assert missing.returncode == 3
    assert missing.stderr.startswith("error: No run")


def test_catalogue_commands(lab: LabProcess) -> None:
    """Environments and runners are listed as the server has them."""
    envs = json.loads(gymlab("envs", "list", "--json", home=lab.home).stdout)
    assert "CartPole-v1" in {env["id"] for env in envs}
    assert "LunarLander-v3" in gymlab("envs", "show", "LunarLander-v2", home=lab.home).stdout
    assert json.loads(gymlab("runners", "list", "--json", home=lab.home).stdout)


def test_a_second_server_is_refused_in_one_line(lab: LabProcess) -> None:
    """It names the server that owns the folder, with a port of its own and with the same port."""
    port = lab.url.rpartition(":")[2]
    for flags in (("--port", "0"), ("--port", port)):
        ended = gymlab("serve", "--home", str(lab.home), *flags, home=lab.home)
        assert ended.returncode == 4, ended.stderr
        assert str(lab.process.pid) in ended.stderr
        assert "Traceback" not in ended.stderr


def test_the_terminal_of_the_server_shows_runs(tmp_path: Path) -> None:
    """It prints the address, and lines of a run's progress and end."""
    with running_lab(tmp_path / "home") as lab, Client(lab.url) as client:
        run = client.create("CartPole-v1", runner="fake", algorithm="random", total_timesteps=200)
        client.wait(run.id, timeout_s=WAIT_S)
        deadline = time.monotonic() + WAIT_S
        while f"{run.id} completed" not in lab.output.read_text() and time.monotonic() < deadline:
            time.sleep(0.05)
        said = lab.output.read_text()
    assert f"is at {lab.url}" in said
    assert f"{run.id} completed after" in said


def test_sigterm_ends_the_server_and_runs_go_on(tmp_path: Path) -> None:
    """It leaves within five seconds with 0; the next server finds the run still training."""
    with running_lab(tmp_path / "home") as lab:
        with Client(lab.url) as client:
            run = client.create(
                "CartPole-v1",
                runner="fake",
                algorithm="random",
                total_timesteps=1_000_000,
                hyperparameters={"timesteps_per_second": 300.0},
                name="goes on",
            )
            _wait_for_name(client, "goes on")
        lab.process.terminate()
        assert lab.process.wait(5) == 0
        lab.start()
        with Client(lab.url) as client:
            found = client.wait(
                run.id, timeout_s=WAIT_S, until=lambda now: now.status is RunStatus.RUNNING
            )
            assert found.attempt == 1


def test_evaluate_prints_what_was_found(lab: LabProcess) -> None:
    """As a table for people and as JSON for programs; a failure has its exit code."""
    trained = gymlab("train", "CartPole-v1", *FAKE, "-n", "400", "--json", home=lab.home)
    run_id = json.loads(trained.stdout)["id"]
    command = ("evaluate", run_id, "--episodes", "3", "--seed", "0", "--no-video")

    ended = gymlab(*command, "--checkpoint", "best", home=lab.home)
    assert ended.returncode == 0, ended.stderr
    assert "95 % interval" in ended.stdout
    assert "terminated 3" in ended.stdout

    ended = gymlab(*command, "--stochastic", "--json", home=lab.home)
    found = json.loads(ended.stdout)
    assert (found["status"], found["deterministic"]) == ("completed", False)
    assert len(found["episodes"]) == 3

    assert gymlab(*command, "--checkpoint", "newest", home=lab.home).returncode == 2
    assert gymlab(*command, "--checkpoint", "7", home=lab.home).returncode == 2
    assert gymlab("evaluate", "0" * 12, home=lab.home).returncode == 3


def test_train_evaluates_on_the_way_and_stops_early(lab: LabProcess) -> None:
    """The curve has a name of its own, and the run is complete before its budget."""
    plan = ("--evaluate-every", "300", "--evaluate-episodes", "2", "--stop-at-return", "1")
    ended = gymlab("train", "CartPole-v1", *FAKE, "-n", "100000", *plan, "--json", home=lab.home)
    run = json.loads(ended.stdout)
    assert (run["status"], run["timestep"]) == ("completed", 300)
    with Client(lab.url) as client:
        curve = client.metrics(run["id"], ["eval/episode_return"])["eval/episode_return"]
        assert curve.timestep == [300]
        assert client.get(run["id"]).evaluation_return == curve.value[0]
        [checkpoint] = client.checkpoints(run["id"])
        assert checkpoint.is_best
        events = [event.message for event in client.events(run["id"])]
    assert any("training ends" in message for message in events)
