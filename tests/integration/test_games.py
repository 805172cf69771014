"""Our own games through a real server: formulas, kept episodes, states instead of pictures."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.integration.lab import PATIENCE_S, LabServer

FORMULA = {"apple": "10", "closer": "0.1", "step": "-0.01 * length", "died": "-1"}
RUN: dict[str, Any] = {
    "env_id": "gymlab/Snake-v0", "env_kwargs": {"size": 6}, "runner": "fake",
    "algorithm": "random", "total_timesteps": 600, "seed": 5, "reward_formula": FORMULA,
}  # fmt: skip


@pytest.fixture(scope="module", name="lab")
def fixture_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """Yield one server."""
    with LabServer(tmp_path_factory.mktemp("games")) as lab:
        yield lab


@pytest.fixture(scope="module", name="run_id")
def fixture_run(lab: LabServer) -> str:
    """Train once with a formula."""
    answer = lab.post("/runs", RUN)
    assert answer.status_code == 201, answer.text
    lab.wait_for(answer.json()["id"], "completed")
    return str(answer.json()["id"])


def test_each_event_of_a_formula_is_a_curve_beside_the_true_score(
    lab: LabServer, run_id: str
) -> None:
    """The parts add up to the shaped return; the game's own return is what it always is."""
    rows = [row for row in lab.rows(run_id) if row["kind"] == "episode"]
    assert rows
    for row in rows:
        assert row["terms"].keys() <= FORMULA.keys()
        assert row["shaped_return"] == pytest.approx(sum(row["terms"].values()))
        apples = row["terms"].get("apple", 0.0) / 10
        assert row["episode_return"] == apples + row["terms"].get("died", 0.0)
    names = "reward/step,reward/died,train/shaped_return,train/episode_return"
    series = lab.get(f"/runs/{run_id}/metrics", params={"names": names}).json()["series"]
    assert set(series) == set(names.split(","))
    assert lab.get(f"/runs/{run_id}/config").json()["reward_formula"] == FORMULA


def test_a_kept_episode_is_played_again_exactly(lab: LabServer, run_id: str) -> None:
    """A reason leads to an episode that ended so, and its last state says the same."""
    reasons = lab.get(f"/runs/{run_id}/terminations").json()["reasons"]
    kept = lab.get(f"/runs/{run_id}/replays").json()["items"]
    assert {item["reason"] for item in reasons} == {item["termination"] for item in kept}
    episode = next(item for item in kept if item["termination"] in {"wall", "self"})
    played = lab.get(episode["states_url"].removeprefix("/api/v1")).json()
    assert (played["is_exact"], played["note"]) == (True, None)
    assert len(played["states"]) == len(played["rewards"]) == episode["length"] + 1
    assert played["states"][-1]["termination"] == episode["termination"]
    assert sum(each for each in played["rewards"] if each is not None) == episode["episode_return"]
    assert lab.get(f"/runs/{run_id}/replays/999999/states").status_code == 404


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ({"apple": "__import__('os').system('id')"}, "means nothing"),
        ({"apple": "(1).__class__"}, "apple, column"),
        ({"apple": "1 / 0"}, "0"),
        ({"apple": "1 / (2 - 2)"}, "0"),
        ({"apple": "(" * 150 + "1" + ")" * 150}, "nested too deeply"),
        ({"apple": "9**9**9**9"}, "apple"),
        ({"apple": "1 +"}, "apple"),
        ({"apple": ""}, "apple"),
        ({"apple": "x" * 501}, "characters"),
        ({"banana": "1"}, "no event"),
        ({}, "1 to 32"),
    ],
)
def test_hostile_formulas_are_refused_with_their_place(
    lab: LabServer, formula: dict[str, str], words: str
) -> None:
    """By the check and by the creation of a run alike, and nothing is run."""
    body = {**RUN, "reward_formula": formula}
    checked = lab.post("/runs/check", body)
    assert checked.status_code == 200, checked.text
    problems = checked.json()["problems"]
    assert any(words in item["detail"] for item in problems), problems
    assert all(item["field"].startswith("reward_formula") for item in problems)
    refused = lab.post("/runs", body)
    assert refused.status_code == 422
    assert refused.json()["error"]["kind"] == "invalid"


def test_a_formula_of_ten_megabytes_is_not_even_read(lab: LabServer) -> None:
    """The request is too large."""
    body = {**RUN, "reward_formula": {"apple": "1 + " * 2_500_000 + "1"}}
    refused = lab.post("/runs/check", body)
    assert (refused.status_code, refused.json()["error"]["kind"]) == (413, "too_large")


@pytest.mark.parametrize(("size", "runner"), [(1, "fake"), (10_000, "fake"), (10_000, "native")])
def test_an_impossible_board_is_refused_before_it_is_trained_on(
    lab: LabServer, size: int, runner: str
) -> None:
    """With the field, the value and what is allowed, by the check and the creation of a run."""
    algorithm = {"fake": "random", "native": "ppo"}[runner]
    body = {**RUN, "runner": runner, "algorithm": algorithm, "env_kwargs": {"size": size}}
    for answer in (lab.post("/runs/check", body), lab.post("/runs", body)):
        document = answer.json()
        problems = (
            document["problems"] if answer.status_code == 200 else document["error"]["fields"]
        )
        (problem,) = [item for item in problems if item["field"] == "env_kwargs.size"]
        assert f"from 5 to 40, not {size}" in problem["detail"]


def test_options_change_what_is_observed_before_anything_is_trained(lab: LabServer) -> None:
    """And what a network is given; impossible options are said."""
    question: dict[str, Any] = {"env_id": "gymlab/Snake-v0", "env_kwargs": {"observation": "grid"}}
    found = lab.post("/environments/spaces", question)
    assert found.status_code == 200, found.text
    assert found.json()["observation_space"]["text"] == "Box(4, 10, 10)"
    assert found.json()["num_inputs"] == 400
    assert (
        lab.post("/environments/spaces", {"env_id": "gymlab/Snake-v0"}).json()["num_inputs"] == 14
    )
    bad = {**question, "env_kwargs": {"size": 10_000}}
    refused = lab.post("/environments/spaces", bad)
    assert refused.status_code == 422
    assert [item["field"] for item in refused.json()["error"]["fields"]] == ["env_kwargs.size"]
    assert lab.post("/environments/spaces", {"env_id": "nothing"}).status_code == 404
    network = {"layers": [{"type": "conv2d", "filters": 4, "kernel_size": 3}, {"type": "flatten"}]}
    asked = {"algorithm": "dqn", "network": network}
    assert not lab.post(
        "/runners/native/network/check", {**asked, **question, "env_kwargs": {}}
    ).json()["ok"]
    assert lab.post("/runners/native/network/check", {**asked, **question}).json()["ok"]
    body = {**RUN, "env_kwargs": {"observation": "grid"}, "runner": "native", "algorithm": "dqn"}
    body["hyperparameters"] = {"network": network}
    assert lab.post("/runs/check", body).json()["problems"] == []


def test_a_learner_is_pictured_over_training(lab: LabServer) -> None:
    """Its layers, and its values beside the exact ones; another environment has no board."""
    body = {
        "env_id": "gymlab/GridWorld-v0", "runner": "native", "algorithm": "ppo", "seed": 1,
        "total_timesteps": 512, "hyperparameters": {"n_steps": 64, "num_envs": 2},
    }  # fmt: skip
    answer = lab.post("/runs", body)
    assert answer.status_code == 201, answer.text
    run_id = answer.json()["id"]
    lab.wait_for(run_id, "completed")
    network = lab.get(f"/runs/{run_id}/learning/network").json()["items"]
    assert [item["timestep"] for item in network] == [0, 128, 256, 384, 512]
    assert all(layer["gradient"] is None for layer in network[0]["layers"])
    assert all(layer["gradient"]["counts"] for layer in network[-1]["layers"])
    values = lab.get(f"/runs/{run_id}/learning/values").json()
    assert (values["board"]["rows"], values["board"]["columns"]) == (6, 6)
    assert len(values["items"]) == 5
    names = "value/optimal_error,policy/optimal_share"
    series = lab.get(f"/runs/{run_id}/metrics", params={"names": names}).json()["series"]
    assert series["value/optimal_error"]["value"] == [each["error_rms"] for each in values["items"]]
    assert lab.get("/runs/none/learning/values").status_code == 404


def _moment(link: ClientConnection) -> tuple[dict[str, Any], bytes]:
    """Return header and content of the next picture."""
    while True:
        message = link.recv(PATIENCE_S)
        if isinstance(message, bytes):
            length = int.from_bytes(message[:4], "big")
            return json.loads(message[4 : 4 + length]), message[4 + length :]


def test_whoever_can_draw_is_sent_states_and_others_pictures(lab: LabServer) -> None:
    """Of training, in tiles, at the same time; of the showcase at the speed that is asked for."""
    run_id = lab.post("/runs", {**RUN, "total_timesteps": 10_000_000}).json()["id"]
    lab.wait_for(run_id, "running")
    frames = f"{lab.url.replace('http', 'ws')}/api/v1/runs/{run_id}/frames?fps=30"
    with connect(f"{frames}&states=true") as drawing, connect(frames) as plain:
        header, content = _moment(drawing)
        state = json.loads(content)[0]
        assert (header["encoding"], header["fps"], header["width"]) == ("json", 10, 0)
        assert (state["game"], state["size"]) == ("snake", 6)
        header, content = _moment(plain)
        assert (header["encoding"], content[:2]) == ("jpeg", b"\xff\xd8")
    with connect(f"{frames}&states=true&source=showcase&speed=0") as link:
        header, content = _moment(link)
        assert (header["speed"], header["encoding"]) == (0, "json")
        first = header
        header, _ = _moment(link)
        assert header["captured_at"] - first["captured_at"] > 0.4
        assert (header["episode"], header["timestep"]) != (first["episode"], first["timestep"] + 1)
        link.send('{"speed": 10}')
        while header["speed"] != 10:
            header, _ = _moment(link)
        for hostile in ('{"speed": 1e999}', '{"speed": "fast"}', "[" * 900):
            link.send(hostile)
        assert _moment(link)[0]["speed"] == 10
    lab.act(run_id, "stop")
    lab.wait_for(run_id, "stopped", "completed")
