"""Checkpoints that are deployed to the live feeds of their runs.

The shim of a live run plays them in its showcase. For a run that has ended a process is started
when somebody watches; it ends by itself after the last viewer left.
"""

import logging
import subprocess
import time
from dataclasses import dataclass, field
from typing import Literal

from gymlab.protocol.parts import FrameSource, Json
from gymlab.protocol.shim import (
    AssignStage,
    Deploy,
    Deployed,
    Exit,
    FrameNotice,
    FrameRelay,
    FromShim,
    ToShim,
)
from gymlab.protocol.worker import Watch
from gymlab.server.orchestration.audience import Audience
from gymlab.server.orchestration.shim_link import ShimConnection
from gymlab.server.orchestration.shims import Shims
from gymlab.settings import Settings
from gymlab.supervisor.launching import launch_stage

LOGGER = logging.getLogger(__name__)
SOURCE: FrameSource = "showcase"


@dataclass(slots=True)
class Deployment:
    """A checkpoint that a live feed is to play, and what became of it."""

    run_id: str
    env_id: str
    spec: Json
    timestep: int
    status: Literal["waiting", "loading", "playing", "failed"] = "waiting"
    """Waiting for a viewer; being loaded; playing; or the policy before it plays on."""
    playing_timestep: int | None = None
    detail: str | None = None
    deployed_at: float = field(default_factory=time.time)


class Stages:
    """Knows what is deployed, and runs the processes for it. Lives on the event loop."""

    def __init__(self, settings: Settings, *, shims: Shims, audience: Audience) -> None:
        """Begin without deployments.

        Args:
            settings: Data folder.
            shims: Shims of live runs.
            audience: Who watches.
        """
        self._settings = settings
        self._shims = shims
        self._audience = audience
        self._deployments: dict[str, Deployment] = {}
        self._connections: dict[str, ShimConnection] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def deploy(self, deployment: Deployment) -> None:
        """Play a checkpoint from now on; what plays until it is loaded stays known."""
        run_id = deployment.run_id
        earlier = self._deployments.get(run_id)
        if earlier is not None:
            deployment.playing_timestep = earlier.playing_timestep
        if self._is_watched(run_id):
            deployment.status = "loading"
        self._deployments[run_id] = deployment
        message = Deploy(timestep=deployment.timestep)
        if self._shims.send(run_id, message):
            return
        stage = self._connections.get(run_id)
        if stage is None or not stage.send(message):
            # Whoever watches already is shown it, by a process that this starts.
            self._audience.source_is_new(run_id, SOURCE)

    def undeploy(self, run_id: str) -> None:
        """Play the newest policy of a live run again, and nothing of one that has ended."""
        if self._deployments.pop(run_id, None) is None:
            return
        self._shims.send(run_id, Deploy(timestep=None))
        self._end_stage(run_id)

    def of_run(self, run_id: str) -> Deployment | None:
        """Return what is deployed of a run."""
        return self._deployments.get(run_id)

    def shows(self, run_id: str, source: FrameSource) -> bool:
        """Tell whether a source has pictures although its run may have ended."""
        return source == SOURCE and run_id in self._deployments

    def close(self) -> None:
        """End every process: their viewers leave with this server."""
        for run_id in list(self._connections):
            self._end_stage(run_id)

    # ---- what the lab does ------------------------------------------------------------------

    def send(self, run_id: str, message: ToShim) -> bool:
        """Send what is watched to the process of a run that has ended; start it when needed."""
        deployment = self._deployments.get(run_id)
        if deployment is None or not isinstance(message, Watch) or message.source != SOURCE:
            return False
        connection = self._connections.get(run_id)
        if connection is not None:
            return connection.send(message)
        if message.fps > 0 and self._shims.of_run(run_id) is None:
            self._launch(deployment)
        return False

    def run_is_live(self, run_id: str) -> None:
        """Hand a deployment over to the shim of a run that goes on."""
        deployment = self._deployments.get(run_id)
        if deployment is not None:
            self._shims.send(run_id, Deploy(timestep=deployment.timestep))
            self._end_stage(run_id)

    def run_ended(self, run_id: str) -> None:
        """Go on playing for those who watch, in a process of its own."""
        if run_id in self._deployments:
            self._audience.source_is_new(run_id, SOURCE)

    # ---- what stages do ---------------------------------------------------------------------

    def shim_connected(self, connection: ShimConnection) -> None:
        """Tell a stage what is watched, or that it is not needed."""
        run_id = connection.run_id
        deployment = self._deployments.get(run_id or "")
        if run_id is None or deployment is None or self._shims.of_run(run_id) is not None:
            connection.send(Exit())
            return
        self._connections[run_id] = connection
        connection.send(Deploy(timestep=deployment.timestep))
        self._audience.source_is_new(run_id, SOURCE)

    def shim_said(self, connection: ShimConnection, message: FromShim) -> None:
        """Pass pictures on."""
        run_id = connection.run_id
        if run_id is None or self._connections.get(run_id) is not connection:
            return
        match message:
            case FrameRelay():
                self._audience.frame(run_id, message)
            case FrameNotice():
                self._audience.notice(run_id, message)
            case Deployed():
                self.note(run_id, message)
            case _:
                LOGGER.warning("the stage of run %s sent %s", run_id, type(message).__name__)

    def shim_lost(self, connection: ShimConnection) -> None:
        """Forget a stage, and make another one while somebody watches."""
        run_id = connection.run_id or ""
        if self._connections.get(run_id) is not connection:
            return
        del self._connections[run_id]
        deployment = self._deployments.get(run_id)
        if deployment is not None:
            deployment.status, deployment.playing_timestep = "waiting", None

    def note(self, run_id: str, message: Deployed) -> None:
        """Note what became of a deployment."""
        deployment = self._deployments.get(run_id)
        if deployment is None or deployment.timestep != message.timestep:
            return
        if message.failure is None:
            deployment.status, deployment.detail = "playing", None
            deployment.playing_timestep = message.timestep
            return
        earlier = deployment.playing_timestep
        deployment.status = "failed"
        deployment.detail = message.failure
        if earlier is not None:
            deployment.detail += f" The policy of timestep {earlier:,} plays on."

    # ---- inside -----------------------------------------------------------------------------

    def _is_watched(self, run_id: str) -> bool:
        return self._audience.is_watched(run_id, SOURCE)

    def _launch(self, deployment: Deployment) -> None:
        self._processes = {
            run_id: process for run_id, process in self._processes.items() if process.poll() is None
        }
        if deployment.run_id in self._processes:
            return
        deployment.status = "loading"
        run_dir = self._settings.runs_dir / deployment.run_id
        assignment = AssignStage(
            run_id=deployment.run_id,
            run_dir=str(run_dir),
            spec=deployment.spec,
            timestep=deployment.timestep,
        )
        try:
            process = launch_stage(home=self._settings.home, assignment=assignment)
        except OSError as error:
            deployment.status, deployment.detail = "failed", str(error)
            return
        self._processes[deployment.run_id] = process
        text = "Starting the showcase"
        self._audience.notice(
            deployment.run_id, FrameNotice(source=SOURCE, kind="status", detail=text, phase="setup")
        )

    def _end_stage(self, run_id: str) -> None:
        connection = self._connections.pop(run_id, None)
        if connection is not None:
            connection.send(Exit())
