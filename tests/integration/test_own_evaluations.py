"""Evaluations that users write, and the commands for code, through a real server."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gymlab.sdk.client import Client
from gymlab.sdk.failures import ConflictError
from gymlab.server.code.templates import all_templates
from tests.integration.lab import LabServer, until

SOURCES = {item.id: item.source for item in all_templates()}


@pytest.fixture(scope="module", name="lab")
def fixture_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """Yield a server."""
    with LabServer(tmp_path_factory.mktemp("judged"), warm_workers=1) as made:
        yield made


@pytest.fixture(scope="module", name="run_id")
def fixture_run(lab: LabServer) -> str:
    """Return a run that was trained to its end."""
    run_id = lab.create(total_timesteps=300)
    lab.wait_for(run_id, "completed")
    return run_id


def evaluated(lab: LabServer, run_id: str, **fields: Any) -> dict[str, Any]:
    """Evaluate and wait."""
    body = {"num_episodes": 3, "record_video": False, "seed": 1, **fields}
    answer = lab.post(f"/runs/{run_id}/evaluations", body)
    assert answer.status_code == 202, answer.text
    path = f"/runs/{run_id}/evaluations/{answer.json()['id']}"
    until(lambda: lab.get(path).json()["status"] not in {"queued", "running"}, "the evaluation")
    found: dict[str, Any] = lab.get(path).json()
    return found


def test_an_own_evaluation_is_shown_with_the_usual_numbers(lab: LabServer, run_id: str) -> None:
    """The metrics are of exactly the episodes that were played; the source is kept."""
    source = (
        "def evaluate(episodes):\n"
        "    return {'mean': sum(e.episode_return for e in episodes) / len(episodes),\n"
        "            'first_seed': episodes[0].seed, 'odd': float('nan')}\n"
    )
    made = lab.post("/code", {"kind": "evaluation", "name": "Mine", "source": source}).json()
    found = evaluated(lab, run_id, evaluation_code={"id": made["id"]})

    assert found["status"] == "completed", found
    assert found["metrics"]["mean"] == pytest.approx(found["return_mean"])
    assert found["metrics"]["first_seed"] == found["episodes"][0]["seed"]
    assert found["metrics"]["odd"] is None
    assert found["evaluation_code"]["name"] == "Mine"
    assert found["evaluation_code"]["version"] == 1
    assert lab.request("DELETE", f"/code/{made['id']}").status_code == 204
    latest = lab.get(f"/runs/{run_id}/evaluations/latest").json()
    assert latest["metrics"] == found["metrics"]


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("def evaluate(episodes):\n    return 1 / 0\n", "ZeroDivisionError"),
        ("def evaluate(episodes):\n    return None\n", "not a dict"),
        ("def evaluate(episodes):\n    while True: pass\n", "still running"),
        ("x = (\n", "<evaluation>:1"),
        ("import surely_missing\n", "surely_missing"),
        ("def other(): pass\n", "no function evaluate"),
        ("import os\ndef evaluate(episodes):\n    os._exit(3)\n", "exit code 3 after 3 episodes"),
        pytest.param(
            "import ctypes\ndef evaluate(episodes):\n    ctypes.string_at(0)\n",
            "crashed the interpreter after 3 episodes, in the evaluation",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "def evaluate(episodes):\n    while True:\n        try:\n            while True: pass\n"
            "        except BaseException: pass\n",
            "still running",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "def evaluate(episodes):\n    return {'a': sum(range(10 ** 12))}\n",
            "at <evaluation>:2",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_failing_evaluation_of_ones_own_leaves_the_usual_one(
    lab: LabServer, run_id: str, source: str, word: str
) -> None:
    """The numbers are there, and the reason with its line."""
    found = evaluated(lab, run_id, evaluation_code={"source": source})
    assert found["status"] == "completed", found
    assert found["return_mean"] is not None
    assert found["metrics"] == {}
    assert word in found["metrics_problem"], found["metrics_problem"]


@pytest.mark.parametrize(
    "code",
    [{}, {"id": "0" * 12}, {"id": "x", "source": "y"}, {"source": ""}, {"source": "a\0b"}, 3, "x"],
)
def test_what_is_no_evaluation_code_is_refused_by_name(
    lab: LabServer, run_id: str, code: Any
) -> None:
    """Nothing reaches a worker."""
    answer = lab.post(f"/runs/{run_id}/evaluations", {"evaluation_code": code})
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["fields"][0]["field"].startswith("evaluation_code")


def test_code_of_another_kind_is_refused(lab: LabServer, run_id: str) -> None:
    """With what it is."""
    made = lab.post("/code", {"kind": "reward", "name": "R", "source": SOURCES["reward_sparse"]})
    body = {"evaluation_code": {"id": made.json()["id"]}}
    answer = lab.post(f"/runs/{run_id}/evaluations", body)
    assert answer.status_code == 422
    assert "code for a reward" in answer.json()["error"]["detail"]


def gymlab(lab: LabServer, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command on the server."""
    command = [sys.executable, "-m", "gymlab", *words, "--url", lab.url]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_commands_store_show_check_try_and_delete(
    lab: LabServer, run_id: str, tmp_path: Path
) -> None:
    """From a file to a document, through every command."""
    file = tmp_path / "landing.py"
    file.write_text(SOURCES["evaluation"], encoding="utf-8")
    assert "Nothing is wrong." in gymlab(lab, "code", "check", str(file)).stdout
    pushed = gymlab(lab, "code", "push", str(file))
    assert pushed.returncode == 0, pushed.stderr
    code_id = pushed.stdout.split()[1]
    assert "landing" in gymlab(lab, "code", "list").stdout
    assert gymlab(lab, "code", "show", code_id).stdout == file.read_text()
    tried = gymlab(lab, "code", "try", str(file), "--env", "CartPole-v1", "--seed", "1")
    assert tried.returncode == 0, tried.stdout + tried.stderr
    assert "mean_length" in tried.stdout
    shown = gymlab(lab, "evaluate", run_id, "-n", "2", "--no-video", "--code", code_id)
    assert "mean_length" in shown.stdout, shown.stdout + shown.stderr

    file.write_text("def evaluate(episode):\n    return {'a': b}\n", encoding="utf-8")
    wrong = gymlab(lab, "code", "check", str(file))
    assert wrong.returncode == 2
    assert f"{file}:2:18: error: `b` is not defined." in wrong.stdout
    assert "version" in gymlab(lab, "code", "push", str(file), "--to", code_id).stdout
    assert gymlab(lab, "code", "push", str(file), "--to", code_id, "--version", "1").returncode == 4
    file.write_bytes(b"x = 1\ny = '\xff'\n")
    assert "line 2 has the byte 0xff" in gymlab(lab, "code", "check", str(file)).stderr
    assert gymlab(lab, "code", "delete", code_id).returncode == 0
    assert gymlab(lab, "code", "show", code_id).returncode == 3


def test_the_client_offers_the_same(lab: LabServer) -> None:
    """Typed, with the conflict as an exception."""
    with Client(lab.url) as client:
        made = client.create_code("reward", "Sparse", SOURCES["reward_sparse"])
        newer = client.change_code(made.id, "a = 1\n", version=1, name="Other")
        assert (newer.version, newer.name) == (2, "Other")
        with pytest.raises(ConflictError):
            client.change_code(made.id, "b = 1\n", version=1)
        assert [item.version for item in client.code_versions(made.id)] == [2, 1]
        assert client.code(made.id, 1).source == SOURCES["reward_sparse"]
        assert made.id in {item.id for item in client.code_documents(kind="reward")}
        assert not client.check_code("reward", "a = 1\n").ok
        found = client.try_code("evaluation", SOURCES["evaluation"], env_id="CartPole-v1", seed=1)
        assert found["metrics"]["ended_by_itself"] == 1.0
        client.delete_code(made.id)
