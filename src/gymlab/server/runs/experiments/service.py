"""Creating experiments in one step, reading, stopping and removing them."""

import asyncio
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace

from gymlab.domain.ids import new_run_id
from gymlab.domain.runs import MAX_NAME_LENGTH, MAX_SEED, RunAction, RunStatus
from gymlab.domain.timestamps import rfc3339
from gymlab.errors import (
    ExperimentNotFoundError,
    FieldProblem,
    IllegalTransitionError,
    InvalidInputError,
    UnavailableError,
)
from gymlab.server.answers import Page
from gymlab.server.lab import Lab
from gymlab.server.runs.creating import Prepared, RunCreation, default_name, new_row
from gymlab.server.runs.draft import Draft
from gymlab.server.runs.experiments.schemas import (
    Experiment,
    ExperimentWithRuns,
    NewExperiment,
    NewVariant,
    Spread,
    Variant,
)
from gymlab.server.runs.resolving import specification
from gymlab.server.runs.service import RunService
from gymlab.server.runs.view import view_run
from gymlab.server.texts import text_problems
from gymlab.storage import experiments as stored
from gymlab.storage.runs import NewRunRow, queue_positions


class ExperimentService:
    """What people do with experiments."""

    def __init__(self, lab: Lab) -> None:
        """Serve this laboratory."""
        self._lab = lab
        self._runs = RunService(lab)
        self._creation = RunCreation(lab)

    async def create(self, body: NewExperiment) -> ExperimentWithRuns:
        """Store an experiment with all its runs, or nothing.

        Raises:
            InvalidInputError: It is not possible as asked for.
        """
        seeds = chosen_seeds(body)
        _require_name(body.name)
        prepared = await self._prepared(body, seeds)
        first = prepared[0][0]
        name = (body.name or body.run.name or "").strip() or default_name(first.draft)
        experiment_id = new_run_id()
        rows: list[NewRunRow] = []
        for one, variant in prepared:
            own = _rows(one, _base_name(one, body.name, variant), experiment_id, seeds)
            for row in own:
                await self._creation.secure(one, row.id)
            rows += own
        await asyncio.to_thread(self._store, experiment_id, name, rows, start=body.run.start)
        if body.run.start:
            self._lab.scheduler.kick()
        return await asyncio.to_thread(self.get, experiment_id)

    async def _prepared(
        self, body: NewExperiment, seeds: list[int]
    ) -> list[tuple[Prepared, NewVariant | None]]:
        """Check every variant; without variants, the run as it is."""
        run = body.run.model_copy(update={"seed": seeds[0]})
        num_runs = len(seeds) * len(body.variants or [None])
        if body.variants is None:
            return [(await self._creation.prepare(run, num_runs=num_runs), None)]
        _require_different_names(body.variants)
        found: list[tuple[Prepared, NewVariant | None]] = []
        for place, variant in enumerate(body.variants):
            changed = run.model_copy(update={"reward_code": variant.reward_code})
            try:
                one = await self._creation.prepare(changed, num_runs=num_runs)
            except InvalidInputError as error:
                raise _of_variant(error, place) from error
            code = one.draft.reward_code
            if code is not None and not code.name:
                one.draft.reward_code = code.model_copy(update={"name": variant.name.strip()})
            found.append((one, variant))
        _require_different_rewards([one.draft for one, _ in found])
        return found

    def _store(self, experiment_id: str, name: str, rows: list[NewRunRow], *, start: bool) -> None:
        with self._lab.database.writing(durable=True) as writer:
            stored.insert_experiment(writer, experiment_id, name, created_at=time.time())
            for row in rows:
                self._creation.insert(writer, row, start=start)

    def page(self, *, limit: int, cursor: str | None) -> Page[Experiment]:
        """Return a page of experiments, newest first."""
        with self._lab.database.reading() as connection:
            found, next_cursor = stored.list_experiments(connection, limit=limit, cursor=cursor)
        return Page[Experiment](items=[_view(item) for item in found], next_cursor=next_cursor)

    def get(self, experiment_id: str) -> ExperimentWithRuns:
        """Return an experiment with its runs.

        Raises:
            ExperimentNotFoundError: There is none of that id, or all its runs are deleted.
        """
        with self._lab.database.reading() as connection:
            found = stored.get_experiment(connection, experiment_id)
            if found is None:
                raise ExperimentNotFoundError(experiment_id)
            own = stored.runs_of(connection, experiment_id)
            places = queue_positions(connection)
        return ExperimentWithRuns(
            experiment=_view(found), runs=[view_run(run, places.get(run.id)) for run in own]
        )

    def rename(self, experiment_id: str, name: str) -> Experiment:
        """Change the name.

        Raises:
            InvalidInputError: It is no plain text.
        """
        _require_name(name)
        with self._lab.database.writing(durable=True) as writer:
            if stored.get_experiment(writer.connection, experiment_id) is None:
                raise ExperimentNotFoundError(experiment_id)
            stored.rename_experiment(writer, experiment_id, name.strip())
        return self.get(experiment_id).experiment

    async def stop(self, experiment_id: str) -> ExperimentWithRuns:
        """Stop every run that can be stopped; queued ones never begin."""
        found = await asyncio.to_thread(self.get, experiment_id)
        # Queued ones first, so that none of them takes the place of one that stops.
        by_place = sorted(found.runs, key=lambda run: run.status is not RunStatus.QUEUED)
        for run in by_place:
            if RunAction.STOP in run.allowed_actions:
                try:
                    await self._runs.act(run.id, RunAction.STOP)
                except (IllegalTransitionError, UnavailableError):
                    continue  # it ended by itself in between
        return await asyncio.to_thread(self.get, experiment_id)

    async def delete(self, experiment_id: str, *, with_runs: bool) -> None:
        """Remove the grouping, or move all its runs into the bin.

        Raises:
            IllegalTransitionError: A run that is to be deleted is live; nothing was done.
        """
        if not with_runs:
            await asyncio.to_thread(self._ungroup, experiment_id)
            return
        found = await asyncio.to_thread(self.get, experiment_id)
        await self._runs.delete(*found.experiment.run_ids)

    def _ungroup(self, experiment_id: str) -> None:
        with self._lab.database.writing(durable=True) as writer:
            if stored.get_experiment(writer.connection, experiment_id) is None:
                raise ExperimentNotFoundError(experiment_id)
            stored.ungroup(writer, experiment_id)


def chosen_seeds(body: NewExperiment) -> list[int]:
    """Return the seeds that were asked for.

    Raises:
        InvalidInputError: Both or neither way was used, one is out of range or there twice.
    """
    if (body.num_seeds is None) == (body.seeds is None):
        raise _refused("num_seeds", "ambiguous", "Give either num_seeds or seeds.")
    if body.seeds is None:
        count = body.num_seeds or 1
        last_first = MAX_SEED - count + 1
        first = secrets.randbelow(last_first + 1) if body.run.seed is None else body.run.seed
        if not 0 <= first <= last_first:
            detail = f"The first of {count} seeds must be from 0 to {last_first:,}."
            raise _refused("run.seed", "out_of_range", detail)
        return list(range(first, first + count))
    for index, seed in enumerate(body.seeds):
        if not 0 <= seed <= MAX_SEED:
            detail = f"A seed must be from 0 to {MAX_SEED:,}."
            raise _refused(f"seeds.{index}", "out_of_range", detail)
        if seed in body.seeds[:index]:
            detail = f"The seed {seed} is there twice; the runs would be the same."
            raise _refused(f"seeds.{index}", "repeated", detail)
    return list(body.seeds)


def _base_name(prepared: Prepared, given: str | None, variant: NewVariant | None) -> str:
    base = (prepared.body.name or given or "").strip() or default_name(prepared.draft)
    return f"{base} · {variant.name.strip()}" if variant is not None else base


def _rows(prepared: Prepared, base: str, experiment_id: str, seeds: list[int]) -> list[NewRunRow]:
    draft = prepared.draft
    rows: list[NewRunRow] = []
    known: set[str] = set()
    for seed in seeds:
        ending = f" · seed {seed}"
        name = base[: MAX_NAME_LENGTH - len(ending)] + ending
        one = prepared.body.model_copy(update={"seed": seed, "name": name})
        row = new_row(draft, one, specification(draft, one), experiment_id=experiment_id)
        while row.id in known:
            # Ids of the same millisecond differ by chance alone.
            row = new_row(draft, one, specification(draft, one), experiment_id=experiment_id)
        known.add(row.id)
        rows.append(row)
    return rows


def _require_name(name: str | None) -> None:
    problems = text_problems(name=name)
    if problems:
        raise InvalidInputError(problems[0].detail, fields=problems)


def _require_different_names(variants: Sequence[NewVariant]) -> None:
    names: set[str] = set()
    for place, variant in enumerate(variants):
        name, field = variant.name.strip(), f"variants.{place}.name"
        problems = text_problems(name=name)
        if problems or not name:
            raise _refused(field, "not_text", f"{field} is no plain text.")
        if name in names:
            raise _refused(field, "repeated", f"Two variants are called {name!r}.")
        names.add(name)


def _require_different_rewards(drafts: Sequence[Draft]) -> None:
    seen: set[str | None] = set()
    for place, draft in enumerate(drafts):
        key = draft.reward_code.sha256 if draft.reward_code is not None else None
        if key in seen:
            detail = "Two variants have the same reward; their runs would be the same."
            raise _refused(f"variants.{place}.reward_code", "repeated", detail)
        seen.add(key)


def _of_variant(error: InvalidInputError, place: int) -> InvalidInputError:
    """Return a refusal of a run with the variant in the names of its reward's fields."""
    fields = [
        replace(problem, field=f"variants.{place}.{problem.field}")
        if problem.field.startswith("reward_code")
        else problem
        for problem in error.fields
    ]
    return InvalidInputError(error.detail, hint=error.hint, fields=fields)


def _refused(field: str, code: str, detail: str) -> InvalidInputError:
    return InvalidInputError(detail, fields=[FieldProblem(field, code, detail)])


def _view(found: stored.StoredExperiment) -> Experiment:
    return Experiment(
        id=found.id,
        name=found.name,
        created_at=rfc3339(found.created_at),
        env_id=found.env_id,
        runner=found.runner,
        algorithm=found.algorithm,
        num_runs=len(found.run_ids),
        num_done=found.statuses.get(RunStatus.COMPLETED, 0),
        run_ids=found.run_ids,
        statuses=found.statuses,
        mean_return=_spread(found.mean_return),
        evaluation_return=_spread(found.evaluation_return),
        variants=[
            Variant(
                name=variant.name,
                run_ids=variant.run_ids,
                mean_return=_spread(variant.mean_return),
                evaluation_return=_spread(variant.evaluation_return),
            )
            for variant in found.variants
        ],
        owner=found.owner,
    )


def _spread(spread: stored.Spread | None) -> Spread | None:
    if spread is None:
        return None
    return Spread(mean=spread.mean, std=spread.std, num_runs=spread.count)
