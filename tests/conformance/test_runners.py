"""Every algorithm of every installed runner does what every runner must do."""

from collections.abc import Callable

import pytest

from gymlab.runner_api import conformance
from gymlab.runner_api.conformance import Subject
from gymlab.worker.discovery import RunnerFolder, discover_runners

FOLDERS, BROKEN = discover_runners()
SUBJECTS = [
    (folder, algorithm)
    for folder in FOLDERS
    if folder.unavailable_reason is None
    for algorithm in folder.manifest.algorithms
]
CHECKS: list[Callable[[Subject], object]] = [
    conformance.check_description,
    conformance.check_refuses_wrong_space,
    conformance.check_trains,
    conformance.check_house_metrics,
    conformance.check_is_deterministic,
    conformance.check_stops,
    conformance.check_ends_with_last_episode,
    conformance.check_acts,
    conformance.check_resumes,
    conformance.check_warm_starts,
]


@pytest.fixture(
    scope="module",
    params=SUBJECTS,
    ids=[f"{folder.manifest.id}-{item.id}" for folder, item in SUBJECTS],
)
def subject(request: pytest.FixtureRequest) -> Subject:
    """One algorithm of one runner."""
    folder, algorithm = request.param
    return Subject(
        runner=folder.load(),
        manifest=folder.manifest,
        algorithm=algorithm,
        presets=folder.presets().get(algorithm.id, []),
    )


def test_no_runner_folder_is_broken() -> None:
    """Every manifest can be read."""
    assert BROKEN == []


def test_every_runner_is_installed_here() -> None:
    """The suite leaves no runner out because of a missing package."""
    assert {folder.manifest.id: folder.unavailable_reason for folder in FOLDERS} == dict.fromkeys(
        (folder.manifest.id for folder in FOLDERS), None
    )


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.manifest.id)
def test_costs_are_told_of_hyperparameters_that_exist(folder: RunnerFolder) -> None:
    """A misspelt name would make two workloads of one, or one of two."""
    cost = folder.manifest.cost
    told = {*cost.free, *cost.at_most, cost.learning_starts_field} - {None}
    schemas = folder.load().describe().values()
    known = {name for schema in schemas for name in schema["properties"]}
    assert told <= known


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
def test_a_runner_conforms(subject: Subject, check: Callable[[Subject], object]) -> None:
    """One promise of the runner contract holds."""
    check(subject)
