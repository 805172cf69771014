"""The Python client against a real server, a real shim and a real worker."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gymlab.domain.runs import RunAction, RunStatus
from gymlab.sdk.client import Client
from gymlab.sdk.failures import (
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    ServerUnavailableError,
)
from gymlab.sdk.models import Run, RunOptions
from gymlab.sdk.streams import EventLogged, MetricRows, RunChanged, RunDeleted
from tests.integration.lab_process import LabProcess, running_lab

WAIT_S = 60.0


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabProcess]:
    """A server without runs."""
    with running_lab(tmp_path_factory.mktemp("sdk") / "home") as made:
        yield made


@pytest.fixture
def client(lab: LabProcess) -> Iterator[Client]:
    """A client of it."""
    with Client(lab.url) as made:
        yield made


def _create(client: Client, timesteps: int = 400, **hyperparameters: object) -> Run:
    return client.create(
        "CartPole-v1",
        runner="fake",
        algorithm="random",
        total_timesteps=timesteps,
        seed=1,
        hyperparameters=dict(hyperparameters),
    )


def _slow(client: Client) -> Run:
    run = _create(client, 1_000_000, timesteps_per_second=200.0)
    return client.wait(run.id, timeout_s=WAIT_S, until=lambda now: now.status == RunStatus.RUNNING)


def test_a_run_from_creation_to_its_files(client: Client, tmp_path: Path) -> None:
    """Everything that a finished run left can be read, and its file is what was announced."""
    run = client.wait(_create(client).id, timeout_s=WAIT_S)

    assert run.status is RunStatus.COMPLETED
    assert run.timestep >= 400
    assert run.allowed_actions == [RunAction.DELETE]
    assert client.config(run.id)["seed"] == 1
    events = [event.event_type for event in client.events(run.id)]
    assert events[0] == "run_created"
    assert events[-1] == "training_completed"
    assert client.checkpoints(run.id)
    returns = client.metrics(run.id, ["train/episode_return"])["train/episode_return"]
    assert returns.total_points == run.episodes
    assert [row["seq"] for row in client.rows(run.id, tail=3)] == sorted(
        row["seq"] for row in client.rows(run.id, tail=3)
    )
    [artifact] = [item for item in client.artifacts(run.id) if item.path == "metrics.jsonl"]
    file = client.download(run.id, artifact, tmp_path / "rows.jsonl")
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert client.read_artifact(run.id, "metrics.jsonl", first=0, last=9) == file.read_bytes()[:10]


def test_checkpoints_arrive_whole(client: Client, tmp_path: Path) -> None:
    """A downloaded policy has the hash that the listing names."""
    run = client.wait(_create(client).id, timeout_s=WAIT_S)
    policies = [
        item for item in client.artifacts(run.id) if item.path.endswith("policy.safetensors")
    ]
    assert policies
    file = client.download(run.id, policies[0], tmp_path / "policy.safetensors")
    if policies[0].sha256 is not None:
        assert hashlib.sha256(file.read_bytes()).hexdigest() == policies[0].sha256


def test_pause_resume_stop_and_delete(client: Client) -> None:
    """Each action takes effect, and what is not allowed is a conflict that says what is."""
    run = _slow(client)
    client.pause(run.id)
    paused = client.wait(run.id, timeout_s=WAIT_S, until=lambda now: now.status == RunStatus.PAUSED)
    assert paused.allowed_actions == [RunAction.RESUME, RunAction.STOP]
    with pytest.raises(ConflictError, match="pause"):
        client.pause(run.id)
    with pytest.raises(ConflictError):
        client.delete(run.id)
    client.resume(run.id)
    client.wait(run.id, timeout_s=WAIT_S, until=lambda now: now.status == RunStatus.RUNNING)
    client.stop(run.id)
    assert client.wait(run.id, timeout_s=WAIT_S).status is RunStatus.STOPPED
    client.delete(run.id)
    with pytest.raises(NotFoundError):
        client.get(run.id)


def test_the_stream_has_every_row_once(client: Client) -> None:
    """From the start to the end of a run: rows without gap or repetition, events, the end."""
    run = _create(client, 2000, print_per_second=20.0)
    seqs: list[int] = []
    kinds: set[type] = set()
    with client.stream(run.id, from_="start") as stream:
        for message in stream:
            if message.run_id != run.id:
                continue
            kinds.add(type(message))
            if isinstance(message, MetricRows):
                seqs += [row["seq"] for row in message.rows]
            if isinstance(message, RunChanged) and message.run.is_finished:
                stream.close()
    # The last rows may arrive behind the news of the end: the position says where to go on.
    with client.stream(run.id, last_event_id=stream.last_event_id) as rest:
        total = client.rows(run.id, tail=1)[-1]["seq"]
        for message in rest if len(seqs) < total else ():
            kinds.add(type(message))
            if isinstance(message, MetricRows):
                seqs += [row["seq"] for row in message.rows]
                if len(seqs) >= total:
                    rest.close()
    assert seqs == list(range(1, total + 1))
    assert {MetricRows, EventLogged, RunChanged} <= kinds


def test_a_stream_survives_the_server(tmp_path: Path) -> None:
    """The server is killed and started again; the stream goes on and no row is lost or doubled."""
    with running_lab(tmp_path / "home") as lab:
        port = lab.url.rpartition(":")[2]
        with Client(lab.url) as client:
            run = _slow(client)
            seqs: list[int] = []
            was_killed = False
            with client.stream(run.id, kinds=("metrics",), from_="start") as stream:
                for message in stream:
                    if not isinstance(message, MetricRows):
                        continue
                    seqs += [row["seq"] for row in message.rows]
                    if len(seqs) >= 5 and not was_killed:
                        was_killed = True
                        lab.kill()
                        lab._flags = ("--no-welcome-run", "--warm-workers", "0", "--port", port)
                        lab.start()
                        before = len(seqs)
                    elif was_killed and len(seqs) > before + 5:
                        stream.close()
            assert seqs == list(range(1, len(seqs) + 1))
            assert client.get(run.id).status is RunStatus.RUNNING


def test_deleted_runs_are_told(client: Client) -> None:
    """The list of runs streams deletions too."""
    run = client.wait(_create(client, 50).id, timeout_s=WAIT_S)
    with client.stream(run.id, kinds=("events",), from_="start") as stream:
        is_deleted = False
        for message in stream:
            if isinstance(message, RunDeleted) and message.run_id == run.id:
                stream.close()
            elif not is_deleted:
                is_deleted = True
                client.delete(run.id)
            assert isinstance(message, RunDeleted | RunChanged | EventLogged)


def test_runs_are_kept_in_order(client: Client) -> None:
    """Marks, bin, experiments, versions and disk use, as typed calls."""
    options: RunOptions = {"runner": "fake", "algorithm": "random", "total_timesteps": 50}
    made = client.create_experiment("CartPole-v1", seeds=[4, 2], experiment_name="two", **options)
    assert [run.seed for run in made.runs] == [2, 4]
    for run in made.runs:
        client.wait(run.id, timeout_s=WAIT_S)
    first, second = made.runs
    assert client.experiment(made.experiment.id).experiment.num_done == 2
    assert made.experiment.id in [item.id for item in client.experiments()]
    assert client.star(first.id).starred
    assert client.tag(first.id, ["new"]).tags == ["new"]
    assert client.tags()["new"] == 1
    assert client.archive(second.id).archived
    assert [run.id for run in client.runs(experiment_id=made.experiment.id)] == [first.id]
    copy = client.duplicate(first.id, seed=9, hyperparameters={"learner_every": 7}, start=False)
    assert (copy.parent_run_id, copy.seed, copy.hyperparameters["learner_every"]) == (
        first.id, 9, 7,
    )  # fmt: skip
    changes = {version.run_id: version.changes for version in client.versions(copy.id)}
    assert {change.field for change in changes[copy.id]} >= {"seed"}
    client.delete(first.id)
    assert first.id in [run.id for run in client.bin()]
    assert client.restore(first.id).experiment_id == made.experiment.id
    assert client.storage().num_runs >= 3
    assert client.thin_checkpoints(first.id).num_files == 0
    assert client.delete_recordings(first.id).bytes == 0
    client.delete_experiment(made.experiment.id, with_runs=True)
    assert client.empty_bin() >= 1


def test_an_environment_is_played_without_training(client: Client) -> None:
    """Every command gives the state that it leads to, and what is not possible says why."""
    with client.preview("CartPole-v1", controller="human", seed=3) as preview:
        assert (preview.state.timestep, preview.seed) == (0, 3)
        first = preview.act(np.int64(1))
        assert (first.timestep, first.action, first.reward) == (1, 1, 1.0)
        for nonsense in (7, "left", [0], {"a": 1}, None, 10**30):
            with pytest.raises(InvalidRequestError, match="whole number from 0 to 1"):
                preview.act(nonsense)
        preview.hold("ArrowLeft")
        assert preview.step(2).timestep == 3
        back = preview.seek(1)
        assert (back.timestep, back.observation) == (1, first.observation)
        assert preview.reset(9).seed == 9
        assert preview.play(speed=16.0).is_playing
        assert not preview.pause().is_playing
        assert "ArrowRight" in preview.keys
        assert preview.picture().jpeg[:2] == b"\xff\xd8"
    with pytest.raises(ServerUnavailableError):
        preview.act(1)
    heavy = client.preview("CartPole-v1", env_kwargs={"gravity": "heavy"})
    with heavy, pytest.raises(InvalidRequestError):
        _ = heavy.state
    with pytest.raises(InvalidRequestError) as caught:
        client.preview("CartPole-v1", controller="checkpoint")
    assert caught.value.fields[0].field == "run_id"


def test_refusals_name_fields_and_closest_names(client: Client) -> None:
    """What is wrong is told by field; unknown names come with the nearest known ones."""
    with pytest.raises(InvalidRequestError) as caught:
        _create(client, 0, nonsense=1)
    fields = {problem.field for problem in caught.value.fields}
    assert "total_timesteps" in fields
    check = client.check("CartPole-v1", runner="fake", algorithm="random", total_timesteps=100)
    assert check.ok
    assert check.checks
    with pytest.raises(NotFoundError) as unknown:
        client.environment("CartPole-v9")
    assert "CartPole-v1" in str(unknown.value.hint)


def test_the_catalogue_is_typed(client: Client) -> None:
    """Environments, runners and the device arrive as models."""
    ids = {env.id for env in client.environments()}
    assert {"CartPole-v1", "LunarLander-v3", "gymlab/GridWorld-v0"} <= ids
    env = client.environment("LunarLander-v2")
    assert env.id == "LunarLander-v3"
    assert env.notice
    assert any(a.schema_ for runner in client.runners() for a in runner.algorithms)
    assert client.device().type in {"cpu", "cuda", "mps"}
    assert client.health().status == "ok"
