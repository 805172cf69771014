"""Creating runs: what was asked for is checked, resolved, stored and queued."""

import asyncio
import time
from dataclasses import dataclass

from gymlab.domain.code import SourceCode
from gymlab.domain.events import EventType
from gymlab.domain.runs import Device, Origin, Relation, RunSpec, RunStatus
from gymlab.errors import EnvironmentNotFoundError, FieldProblem, InvalidInputError
from gymlab.server import machine
from gymlab.server.estimating.desk import Job
from gymlab.server.estimating.estimate import predict
from gymlab.server.estimating.workloads import Workload
from gymlab.server.lab import Lab
from gymlab.server.own_environments import PREFIX, OwnEnvironment
from gymlab.server.run_lookup import existing_run
from gymlab.server.runs.custom_reward import reward_of
from gymlab.server.runs.draft import Draft
from gymlab.server.runs.feasibility import Surroundings, preflight
from gymlab.server.runs.queueing import note_event, queue_run
from gymlab.server.runs.resolving import resolve, specification
from gymlab.server.runs.schemas import ForkRequest, NewRun, Preflight, Run
from gymlab.server.runs.starting import (
    Start,
    check_start,
    find_start,
    fork_body,
    secure,
    start_check,
    with_defaults_of_parent,
)
from gymlab.server.runs.view import viewed_run
from gymlab.server.runs.workload import workload_of
from gymlab.server.texts import tidy_tags
from gymlab.settings import Settings
from gymlab.storage.database import Writer
from gymlab.storage.lineage import origin_of
from gymlab.storage.runs import NewRunRow, StoredRun, get_run, insert_run


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that can be carried out."""

    body: NewRun
    """What it left open is taken from the run that it begins from."""
    draft: Draft
    start: Start | None
    """The checkpoint of another run to begin with."""
    workload: Workload | None
    """What it would have a worker do; None while that is not known."""


class RunCreation:
    """Makes runs out of requests."""

    def __init__(self, lab: Lab) -> None:
        """Serve this laboratory."""
        self._lab = lab

    async def check(self, body: NewRun, *, num_runs: int = 1) -> Preflight:
        """Say whether a run, or so many of it, could be created."""
        return (await self.look(body, num_runs=num_runs))[1]

    async def create(
        self, body: NewRun, *, exactly: RunSpec | None = None, origin: Origin | None = None
    ) -> Run:
        """Store a run and queue it.

        Args:
            body: What was asked for; it is checked against this machine.
            exactly: A complete specification to repeat under a new id.
            origin: The run it came from.

        Raises:
            InvalidInputError: It is not possible as asked for.
        """
        prepared = await self.prepare(body)
        spec = specification(prepared.draft, prepared.body)
        if exactly is not None:
            same = {"run_id": spec.run_id, "versions": spec.versions}
            spec = exactly.model_copy(update=same)
        new = new_row(prepared.draft, prepared.body, spec, origin=origin)
        await self.secure(prepared, new.id)
        await asyncio.to_thread(self._store, new, start=body.start)
        if body.start:
            self._lab.scheduler.kick()
        return await asyncio.to_thread(self._view, new.id)

    async def prepare(self, body: NewRun, *, num_runs: int = 1) -> Prepared:
        """Return what is needed to create runs as asked for.

        Args:
            body: What was asked for.
            num_runs: How many runs are to be made of it.

        Raises:
            InvalidInputError: It is not possible.
        """
        prepared, checked = await self.look(body, num_runs=num_runs)
        if not checked.ok:
            raise _not_possible(prepared.draft, checked)
        return prepared

    async def secure(self, prepared: Prepared, run_id: str) -> None:
        """Keep the checkpoint that a run is to begin from until it has its copy.

        Raises:
            InvalidInputError: It is corrupt or gone.
        """
        if prepared.start is not None:
            runs_dir = self._lab.settings.runs_dir
            await asyncio.to_thread(secure, runs_dir, prepared.start, run_id)

    async def fork(self, run_id: str, request: ForkRequest) -> Run:
        """Continue a run's checkpoint with other hyperparameters, as a run of its own."""

        def look() -> StoredRun:
            with self._lab.database.reading() as connection:
                return existing_run(connection, run_id)

        parent = await asyncio.to_thread(look)
        return await self.create(fork_body(parent, request))

    async def look(self, body: NewRun, *, num_runs: int = 1) -> tuple[Prepared, Preflight]:
        """Return what a request comes to, possible or not, and what speaks against it."""
        catalogue = await self._lab.catalogue.ready()
        start: Start | FieldProblem | None = None
        if body.start_from is not None:
            start = await asyncio.to_thread(find_start, self._lab, body.start_from)
        if isinstance(start, Start):
            body = with_defaults_of_parent(body, start)
            catalogue = await self._lab.own_environments.joined(catalogue, start.parent.spec)
        own = await self._own_environment(body, start)
        impossible: list[FieldProblem] = []
        if own is not None:
            body = body.model_copy(update={"env_id": own.info.id})
            catalogue = catalogue.with_environments([own.info])
        else:
            joined = self._lab.option_spaces.joined
            catalogue, impossible = await joined(catalogue, body.env_id, body.env_kwargs)
        await asyncio.to_thread(machine.accelerators)  # asks the driver's tool, once
        reward = await asyncio.to_thread(self._reward, body, start)
        code = None if isinstance(reward, FieldProblem) else reward
        draft = resolve(body, catalogue, device=self._device(body), reward_code=code)
        known = {problem.field for problem in draft.problems}
        draft.problems += [problem for problem in impossible if problem.field not in known]
        draft.environment_code = own.code if own is not None else None
        if isinstance(reward, FieldProblem):
            draft.problems.append(reward)
        elif reward is not None:
            await self._lab.sandbox.require()
        if isinstance(start, Start):
            check_start(draft, body, start, catalogue)
        elif start is not None:
            draft.problems.append(start)
        found = start if isinstance(start, Start) else None
        workload = workload_of(draft, body)
        job = self._measuring(workload)
        around = await asyncio.to_thread(self._surroundings, body, workload, num_runs, job)
        checked = await asyncio.to_thread(preflight, draft, around)
        if start is not None:
            line = start_check(draft, found)
            checked = checked.model_copy(update={"checks": [line, *checked.checks]})
        return Prepared(body, draft, found, workload), checked

    def _measuring(self, workload: Workload | None) -> Job | None:
        return self._lab.calibrations.under_way(workload.key) if workload is not None else None

    def _device(self, body: NewRun) -> Device:
        settings = self._lab.settings
        if settings.force_device is not None:
            return Device(settings.force_device)
        return Device(settings.device) if body.device is Device.AUTO else body.device

    async def _own_environment(
        self, body: NewRun, start: Start | FieldProblem | None
    ) -> OwnEnvironment | None:
        """Return the user's environment that is asked for; None where it is none."""
        if not body.env_id.startswith(PREFIX):
            return None
        parent = start.parent if isinstance(start, Start) else None
        carried = await asyncio.to_thread(self._carried, body, parent)
        await self._lab.sandbox.require()
        try:
            return await self._lab.own_environments.find(body.env_id, carried)
        except EnvironmentNotFoundError:
            # The draft says so, with everything else that is wrong.
            return None

    def _carried(self, body: NewRun, parent: StoredRun | None) -> SourceCode | None:
        """Return the environment's source as the run that this one comes from holds it."""
        if parent is None and body.duplicate_of is not None:
            with self._lab.database.reading() as connection:
                parent = get_run(connection, body.duplicate_of)
        code = parent.spec.get("environment_code") if parent is not None else None
        is_same = parent is not None and parent.env_id == body.env_id
        return SourceCode.model_validate(code) if code and is_same else None

    def _reward(
        self, body: NewRun, start: Start | FieldProblem | None
    ) -> SourceCode | FieldProblem | None:
        parent = start.parent if isinstance(start, Start) else None
        with self._lab.database.reading() as connection:
            return reward_of(connection, body, parent)

    def _surroundings(
        self, body: NewRun, workload: Workload | None, num_runs: int, job: Job | None
    ) -> Surroundings:
        lab = self._lab
        crowd, settings = lab.crowd(), lab.settings
        prediction = None
        if workload is not None:
            prediction = predict(workload, lab.history, is_warm=settings.warm_workers > 0)
        return Surroundings(
            home=settings.home,
            num_busy=crowd.num_busy,
            num_queued=crowd.num_queued,
            max_runs=crowd.max_runs,
            has_accelerator=bool(machine.accelerators()),
            prediction=prediction,
            num_runs=num_runs,
            calibration_id=job.id if job is not None else None,
            may_calibrate=settings.auto_calibration,
            device_setting=device_setting(settings, body.device),
        )

    def _store(self, new: NewRunRow, *, start: bool) -> None:
        with self._lab.database.writing(durable=True) as writer:
            self.insert(writer, new, start=start)

    def insert(self, writer: Writer, new: NewRunRow, *, start: bool) -> None:
        """Store a run in the caller's transaction and, if it is to start, queue it.

        Raises:
            InvalidInputError: The run it came from is not there.
        """
        if new.origin is not None and get_run(writer.connection, new.origin.run_id) is None:
            raise _no_origin(new.origin.run_id)
        insert_run(writer, new)
        note_event(self._lab, writer, new.id, EventType.RUN_CREATED, f"Run created: {new.name}")
        if start:
            queue_run(self._lab, writer, new.id, attempt=1)

    def _view(self, run_id: str) -> Run:
        with self._lab.database.reading() as connection:
            return viewed_run(connection, run_id)


def device_setting(settings: Settings, asked_for: Device) -> str | None:
    """Return the variable that decides on a run's device; None where the request does."""
    if settings.force_device is not None:
        return "FORCE_DEVICE"
    is_open = asked_for is Device.AUTO and settings.device != Device.AUTO.value
    return "GYMLAB_DEVICE" if is_open else None


def new_row(
    draft: Draft,
    body: NewRun,
    spec: RunSpec,
    *,
    origin: Origin | None = None,
    experiment_id: str | None = None,
) -> NewRunRow:
    """Return the row of a run as asked for, from a draft without problems."""
    env_title = draft.env.title if draft.env is not None else spec.env_id
    origin = origin or origin_of(spec)
    if origin is None and body.duplicate_of:
        origin = Origin(body.duplicate_of, Relation.DUPLICATE)
    return NewRunRow(
        id=spec.run_id,
        name=(body.name or "").strip() or default_name(draft),
        tags=tidy_tags(body.tags),
        notes=body.notes or "",
        env_title=env_title,
        spec=spec.model_dump(mode="json"),
        spec_sha256=spec.sha256(),
        created_at=time.time(),
        status=RunStatus.CREATED,
        experiment_id=experiment_id,
        origin=origin,
    )


def default_name(draft: Draft) -> str:
    """Return what a run is called that nobody named."""
    title = draft.algorithm.title if draft.algorithm is not None else "A run"
    return f"{title} on {draft.env.title}" if draft.env is not None else title


def _no_origin(run_id: str) -> InvalidInputError:
    detail = f"There is no run {run_id[:64]!r} to duplicate."
    return InvalidInputError(detail, fields=[FieldProblem("duplicate_of", "unknown_run", detail)])


def _not_possible(draft: Draft, checked: Preflight) -> InvalidInputError:
    if draft.problems:
        first = draft.problems[0]
        return InvalidInputError(first.detail, hint=first.hint, fields=draft.problems)
    failed = next(check for check in checked.checks if check.status == "error")
    return InvalidInputError(
        failed.detail,
        hint=failed.hint,
        fields=[FieldProblem(failed.id, "check_failed", failed.detail, failed.hint)],
    )
