"""Reading, steering and deleting runs."""

import asyncio
import time

from sqlalchemy import Connection

from gymlab.domain.events import EventType
from gymlab.domain.runs import FINISHED_STATUSES, LIVE_STATUSES, RunAction, RunSpec, RunStatus
from gymlab.errors import IllegalTransitionError, InvalidInputError
from gymlab.protocol.worker import Pause, Stop, Unpause
from gymlab.server.answers import Page
from gymlab.server.lab import Lab
from gymlab.server.orchestration.scheduler import touch_queue
from gymlab.server.run_lookup import existing_run
from gymlab.server.runs.live_controls import send_to_shim
from gymlab.server.runs.queueing import note_event, queue_run
from gymlab.server.runs.schemas import Run, RunChanges
from gymlab.server.runs.starting import require_not_needed
from gymlab.server.runs.view import actions_of, view_run, viewed_run
from gymlab.server.texts import text_problems, tidy_tags
from gymlab.storage.database import Writer
from gymlab.storage.runs import (
    RunFilter,
    StoredRun,
    current_revision,
    list_runs,
    queue_positions,
    update_run,
)


class RunService:
    """What people do with runs that exist."""

    def __init__(self, lab: Lab) -> None:
        """Serve this laboratory."""
        self._lab = lab

    # ---- reading --------------------------------------------------------------------------

    def get(self, run_id: str) -> Run:
        """Return a run.

        Raises:
            RunNotFoundError: There is none of that id.
        """
        with self._lab.database.reading() as connection:
            return viewed_run(connection, run_id)

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
            changes["tags"] = tidy_tags(body.tags)
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
            SandboxUnavailableError: It has code of a user's, and nothing here would hold that.
        """
        if action in {RunAction.START, RunAction.RESUME}:
            await self._require_sandbox(run_id)
        was = await asyncio.to_thread(self._act_in_thread, run_id, action)
        if was in LIVE_STATUSES:
            self._tell_shim(run_id, action)
        self._lab.scheduler.kick()
        return await asyncio.to_thread(self.get, run_id)

    async def _require_sandbox(self, run_id: str) -> None:
        run = await asyncio.to_thread(self._stored, run_id)
        if run.spec.get("reward_code") or run.spec.get("environment_code"):
            await self._lab.sandbox.require()

    def _stored(self, run_id: str) -> StoredRun:
        with self._lab.database.reading() as connection:
            return existing_run(connection, run_id)

    def _act_in_thread(self, run_id: str, action: RunAction) -> RunStatus:
        with self._lab.database.writing(durable=True) as writer:
            run = existing_run(writer.connection, run_id)
            _require(run, action)
            match action:
                case RunAction.START:
                    queue_run(self._lab, writer, run_id, attempt=run.attempt + 1)
                case RunAction.RESUME if run.status in FINISHED_STATUSES:
                    # A stop that came too late for the last attempt is not meant for this one.
                    self._lab.stop_requests.discard(run_id)
                    queue_run(self._lab, writer, run_id, attempt=run.attempt + 1)
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
        note_event(self._lab, writer, run.id, EventType.STOPPED, "Stopped before it began")
        touch_queue(writer)

    def _tell_shim(self, run_id: str, action: RunAction) -> None:
        match action:
            case RunAction.PAUSE:
                send_to_shim(self._lab, run_id, Pause())
            case RunAction.RESUME:
                send_to_shim(self._lab, run_id, Unpause())
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


def _require(run: StoredRun, action: RunAction) -> None:
    allowed = actions_of(run)
    if action not in allowed:
        raise IllegalTransitionError(
            action.value, run.status.value, [item.value for item in allowed]
        )
