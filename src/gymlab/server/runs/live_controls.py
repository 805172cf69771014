"""What people do with a run while its process lives: record, reset, change, tell."""

import asyncio
import math
import secrets
import time
from typing import Any

from gymlab.domain.runs import RunStatus
from gymlab.errors import (
    FieldProblem,
    IllegalTransitionError,
    InvalidInputError,
    UnavailableError,
)
from gymlab.protocol.shim import ToShim
from gymlab.protocol.worker import ChangeHyperparameters, Record, ResetEpisode, StopRecording
from gymlab.server.lab import Lab
from gymlab.server.run_lookup import existing_run
from gymlab.server.runs.live_changes import require_changeable
from gymlab.server.runs.schemas import Accepted, EpisodeReset, NewRecording, Recording
from gymlab.server.runs.view import actions_of
from gymlab.storage.runs import StoredRun

RECORDABLE = frozenset({RunStatus.RUNNING, RunStatus.PAUSED})
BEGINS_WITHIN_S = 1.0
"""A recording that was asked for is known as under way after less than this."""


class LiveControls:
    """Talks to the processes of live runs."""

    def __init__(self, lab: Lab) -> None:
        """Serve this laboratory."""
        self._lab = lab

    async def record(self, run_id: str, body: NewRecording) -> Recording:
        """Begin a recording."""
        run = await asyncio.to_thread(self._live, run_id, "record")
        if run.state is not None and run.state.can_render is False:
            reason = run.state.no_render_reason or "The environment cannot be drawn."
            raise UnavailableError(reason)
        is_under_way = run.state is not None and run.state.recording_id is not None
        # Of two clicks the second would end the film of the first.
        asked_at = self._lab.recordings_asked_at.get(run_id, -math.inf)
        if is_under_way or time.monotonic() - asked_at < BEGINS_WITHIN_S:
            raise IllegalTransitionError("record", "being recorded already", ["stop recording"])
        recording_id = time.strftime("%Y%m%d-%H%M%S-", time.gmtime()) + secrets.token_hex(2)
        message = Record(
            recording_id=recording_id,
            source=body.source,
            max_frames=body.max_frames,
            fps=body.fps,
        )
        send_to_shim(self._lab, run_id, message)
        self._lab.recordings_asked_at[run_id] = time.monotonic()
        return Recording(id=recording_id, status="recording")

    async def stop_recording(self, run_id: str) -> Recording:
        """Finish the recording under way."""
        run = await asyncio.to_thread(self._live, run_id, "stop recording")
        if run.state is None or run.state.recording_id is None:
            raise IllegalTransitionError("stop recording", "not being recorded", ["record"])
        send_to_shim(self._lab, run_id, StopRecording())
        self._lab.recordings_asked_at.pop(run_id, None)
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
        send_to_shim(self._lab, run_id, ChangeHyperparameters(values=values))
        return Accepted()

    async def reset_episode(self, run_id: str, body: EpisodeReset) -> Accepted:
        """Cut off an episode.

        Raises:
            IllegalTransitionError: The run does not train.
            InvalidInputError: It has no such sub-environment.
        """
        run = await asyncio.to_thread(self._live, run_id, "reset an episode of")
        require_sub_environment(run.state.num_envs if run.state else None, body.env_index)
        send_to_shim(self._lab, run_id, ResetEpisode(env_index=body.env_index))
        return Accepted()

    def _live(self, run_id: str, action: str) -> StoredRun:
        with self._lab.database.reading() as connection:
            run = existing_run(connection, run_id)
        if run.status not in RECORDABLE:
            allowed = [item.value for item in actions_of(run)]
            raise IllegalTransitionError(action, run.status.value, allowed)
        return run


def require_sub_environment(num_envs: int | None, idx: int) -> None:
    """Fail where a run has no sub-environment of that index; None is not known yet.

    Raises:
        InvalidInputError: Names the index and those that there are.
    """
    if num_envs is None or idx < num_envs:
        return
    has = "one environment, 0" if num_envs == 1 else f"{num_envs} environments, 0 to {num_envs - 1}"
    problem = FieldProblem(
        "env_index", "out_of_range", f"env_index: {idx} is not there; this run has {has}."
    )
    raise InvalidInputError(problem.detail, fields=[problem])


def send_to_shim(lab: Lab, run_id: str, message: ToShim) -> None:
    """Tell a run's process something.

    Raises:
        UnavailableError: It is not connected at this moment.
    """
    if not lab.shims.send(run_id, message):
        raise UnavailableError("The run is not connected.", hint="Try again in a second.")
