"""Hyperparameters of a run that trains: what may change, what was changed, what holds now."""

from collections.abc import Mapping
from typing import Any

from gymlab.domain.events import EventType
from gymlab.domain.runners import AlgorithmDescription, RunnerDescription
from gymlab.errors import FieldProblem, InvalidInputError
from gymlab.server.catalogue.catalogue import find_algorithm
from gymlab.server.lab import Lab
from gymlab.server.run_lookup import existing_run
from gymlab.server.runs.hyperparameters import hyperparameter_problems
from gymlab.server.runs.schemas import HyperparameterChange, Hyperparameters
from gymlab.storage.events import EventQuery, StoredEvent, list_events
from gymlab.storage.runs import StoredRun

MAX_CHANGES = 1000


def require_changeable(
    run: StoredRun, runner: RunnerDescription | None, values: Mapping[str, Any]
) -> None:
    """Check new values against the algorithm's schema and against what may change.

    Raises:
        InvalidInputError: One is not allowed, or cannot change while a run trains.
    """
    algorithm = find_algorithm(runner, run.algorithm) if runner is not None else None
    live = algorithm.live_hyperparameters if algorithm is not None else []
    problems = [_fixed(name, live) for name in values if name not in live]
    if not values:
        detail = "Nothing to change was named."
        problems = [FieldProblem("hyperparameters", "empty", detail)]
    if algorithm is not None and not problems:
        together = {**run.spec["hyperparameters"], **values}
        problems = hyperparameter_problems(algorithm.schema_, values, together)
    if problems:
        raise InvalidInputError(problems[0].detail, hint=problems[0].hint, fields=problems)


async def hyperparameters_of(lab: Lab, run_id: str) -> Hyperparameters:
    """Return what a run trains with now and how it came to that."""
    catalogue = await lab.catalogue.ready()
    with lab.database.reading() as connection:
        run = existing_run(connection, run_id)
        wanted = EventQuery(types=(EventType.HYPERPARAMETER_CHANGED.value,), limit=MAX_CHANGES)
        events, _ = list_events(connection, run_id, wanted)
    runner = catalogue.runner(run.runner)
    algorithm = find_algorithm(runner, run.algorithm) if runner is not None else None
    changes = _changes(events)
    known = run.spec["hyperparameters"]
    current = {change.name: change.new for change in changes if change.name in known}
    return Hyperparameters(
        current={**known, **current}, changeable=_changeable(algorithm), changes=changes
    )


def _changeable(algorithm: AlgorithmDescription | None) -> list[str]:
    return list(algorithm.live_hyperparameters) if algorithm is not None else []


def _changes(events: list[StoredEvent]) -> list[HyperparameterChange]:
    found: list[HyperparameterChange] = []
    for event in events:
        data = event.data
        timestep = data.get("timestep")
        if isinstance(data.get("name"), str) and isinstance(timestep, int):
            found.append(
                HyperparameterChange(
                    name=data["name"],
                    old=data.get("old"),
                    new=data.get("new"),
                    timestep=timestep,
                    changed_at=event.timestamp,
                )
            )
    return found


def _fixed(name: str, live: list[str]) -> FieldProblem:
    allowed = f"These can: {', '.join(live)}." if live else "Fork the run instead."
    return FieldProblem(
        f"hyperparameters.{name[:100]}",
        "not_live",
        f"{name[:100]!r} cannot change while a run trains.",
        allowed,
    )
