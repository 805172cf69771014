"""Rewards of users and wrappers, from the request to the curves, through a real server."""

import math
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.lab import LabServer, until

REWARD = """
def reward_function(obs, action, next_obs, reward, terminated, truncated, info):
    return {"own": reward, "centre": -0.1 * abs(float(next_obs[0]))}
"""
RUN: dict[str, Any] = {
    "env_id": "CartPole-v1", "runner": "fake", "algorithm": "random", "total_timesteps": 400,
    "seed": 3, "reward_code": {"source": REWARD},
}  # fmt: skip


@pytest.fixture(scope="module", name="lab")
def fixture_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """Yield a served data folder."""
    with LabServer(tmp_path_factory.mktemp("rewards")) as made:
        yield made


def _created(lab: LabServer, **changes: Any) -> dict[str, Any]:
    answer = lab.post("/runs", {**RUN, **changes})
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


def _problems(lab: LabServer, **changes: Any) -> dict[str, str]:
    answer = lab.post("/runs/check", {**RUN, **changes})
    assert answer.status_code == 200, answer.text
    return {item["field"]: item["detail"] for item in answer.json()["problems"]}


def _completed(lab: LabServer, **changes: Any) -> dict[str, Any]:
    run = _created(lab, **changes)
    lab.wait_for(run["id"], "completed")
    found: dict[str, Any] = lab.get(f"/runs/{run['id']}").json()
    return found


def _rows(lab: LabServer, run_id: str) -> list[dict[str, Any]]:
    rows = lab.get(f"/runs/{run_id}/metrics?tail=1000").json()["items"]
    return [row for row in rows if row["kind"] == "episode"]


def test_own_return_shaped_return_and_terms_are_curves(lab: LabServer) -> None:
    """In rows, series and latest values; the environment's own return stays what it is."""
    run = _completed(lab)
    rows = _rows(lab, run["id"])
    assert rows
    for row in rows:
        assert (
            row["episode_return"] == row["reward"] == row["terms"]["own"] == row["episode_length"]
        )
        assert row["shaped_return"] == pytest.approx(sum(row["terms"].values()))
    names = "train/episode_return,train/shaped_return,reward/centre"
    series = lab.get(f"/runs/{run['id']}/metrics?names={names}").json()["series"]
    assert series["reward/centre"]["value"] == [row["terms"]["centre"] for row in rows]
    assert series["train/shaped_return"]["unit"] == series["reward/centre"]["unit"] == "reward"
    assert run["metrics"]["reward/centre"] == rows[-1]["terms"]["centre"]
    spec = lab.get(f"/runs/{run['id']}/config").json()
    assert spec["reward_code"]["source"] == REWARD


def test_a_deleted_document_stays_with_its_runs(lab: LabServer) -> None:
    """The source is in the specification; a duplicate keeps its name, a reproduction repeats it."""
    document = lab.post("/code", {"kind": "reward", "name": "Centred", "source": REWARD}).json()
    run = _completed(lab, reward_code={"id": document["id"]})
    assert lab.request("DELETE", f"/code/{document['id']}").status_code == 204
    kept = lab.get(f"/runs/{run['id']}/config").json()["reward_code"]
    assert (kept["name"], kept["version"], kept["source"]) == ("Centred", 1, REWARD)

    twin = _completed(lab, reward_code={"source": REWARD}, duplicate_of=run["id"])
    assert lab.get(f"/runs/{twin['id']}/config").json()["reward_code"] == kept
    again = lab.post(f"/runs/{run['id']}/reproduce", {})
    assert again.status_code == 201, again.text
    lab.wait_for(again.json()["id"], "completed")
    assert lab.get(f"/runs/{again.json()['id']}/config").json()["reward_code"] == kept
    expected = [(row["episode_return"], row["terms"]) for row in _rows(lab, run["id"])]
    assert [(r["episode_return"], r["terms"]) for r in _rows(lab, twin["id"])] == expected


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("while True: pass", "user_code_timeout", "<reward>:3"),
        ("return None", "user_code_failed", "returned None"),
        ("return float('nan')", "user_code_failed", "returned NaN"),
        ("return 10 ** 400", "user_code_failed", "too large"),
        ("return obs", "user_code_failed", "array of shape (4,)"),
        ("raise ValueError('mine')", "user_code_failed", "ValueError: mine"),
        ("import sys; sys.exit()", "user_code_failed", "ended the program"),
    ],
)
def test_a_reward_that_goes_wrong_fails_the_run_with_its_line(
    lab: LabServer, body: str, code: str, said: str
) -> None:
    """The failure names the user's line and what was returned."""
    run = _created(
        lab, reward_code={"source": f"\ndef reward_function(obs, action):\n    {body}\n"}
    )
    lab.wait_for(run["id"], "failed")
    failure = lab.get(f"/runs/{run['id']}").json()["failure"]
    assert failure["code"] == code
    assert failure["line"] == "<reward>:3"
    assert said in failure["detail"]


def test_evaluations_measure_the_environments_own_return(lab: LabServer) -> None:
    """Whatever the agent learnt from."""
    run = _completed(
        lab,
        reward_code={"source": "def reward_function(obs, action):\n    return -1000.0\n"},
        evaluation={"every_timesteps": 200, "num_episodes": 2},
    )
    assert run["metrics"]["train/shaped_return"] < -1000
    assert run["metrics"]["eval/episode_return"] > 0
    made = lab.post(f"/runs/{run['id']}/evaluations", {"num_episodes": 2, "record_video": False})
    assert made.status_code == 202, made.text
    path = f"/runs/{run['id']}/evaluations/{made.json()['id']}"
    until(lambda: lab.get(path).json()["status"] in {"completed", "failed"}, "the evaluation")
    assert lab.get(path).json()["return_mean"] > 0


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"reward_code": {"source": "  \n"}}, "reward_code.source", "is empty"),
        ({"reward_code": {"source": "x\0"}}, "reward_code.source", "NUL"),
        ({"reward_code": {"source": "x" * 1_000_001}}, "reward_code.source", "at most 1,000,000"),
        ({"reward_code": {"id": "nothing"}}, "reward_code.id", "nothing"),
        ({"wrappers": [{"id": "frame_stak"}]}, "wrappers.0.id", "no wrapper 'frame_stak'"),
        (
            {"wrappers": [{"id": "frame_stack", "kwargs": {"num_frames": 99}}]},
            "wrappers.0.kwargs.num_frames",
            "num_frames is 99; allowed: a whole number at least 2 and at most 16",
        ),
        (
            {"wrappers": [{"id": "resize", "kwargs": {"size": 3}}]},
            "wrappers.0.kwargs.size",
            "no setting 'size'",
        ),
        ({"wrappers": [{"id": "grayscale"}]}, "wrappers.0", "pictures in colour"),
        (
            {"wrappers": [{"id": "curriculum", "kwargs": {"option": "gravity"}}]},
            "wrappers.0.kwargs.option",
            "no option 'gravity'",
        ),
        ({"wrappers": [{"id": "curriculum"}]}, "wrappers.0.kwargs.option", "option is ''"),
        (
            {"wrappers": [{"id": "curriculum", "kwargs": {"option": "sutton_barto_reward"}}]},
            "wrappers.0.kwargs.option",
            "is no number",
        ),
        (
            {
                "wrappers": [
                    {"id": "frame_stack"},
                    {"id": "curriculum", "kwargs": {"option": "max_episode_steps"}},
                ]
            },
            "wrappers.0",
            "Curriculum changes the environment itself",
        ),
        (
            {"wrappers": [{"id": "clip_reward"}, {"id": "action_repeat"}]},
            "wrappers.0",
            "stands behind Action repeat",
        ),
        (
            {"wrappers": [{"id": "clip_reward", "kwargs": {"limit": 0}}]},
            "wrappers.0.kwargs.limit",
            "limit is 0",
        ),
        (
            {
                "reward_code": None,
                "wrappers": [{"id": "term_weight", "kwargs": {"term": "help"}}],
            },
            "wrappers.0.kwargs.term",
            "no term 'help'",
        ),
        (
            {"wrappers": [{"id": "normalize_observation"}]},
            "wrappers.0",
            "Random actions cannot do this",
        ),
    ],
)
def test_what_is_not_possible_is_said_before_anything_starts(
    lab: LabServer, changes: dict[str, Any], field: str, said: str
) -> None:
    """With the field and in words."""
    assert said in _problems(lab, **changes)[field]


def test_wrappers_are_completed_and_stand_in_the_specification(lab: LabServer) -> None:
    """In the order given, with every setting, in training and evaluation."""
    chain = [{"id": "action_repeat", "kwargs": {"num_repeats": 2}}, {"id": "frame_stack"}]
    run = _completed(lab, wrappers=chain, evaluation={"every_timesteps": 200, "num_episodes": 2})
    spec = lab.get(f"/runs/{run['id']}/config").json()
    assert spec["wrappers"] == [chain[0], {"id": "frame_stack", "kwargs": {"num_frames": 4}}]
    row = _rows(lab, run["id"])[0]
    # Two timesteps of the environment are one of the agent; both rewards are counted.
    assert row["episode_length"] == math.ceil(row["episode_return"] / 2)
    assert row["terms"]["own"] == row["episode_return"]


def test_every_wrapper_comes_with_its_form(lab: LabServer) -> None:
    """The schema has a description and a default for every setting."""
    items = lab.get("/wrappers").json()["items"]
    assert {"frame_stack", "time_limit", "seeds", "normalize_observation"} <= {
        i["id"] for i in items
    }
    for item in items:
        for field in item["schema"]["properties"].values():
            assert field["description"]
            assert "default" in field


def test_a_reward_that_is_paid_for_failing_is_found_out(lab: LabServer) -> None:
    """In the event log as it happens, and as an insight with its evidence."""
    source = "def reward_function(obs, action):\n    return {'hurry': -1.0}\n"
    run = _completed(
        lab,
        runner="sb3",
        algorithm="ppo",
        hyperparameters={"n_steps": 128, "num_envs": 4, "batch_size": 128, "learning_rate": 0.002},
        total_timesteps=12_000,
        reward_code={"source": source},
    )
    [insight] = lab.get(f"/runs/{run['id']}/insights").json()["items"]
    assert (insight["rule"], insight["severity"]) == ("reward_hacking", "warning")
    changes = {item["metric"]: item["value"] for item in insight["evidence"]}
    assert changes["train/episode_return"] < 0 < changes["train/shaped_return"]
    assert insight["suggestion"]
    [event] = lab.get(f"/runs/{run['id']}/events?type=insight").json()["items"]
    assert event["level"] == "warning"
    assert event["message"].startswith(insight["title"])


def test_runs_without_findings_have_none(lab: LabServer) -> None:
    """An empty list, and 404 for a run that is none."""
    run = _completed(lab)
    assert lab.get(f"/runs/{run['id']}/insights").json() == {"items": [], "next_cursor": None}
    assert lab.get("/runs/nothing/insights").status_code == 404


AB = {
    "run": {**RUN, "reward_code": None, "seed": 7},
    "num_seeds": 2,
    "variants": [
        {"name": "centred", "reward_code": {"source": REWARD}},
        {"name": "own"},
    ],
}


def test_two_rewards_are_compared_on_the_same_seeds_in_one_step(lab: LabServer) -> None:
    """Names say which is which; what is compared is the environment's own return."""
    made = lab.post("/experiments", AB)
    assert made.status_code == 201, made.text
    runs = made.json()["runs"]
    assert sorted((run["seed"], run["name"].split(" · ")[1]) for run in runs) == [
        (7, "centred"), (7, "own"), (8, "centred"), (8, "own"),
    ]  # fmt: skip
    for run in runs:
        lab.wait_for(run["id"], "completed")
    experiment = lab.get(f"/experiments/{made.json()['experiment']['id']}").json()["experiment"]
    own, centred = experiment["variants"]
    assert (own["name"], centred["name"]) == (None, "centred")
    assert experiment["mean_return"] is None
    # The fake runner acts alike whatever it is paid, so its own returns are the same.
    assert own["mean_return"] == centred["mean_return"]
    ids = ",".join(run["id"] for run in runs)
    compared = lab.get(f"/runs/compare?ids={ids}")
    assert compared.status_code == 200, compared.text
    labels = {group["label"] for group in compared.json()["groups"]}
    assert labels == {"RANDOM", "RANDOM · reward centred"}
    assert REWARD not in compared.text


@pytest.mark.parametrize(
    ("variants", "field"),
    [
        ([{"name": "a"}, {"name": "a", "reward_code": {"source": REWARD}}], "variants.1.name"),
        ([{"name": "a"}, {"name": "b"}], "variants.1.reward_code"),
        ([{"name": "a"}, {"name": " "}], "variants.1.name"),
        (
            [{"name": "a"}, {"name": "b", "reward_code": {"source": " "}}],
            "variants.1.reward_code.source",
        ),
        ([{"name": "a"}, {"name": "b", "reward_code": {"id": "x"}}], "variants.1.reward_code.id"),
    ],
)
def test_rewards_that_cannot_be_compared_are_refused(
    lab: LabServer, variants: list[dict[str, Any]], field: str
) -> None:
    """Nothing is created, and the field is named."""
    before = len(lab.get("/runs").json()["items"])
    answer = lab.post("/experiments", {**AB, "variants": variants})
    assert answer.status_code == 422
    assert [item["field"] for item in answer.json()["error"]["fields"]] == [field]
    assert len(lab.get("/runs").json()["items"]) == before
