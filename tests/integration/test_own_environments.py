"""Environments that users write: tried, listed, trained with several algorithms, evaluated."""

from collections.abc import Iterator
from typing import Any

import pytest

from gymlab.server.code.templates import all_templates
from tests.integration.lab import LabServer

TEMPLATE = next(item.source for item in all_templates() if item.id == "environment")


@pytest.fixture(scope="module", name="lab")
def fixture_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """Yield a server with a worker that waits for trials."""
    with LabServer(tmp_path_factory.mktemp("own"), warm_workers=1) as made:
        yield made


def store(lab: LabServer, source: str = TEMPLATE, name: str = "Hold the height") -> dict[str, Any]:
    """Store an environment."""
    answer = lab.post("/code", {"kind": "environment", "name": name, "source": source})
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


def findings_of(lab: LabServer, source: str) -> dict[str, dict[str, Any]]:
    """Return what trying a source found, by check; the last of each."""
    answer = lab.post("/code/try", {"kind": "environment", "source": source, "seed": 1})
    assert answer.status_code == 200, answer.text
    return {item["check"]: item for item in answer.json()["findings"]}


def test_the_template_passes_every_check(lab: LabServer) -> None:
    """With pictures and what it prints."""
    source = TEMPLATE + "\nprint('made of', TARGET)\n"
    answer = lab.post("/code/try", {"kind": "environment", "source": source, "seed": 1}).json()
    assert {item["status"] for item in answer["findings"]} == {"ok"}, answer["findings"]
    assert {item["check"] for item in answer["findings"]} >= {
        "import", "constructor", "reset", "step", "check_env", "smoke_run", "determinism",
        "rendering", "observations", "rewards", "episodes",
    }  # fmt: skip
    assert 2 <= len(answer["frames"]) <= 60
    assert "made of 5.0" in answer["printed"]


def test_an_environment_is_listed_described_trained_and_evaluated(lab: LabServer) -> None:
    """By two algorithms; its document may be deleted afterwards."""
    env_id = store(lab)["env_id"]
    info = lab.get(f"/environments/{env_id}").json()
    assert (info["family"], info["title"], info["available"]) == ("yours", "Hold the height", True)
    assert info["observation_space"]["text"] == "Box(2)"
    assert info["default_kwargs"]["gusts"] == 0.3
    listed = lab.get("/environments?family=yours").json()["items"]
    assert env_id in {item["id"] for item in listed}
    for url in (info["thumbnail_url"], info["animation_url"]):
        assert lab.client.get(f"{lab.url}{url}").content[:2] in {b"\xff\xd8", b"RI"}

    runs: list[str] = []
    for algorithm in ("ppo", "dqn"):
        body = {
            "env_id": env_id.partition("@")[0],
            "env_kwargs": {"gusts": 0.1},
            "runner": "sb3",
            "algorithm": algorithm,
            "total_timesteps": 600,
            "seed": 3,
        }
        check = lab.post("/runs/check", body).json()
        assert check["ok"], check
        answer = lab.post("/runs", body)
        assert answer.status_code == 201, answer.text
        assert answer.json()["env_id"] == env_id
        runs.append(answer.json()["id"])
    for run_id in runs:
        run = lab.wait_for(run_id, "completed")
        assert run["can_render"]
        config = lab.get(f"/runs/{run_id}/config").json()
        assert config["environment_code"]["source"] == TEMPLATE
        assert config["environment_code"]["version"] == 1

    assert lab.request("DELETE", f"/code/{env_id[5:17]}").status_code == 204
    evaluation = lab.post(f"/runs/{runs[0]}/evaluations", {"num_episodes": 2})
    assert evaluation.status_code == 202, evaluation.text
    again = lab.post(f"/runs/{runs[0]}/reproduce")
    assert again.status_code == 201, again.text
    lab.wait_for(again.json()["id"], "completed")
    assert lab.post("/runs", {"env_id": env_id, "algorithm": "ppo"}).status_code == 422


@pytest.mark.parametrize(
    ("old", "new", "check", "status", "words"),
    [
        ("import numpy as np", "import numpyy as np", "import", "error", "numpyy"),
        ("self.observation_space =", "self.observation =", "constructor", "error",
         "observation_space is not set"),
        ("(2,), np.float32", "(3,), np.float32", "reset", "error", "shape (2,)"),
        ("terminated, truncated, {\"height\": self.height}", "terminated, {}", "step", "error",
         "4 values"),
        ("super().reset(seed=seed)", "pass", "check_env", "error", "np_random"),
        ("(-20.0, 20.0", "(-1.0, 1.0", "check_env", "error", "observation space"),
        ("truncated = self.timestep >= self.max_timesteps", "truncated = True", "episodes", "error",
         "first timestep"),
        ("self.speed = 0.0", "self.speed = float(np.random.normal())", "determinism", "error",
         "same seed"),
        ("return picture", "return picture[:, :, 0]", "rendering", "error", "shape (240, 240)"),
        ("metadata = {", "about = {", "rendering", "warning", "no pictures"),
        ("lift = (0.0", "while True: pass\n        lift = (0.0", "step", "error", "3 s"),
        ("lift = (0.0", "import os; os._exit(3)\n        lift = (0.0", "process", "error", "ended"),
        ("reward = -10.0 if terminated else 1.0", "reward = 10 ** 400 if 1 else 1.0", "step",
         "error", "too large"),
        ("terminated = not 0.0 < self.height < CEILING\n        truncated = self.timestep >= self.max_timesteps",
         "terminated = truncated = False", "episodes", "warning", "No episode ended"),
        ("(2,), np.float32)\n", "(2,), np.float32)\n        self.step(1)\n", "constructor", "error",
         "no attribute"),
        ("lift = (0.0", "raise SystemExit\n        lift = (0.0", "step", "error", "ended the program"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_a_line_with_a_fix(
    lab: LabServer, old: str, new: str, check: str, status: str, words: str
) -> None:
    """One change, and the check that finds it."""
    assert old in TEMPLATE
    found = findings_of(lab, TEMPLATE.replace(old, new))
    assert check in found, found
    assert found[check]["status"] == status, found
    assert words in found[check]["message"], found[check]
    assert found[check]["hint"], found[check]


def test_a_broken_environment_cannot_be_chosen_and_says_why(lab: LabServer) -> None:
    """The list has it; a run with it is refused with its line."""
    source = TEMPLATE.replace("self.observation_space =", "self.observation =")
    env_id = store(lab, source)["env_id"]
    info = lab.get(f"/environments/{env_id}").json()
    assert not info["available"]
    assert "observation_space is not set" in info["unavailable_reason"]
    answer = lab.post("/runs", {"env_id": env_id, "runner": "sb3", "algorithm": "ppo"})
    assert answer.status_code == 422
    assert "observation_space is not set" in answer.json()["error"]["detail"]


@pytest.mark.parametrize(
    "env_id", ["code/", "code/x@1", "code/000000000000@1", "code/../x", "code/000000000000@0"]
)
def test_what_is_no_environment_of_ours_is_not_found(lab: LabServer, env_id: str) -> None:
    """Whatever follows the prefix."""
    assert lab.get(f"/environments/{env_id}").status_code == 404
    answer = lab.post("/runs", {"env_id": env_id, "runner": "sb3", "algorithm": "ppo"})
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"][0]["field"] == "env_id"
