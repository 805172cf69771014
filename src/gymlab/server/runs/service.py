"""Creating, steering and deleting runs."""

import asyncio
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.runs import (
    BUSY_STATUSES,
    FINISHED_STATUSES,
    LIVE_STATUSES,
    Device,
    Origin,
    Relation,
    RunAction,
    RunSpec,
    RunStatus,
)
from gymlab.errors import (
    FieldProblem,
    IllegalTransitionError,
    InvalidInputError,
    UnavailableError,
)
from gymlab.protocol.shim import ToShim
from gymlab.protocol.worker import (
    ChangeHyperparameters,
    Pause,
    Record,
    ResetEpisode,
    Stop,
    StopRecording,
    Unpause,
)
from gymlab.server import machine
from gymlab.server.answers import Page
from gymlab.server.lab import Lab
from gymlab.server.orchestration.clock import now
from gymlab.server.orchestration.scheduler import touch_queue
from gymlab.server.run_lookup import existing_run
from gymlab.server.runs.feasibility import Surroundings, preflight
from gymlab.server.runs.live_changes import require_changeable
from gymlab.server.runs.resolving import Draft, resolve, specification
from gymlab.server.runs.schemas import (
    Accepted,
    EpisodeReset,
    ForkRequest,
    NewRecording,
    NewRun,
    Preflight,
    Recording,
    Run,
    RunChanges,
)
from gymlab.server.runs.starting import (
    Start,
    check_start,
    find_start,
    fork_body,
    require_not_needed,
    secure,
    start_check,
    with_defaults_of_parent,
)
from gymlab.server.runs.view import actions_of, view_run
from gymlab.server.texts import text_problems
from gymlab.storage.database import Writer
from gymlab.storage.events import NewEvent
from gymlab.storage.lineage import origin_of
from gymlab.storage.runs import (
    NewRunRow,
    RunFilter,
    StoredRun,
    current_revision,
    get_run,
    insert_run,
    list_runs,
    measured_speed,
    next_queue_order,
    queue_positions,
    runs_with_status,
    update_run,
)

RECORDABLE = frozenset({RunStatus.RUNNING, RunStatus.PAUSED})


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that can be carried out."""

    body: NewRun
    """What it left open is taken from the run that it begins from."""
    draft: Draft
    start: Start | None
    """The checkpoint of another run to begin with."""


class RunService:
    """What people do with runs."""

    def __init__(self, lab: Lab) -> None:
        """Serve this laboratory."""
        self._lab = lab

    # ---- creating -------------------------------------------------------------------------

    async def check(self, body: NewRun) -> Preflight:
        """Say whether a run could be created."""
        return (await self._prepare(body))[1]

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
        return await asyncio.to_thread(self.get, new.id)

    async def prepare(self, body: NewRun) -> Prepared:
        """Return what is needed to create runs as asked for.

        Raises:
            InvalidInputError: It is not possible.
        """
        draft, checked, start = await self._prepare(body)
        if not checked.ok:
            raise _not_possible(draft, checked)
        if start is not None:
            body = with_defaults_of_parent(body, start)
        return Prepared(body, draft, start)

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

    async def _prepare(self, body: NewRun) -> tuple[Draft, Preflight, Start | None]:
        catalogue = await self._lab.catalogue.ready()
        device = body.device
        if self._lab.settings.force_device is not None:
            device = Device(self._lab.settings.force_device)
        elif device is Device.AUTO:
            device = Device(self._lab.settings.device)
        start: Start | FieldProblem | None = None
        if body.start_from is not None:
            start = await asyncio.to_thread(find_start, self._lab, body.start_from)
        if isinstance(start, Start):
            body = with_defaults_of_parent(body, start)
        draft = resolve(body, catalogue, device=device)
        if isinstance(start, Start):
            check_start(draft, body, start, catalogue)
        elif start is not None:
            draft.problems.append(start)
        around = await asyncio.to_thread(self._surroundings, draft)
        checked = await asyncio.to_thread(preflight, draft, around)
        found = start if isinstance(start, Start) else None
        if start is not None:
            line = start_check(draft, found)
            checked = checked.model_copy(update={"checks": [line, *checked.checks]})
        return draft, checked, found

    def _surroundings(self, draft: Draft) -> Surroundings:
        speed = None
        with self._lab.database.reading() as connection:
            queued = runs_with_status(connection, [RunStatus.QUEUED])
            busy = runs_with_status(connection, BUSY_STATUSES)
            if draft.env is not None and draft.algorithm is not None and draft.runner is not None:
                speed = measured_speed(
                    connection, draft.env.id, draft.runner.manifest.id, draft.algorithm.id
                )
        return Surroundings(
            home=self._lab.settings.home,
            num_busy=len(busy),
            num_queued=len(queued),
            max_runs=self._lab.settings.max_runs,
            measured_speed=speed,
            has_accelerator=bool(machine.accelerators()),
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
        self._event(writer, new.id, EventType.RUN_CREATED, f"Run created: {new.name}")
        if start:
            self._queue(writer, new.id, attempt=1)

    def _queue(self, writer: Writer, run_id: str, *, attempt: int) -> None:
        update_run(
            writer,
            run_id,
            status=RunStatus.QUEUED,
            status_reason=None,
            attempt=attempt,
            queue_order=next_queue_order(writer.connection),
            finished_at=None,
        )
        place = queue_positions(writer.connection).get(run_id, 1)
        self._event(writer, run_id, EventType.QUEUED, f"Queued at place {place}", place=place)

    def _event(self, writer: Writer, run_id: str, event: EventType, text: str, **data: Any) -> None:
        new = NewEvent(run_id, now(), event.value, EventLevel.INFO.value, text, data)
        self._lab.announcer.event(writer, new)

    # ---- reading --------------------------------------------------------------------------

    def get(self, run_id: str) -> Run:
        """Return a run.

        Raises:
            RunNotFoundError: There is none of that id.
        """
        with self._lab.database.reading() as connection:
            run = existing_run(connection, run_id)
            return view_run(run, queue_positions(connection).get(run_id))

    def list(
        self, wanted: RunFilter, *, sort: str, limit: int, cursor: str | None
    ) -> tuple[Page[Run], str]:
        """Return a page of runs, and the stream position it reflects."""
        with self._lab.database.reading() as connection:
            found, next_cursor = list_runs(
                connection, wanted, sort=sort, limit=limit, cursor=cursor
            )
            places = queue_positions(connection)
            position = f"runs={current_revision(connection)}"
        items = [view_run(run, places.get(run.id)) for run in found]
        return Page[Run](items=items, next_cursor=next_cursor), position

    def spec(self, run_id: str) -> RunSpec:
        """Return the resolved specification."""
        with self._lab.database.reading() as connection:
            run = existing_run(connection, run_id)
        return RunSpec.model_validate(run.spec)

    # ---- changing -------------------------------------------------------------------------

    def change(self, run_id: str, body: RunChanges) -> Run:
        """Change what people wrote about a run."""
        problems = text_problems(name=body.name, tags=body.tags, notes=body.notes)
        if problems:
            raise InvalidInputError(problems[0].detail, fields=problems)
        changes = {name: value for name, value in body.model_dump().items() if value is not None}
        if body.name is not None:
            changes["name"] = body.name.strip()
        if body.tags is not None:
            changes["tags"] = _tidy_tags(body.tags)
        with self._lab.database.writing(durable=True) as writer:
            existing_run(writer.connection, run_id)
            if changes:
                update_run(writer, run_id, **changes)
        return self.get(run_id)

    async def act(self, run_id: str, action: RunAction) -> Run:
        """Start, pause, resume or stop.

        Raises:
            IllegalTransitionError: The run's state does not allow it.
            UnavailableError: The run's process is not connected at this moment.
        """
        was = await asyncio.to_thread(self._act_in_thread, run_id, action)
        if was in LIVE_STATUSES:
            self._tell_shim(run_id, action)
        self._lab.scheduler.kick()
        return await asyncio.to_thread(self.get, run_id)

    def _act_in_thread(self, run_id: str, action: RunAction) -> RunStatus:
        with self._lab.database.writing(durable=True) as writer:
            run = existing_run(writer.connection, run_id)
            _require(run, action)
            match action:
                case RunAction.START:
                    self._queue(writer, run_id, attempt=run.attempt + 1)
                case RunAction.RESUME if run.status in FINISHED_STATUSES:
                    # A stop that came too late for the last attempt is not meant for this one.
                    self._lab.stop_requests.discard(run_id)
                    self._queue(writer, run_id, attempt=run.attempt + 1)
                case RunAction.STOP if run.status is RunStatus.QUEUED:
                    self._stop_queued(writer, run)
                case RunAction.STOP:
                    # Remembered until the run has ended: its shim may connect only later.
                    self._lab.stop_requests.add(run_id)
                    update_run(writer, run_id, status=RunStatus.STOPPING)
                case _:
                    pass
        return run.status

    def _stop_queued(self, writer: Writer, run: StoredRun) -> None:
        update_run(
            writer, run.id, status=RunStatus.STOPPED, queue_order=None, finished_at=time.time()
        )
        self._event(writer, run.id, EventType.STOPPED, "Stopped before it began")
        touch_queue(writer)

    def _tell_shim(self, run_id: str, action: RunAction) -> None:
        match action:
            case RunAction.PAUSE:
                self._send(run_id, Pause())
            case RunAction.RESUME:
                self._send(run_id, Unpause())
            case RunAction.STOP:
                self._lab.shims.send(run_id, Stop())
            case _:
                pass

    async def delete(self, *run_ids: str) -> None:
        """Move runs into the bin, all of them or none."""
        await asyncio.to_thread(self._lab.bin.discard, run_ids, self._require_deletable)
        for run_id in run_ids:
            await self._lab.evaluations.forget_run(run_id)
            self._lab.ingest.forget(run_id)
            self._lab.stages.undeploy(run_id)

    def _require_deletable(self, connection: Connection, run: StoredRun) -> None:
        _require(run, RunAction.DELETE)
        require_not_needed(connection, self._lab.settings.runs_dir, run.id)

    async def restore(self, run_id: str) -> Run:
        """Take a run out of the bin.

        Raises:
            RunNotFoundError: It is not in the bin.
        """
        await asyncio.to_thread(self._lab.bin.restore, run_id)
        self._lab.ingest.poke(run_id)
        return await asyncio.to_thread(self.get, run_id)

    # ---- pictures -------------------------------------------------------------------------

    async def record(self, run_id: str, body: NewRecording) -> Recording:
        """Begin a recording."""
        run = await asyncio.to_thread(self._live, run_id, "record")
        if run.state is not None and run.state.can_render is False:
            reason = run.state.no_render_reason or "The environment cannot be drawn."
            raise UnavailableError(reason)
        if run.state is not None and run.state.recording_id is not None:
            raise IllegalTransitionError("record", "being recorded already", ["stop recording"])
        recording_id = time.strftime("%Y%m%d-%H%M%S-", time.gmtime()) + secrets.token_hex(2)
        message = Record(
            recording_id=recording_id,
            source=body.source,
            max_frames=body.max_frames,
            fps=body.fps,
        )
        self._send(run_id, message)
        return Recording(id=recording_id, status="recording")

    async def stop_recording(self, run_id: str) -> Recording:
        """Finish the recording under way."""
        run = await asyncio.to_thread(self._live, run_id, "stop recording")
        if run.state is None or run.state.recording_id is None:
            raise IllegalTransitionError("stop recording", "not being recorded", ["record"])
        self._send(run_id, StopRecording())
        return Recording(id=run.state.recording_id, status="stopping")

    async def change_hyperparameters(self, run_id: str, values: dict[str, Any]) -> Accepted:
        """Let a live run go on with other values from its next safe point.

        Raises:
            IllegalTransitionError: The run does not train.
            InvalidInputError: A value is not allowed, or cannot change while a run trains.
        """
        run = await asyncio.to_thread(self._live, run_id, "change hyperparameters of")
        runner = (await self._lab.catalogue.ready()).runner(run.runner)
        require_changeable(run, runner, values)
        self._send(run_id, ChangeHyperparameters(values=values))
        return Accepted()

    async def reset_episode(self, run_id: str, body: EpisodeReset) -> Accepted:
        """Cut off an episode."""
        await asyncio.to_thread(self._live, run_id, "reset an episode of")
        self._send(run_id, ResetEpisode(env_index=body.env_index))
        return Accepted()

    def _live(self, run_id: str, action: str) -> StoredRun:
        with self._lab.database.reading() as connection:
            run = existing_run(connection, run_id)
        if run.status not in RECORDABLE:
            allowed = [item.value for item in actions_of(run)]
            raise IllegalTransitionError(action, run.status.value, allowed)
        return run

    def _send(self, run_id: str, message: ToShim) -> None:
        if not self._lab.shims.send(run_id, message):
            raise UnavailableError("The run is not connected.", hint="Try again in a second.")


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
        tags=_tidy_tags(body.tags),
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


def _require(run: StoredRun, action: RunAction) -> None:
    allowed = actions_of(run)
    if action not in allowed:
        raise IllegalTransitionError(
            action.value, run.status.value, [item.value for item in allowed]
        )


def _tidy_tags(tags: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(tag.strip() for tag in tags))


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
