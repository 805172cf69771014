"""What the preflight says of device, duration and memory."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gymlab.domain.code import source_code
from gymlab.domain.costs import Basis
from gymlab.domain.environments import EnvironmentInfo, SpaceInfo
from gymlab.domain.runners import (
    AlgorithmDescription,
    MemoryModel,
    RunnerDescription,
    RunnerKind,
    RunnerManifest,
)
from gymlab.domain.runs import Device, WrapperSpec
from gymlab.server.estimating.book import CalibrationBook
from gymlab.server.estimating.estimate import predict
from gymlab.server.estimating.guessing import PICTURE_SLOWDOWN
from gymlab.server.estimating.history import History
from gymlab.server.runs.creating import device_setting
from gymlab.server.runs.draft import Draft
from gymlab.server.runs.feasibility import Surroundings, preflight
from gymlab.server.runs.schemas import NewRun, Preflight
from gymlab.server.runs.workload import workload_of
from gymlab.settings import Settings
from gymlab.storage.database import Database
from gymlab.storage.migrating import prepare_database

NUMBERS = SpaceInfo(type="Box", text="Box(4)", shape=[4], dtype="float32", size_bytes=16)
SCREEN = SpaceInfo(
    type="Box", text="Box(84, 84, 1)", shape=[84, 84, 1], dtype="uint8", size_bytes=7056
)
TINY = SpaceInfo(type="Box", text="Box(7, 7, 3)", shape=[7, 7, 3], dtype="uint8", size_bytes=147)
DICT = SpaceInfo(type="Dict", text="Dict", spaces={"a": NUMBERS, "b": SCREEN}, size_bytes=7072)
SOURCE = source_code("x = 1")
SCHEMA: dict[str, Any] = {"properties": {"num_envs": {"maximum": 256}}}


def checked(
    home: Path,
    observation: SpaceInfo,
    *,
    has_accelerator: bool,
    memory: MemoryModel | None = None,
    hyperparameters: dict[str, Any] | None = None,
    listed: dict[str, Any] | None = None,
    drafted: dict[str, Any] | None = None,
    **around: Any,
) -> Preflight:
    """Check a run of 100,000 timesteps at 1,000 a second."""
    env = EnvironmentInfo(
        id="X-v0",
        title="X",
        family="x",
        summary="",
        action_space=SpaceInfo(type="Discrete", text="Discrete(2)", size_bytes=8),
        observation_space=observation,
    )
    algorithm = AlgorithmDescription(
        id="a",
        title="A",
        summary="",
        action_spaces=["Discrete"],
        observation_spaces=["Box", "Dict"],
        timesteps_per_second=1000.0,
        memory=memory or MemoryModel(),
        schema=SCHEMA,
        presets=[],
    )
    manifest = RunnerManifest(
        id="r", title="R", kind=RunnerKind.PYTHON, algorithms=[algorithm], **(listed or {})
    )
    runner = RunnerDescription(manifest=manifest, available=True, algorithms=[algorithm])
    draft = Draft(
        env=env,
        runner=runner,
        algorithm=algorithm,
        total_timesteps=100_000,
        hyperparameters=hyperparameters or {},
        **(drafted or {}),
    )
    workload = workload_of(draft, NewRun(env_id="X-v0", algorithm="a"))
    assert workload is not None
    workload = replace(workload, has_accelerator=has_accelerator)
    path = home / "gymlab.db"
    prepare_database(path)
    database = Database(path)
    history = History(database, CalibrationBook(home), home / "runs")
    prediction = predict(workload, history, is_warm=True)
    database.close()
    told: dict[str, Any] = {"num_busy": 0, "num_queued": 0, "max_runs": 1, **around}
    surroundings = Surroundings(
        home=home, has_accelerator=has_accelerator, prediction=prediction, **told
    )
    return preflight(draft, surroundings)


def line(answer: Preflight, name: str) -> tuple[str, str]:
    """Return status and sentence of a check."""
    (check,) = [item for item in answer.checks if item.id == name]
    return check.status, check.detail


@pytest.mark.parametrize("observation", [NUMBERS, TINY])
def test_a_machine_without_gpu_says_that_small_networks_need_none(
    tmp_path: Path, observation: SpaceInfo
) -> None:
    """A word, no warning."""
    answer = checked(tmp_path, observation, has_accelerator=False)
    assert line(answer, "device") == (
        "ok",
        "No GPU here, and none is needed: the CPU trains small networks well.",
    )
    assert answer.estimate.duration_s == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [(None, "Use auto."), ("FORCE_DEVICE", "Start the server without FORCE_DEVICE=mps.")],
)
def test_a_device_that_is_missing_is_refused_with_what_chose_it(
    tmp_path: Path, setting: str | None, expected: str
) -> None:
    """Whoever asked for `auto` is not told to ask for it."""
    answer = checked(
        tmp_path,
        NUMBERS,
        has_accelerator=False,
        drafted={"device": Device.MPS},
        device_setting=setting,
    )
    assert line(answer, "device") == ("error", "This machine has no mps device.")
    assert [(item.field, item.hint) for item in answer.problems] == [("device", expected)]


@pytest.mark.parametrize(
    ("settings", "asked_for", "expected"),
    [
        ({}, Device.CUDA, None),
        ({"device": "cuda"}, Device.AUTO, "GYMLAB_DEVICE"),
        ({"device": "cuda"}, Device.CUDA, None),
        ({"force_device": "cuda"}, Device.CPU, "FORCE_DEVICE"),
    ],
)
def test_what_decides_on_the_device_is_named(
    settings: dict[str, Any], asked_for: Device, expected: str | None
) -> None:
    """A forced device wins over the request, the request over the default."""
    assert device_setting(Settings(**settings), asked_for) == expected


@pytest.mark.parametrize("observation", [SCREEN, DICT])
def test_pictures_without_gpu_are_a_warning_with_a_longer_estimate(
    tmp_path: Path, observation: SpaceInfo
) -> None:
    """As long as nothing was measured."""
    answer = checked(tmp_path, observation, has_accelerator=False)
    status, detail = line(answer, "device")
    assert (status, "pictures" in detail) == ("warning", True)
    assert answer.estimate.duration_s == pytest.approx(100.0 * PICTURE_SLOWDOWN)


def test_with_a_gpu_nothing_is_said_of_the_cpu(tmp_path: Path) -> None:
    """Pictures are no reason for a warning then."""
    answer = checked(tmp_path, SCREEN, has_accelerator=True)
    assert line(answer, "device")[0] == "ok"
    assert answer.estimate.duration_s == pytest.approx(100.0)


def test_a_guess_is_called_a_guess(tmp_path: Path) -> None:
    """With a wide range, and a measurement would help."""
    answer = checked(tmp_path, NUMBERS, has_accelerator=False, may_calibrate=True)
    estimate = answer.estimate
    assert estimate.basis is Basis.GUESS
    assert estimate.duration_range_s is not None
    assert estimate.duration_range_s.high >= 3 * estimate.duration_range_s.low
    assert "rough guess" in line(answer, "duration")[1]
    assert estimate.should_calibrate


@pytest.mark.parametrize(
    "around",
    [
        {"may_calibrate": False},
        {"may_calibrate": True, "num_busy": 1},
        {"may_calibrate": True, "num_queued": 1},
        {"may_calibrate": True, "calibration_id": "0" * 12},
        {"may_calibrate": True, "hyperparameters": {"num_envs": 10**6}},
    ],
)
def test_nothing_is_measured_unasked_while_somebody_trains(
    tmp_path: Path, around: dict[str, Any]
) -> None:
    """Nor where it was switched off, is under way, or could not be trained."""
    answer = checked(tmp_path, NUMBERS, has_accelerator=False, **around)
    assert not answer.estimate.should_calibrate


@pytest.mark.parametrize("memory", [MemoryModel(), MemoryModel(rollout_length_field="n_steps")])
def test_a_million_environments_are_refused_with_what_they_need(
    tmp_path: Path, memory: MemoryModel
) -> None:
    """And with how many would fit, whatever else takes memory."""
    answer = checked(
        tmp_path,
        NUMBERS,
        has_accelerator=False,
        memory=memory,
        hyperparameters={"num_envs": 10**6, "n_steps": 128},
    )
    assert not answer.ok
    status, detail = line(answer, "memory")
    assert status == "error"
    assert "GB" in detail
    (problem,) = [item for item in answer.problems if item.code == "does_not_fit"]
    assert problem.field == "hyperparameters.num_envs"
    assert "num_envs 1,000,000 needs" in problem.detail
    assert problem.hint is not None
    assert "would fit" in problem.hint
    fitting = int(problem.hint.split()[2].replace(",", ""))
    assert 1 <= fitting < 10**6


def test_too_large_a_buffer_is_refused_by_its_own_name(tmp_path: Path) -> None:
    """A few environments are not to blame."""
    answer = checked(
        tmp_path,
        NUMBERS,
        has_accelerator=False,
        memory=MemoryModel(buffer_size_field="buffer_size"),
        hyperparameters={"buffer_size": 10**12, "num_envs": 4},
    )
    (problem,) = answer.problems
    assert problem.field == "hyperparameters.buffer_size"


def test_disk_is_counted_for_every_run_of_an_experiment(tmp_path: Path) -> None:
    """With its range."""
    one = checked(tmp_path, NUMBERS, has_accelerator=False).estimate
    ten = checked(tmp_path, NUMBERS, has_accelerator=False, num_runs=10).estimate
    assert one.disk_bytes is not None
    assert ten.disk_bytes == 10 * one.disk_bytes
    assert one.disk_range_bytes is not None
    assert ten.disk_range_bytes is not None
    assert ten.disk_range_bytes.high == pytest.approx(10 * one.disk_range_bytes.high)


@pytest.mark.parametrize(
    ("listed", "drafted", "words"),
    [
        ({}, {}, None),
        ({"compiled_environments": ["X-v0"]}, {}, "by compiled code"),
        ({"vectorised_environments": ["X-v0"]}, {}, "by NumPy, all at once"),
        ({"compiled_environments": ["Y-v0"]}, {}, "no compiled form"),
        ({"vectorised_environments": ["X-v0"]}, {"reward_formula": {"a": "1"}}, "by NumPy"),
        ({"compiled_environments": ["X-v0"]}, {"environment_code": SOURCE}, "your own code"),
        ({"compiled_environments": ["X-v0"]}, {"reward_code": SOURCE}, "your own code"),
        (
            {"compiled_environments": ["X-v0"]},
            {"wrappers": (WrapperSpec(id="time_limit"),)},
            "it is wrapped",
        ),
    ],
)
def test_what_steps_the_environments_is_said_before_the_start(
    tmp_path: Path, listed: dict[str, Any], drafted: dict[str, Any], words: str | None
) -> None:
    """Only of runners that have something faster than Python; it keeps nothing from starting."""
    found = checked(tmp_path, NUMBERS, has_accelerator=False, listed=listed, drafted=drafted)
    said = [check for check in found.checks if check.id == "stepping"]
    assert found.ok
    if words is None:
        assert said == []
    else:
        assert [check.status for check in said] == ["ok"]
        assert words in said[0].detail
