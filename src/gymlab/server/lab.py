"""Everything behind the API, built once and taken apart in order."""

import asyncio
import logging
import secrets
import time
from concurrent.futures import Future
from functools import cached_property
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from gymlab.domain.runs import BUSY_STATUSES, LIVE_STATUSES, RunStatus
from gymlab.errors import LabError
from gymlab.protocol.shim import ToShim
from gymlab.protocol.worker import Watch
from gymlab.server.catalogue.loading import CatalogueLoader
from gymlab.server.catalogue.pictures import Pictures
from gymlab.server.disk_use import SizeBook
from gymlab.server.estimating.book import CalibrationBook
from gymlab.server.estimating.desk import CalibrationDesk, Crowd
from gymlab.server.estimating.history import History
from gymlab.server.option_spaces import OptionSpaces
from gymlab.server.orchestration.adoption import import_unknown_runs, live_runs
from gymlab.server.orchestration.announcing import Announcer, RenderRun
from gymlab.server.orchestration.audience import Audience
from gymlab.server.orchestration.bin import RunBin
from gymlab.server.orchestration.code_checker import CheckerProcess
from gymlab.server.orchestration.conductor import Conductor
from gymlab.server.orchestration.evaluation_queue import EvaluationQueue
from gymlab.server.orchestration.evaluation_results import EvaluationResults
from gymlab.server.orchestration.fates import Fates
from gymlab.server.orchestration.hub import Hub
from gymlab.server.orchestration.ingest import Ingest
from gymlab.server.orchestration.model_files import ModelFiles
from gymlab.server.orchestration.previews import Previews
from gymlab.server.orchestration.scheduler import Scheduler
from gymlab.server.orchestration.server_file import (
    Address,
    remove_server_file,
    write_server_file,
)
from gymlab.server.orchestration.shim_link import ShimLink, socket_path
from gymlab.server.orchestration.shims import Shims
from gymlab.server.orchestration.stages import Stages
from gymlab.server.own_environments import OwnEnvironments
from gymlab.server.replay_player import ReplayPlayer
from gymlab.server.sandbox_gate import SandboxGate
from gymlab.settings import Settings
from gymlab.storage.database import Database
from gymlab.storage.migrating import prepare_database
from gymlab.storage.runs import StoredRun, runs_with_status
from gymlab.supervisor.sandbox.tiers import Verdict
from gymlab.supervisor.trial import TrialWorkers

PING_EVERY_S = 15.0
PURGE_EVERY_S = 600.0
RESERVE_EVERY_S = 10.0
LOGGER = logging.getLogger(__name__)


def _open_database(settings: Settings) -> Database:
    """Make the data folder's folders and its database where they are missing."""
    for folder in (settings.home, settings.runs_dir, settings.cache_dir):
        folder.mkdir(parents=True, exist_ok=True)
    prepare_database(settings.database_path)
    return Database(settings.database_path)


class Lab:
    """One data folder, served."""

    def __init__(self, settings: Settings, render_run: RenderRun, verdict: Future[Verdict]) -> None:
        """Open the data folder; needs a running event loop.

        Args:
            settings: What was set from outside.
            render_run: Turns a stored run into JSON for streams.
            verdict: What the sandbox of this machine holds, as soon as it is known.

        Raises:
            DataFolderTooNewError: A newer version of gymlab wrote the folder.
        """
        self.settings = settings
        self.started_at = time.monotonic()
        self.instance = secrets.token_hex(8)
        """Names this start, so that a command can tell this server from another on its port."""
        self.database = _open_database(settings)
        self.hub = Hub()
        self.render_run = render_run
        self.announcer = Announcer(self.hub, asyncio.get_running_loop(), render_run)
        self.database.begin_hook = self.announcer.begin
        self.sandbox = SandboxGate(settings, verdict)
        self.catalogue = CatalogueLoader(settings.cache_dir)
        self.pictures = Pictures(settings.cache_dir)
        self.code_checker = CheckerProcess()
        self.replays = ReplayPlayer()
        self.previews = Previews(lambda: self.audience)
        self.option_spaces = OptionSpaces()
        self.trials = TrialWorkers(keeps_warm=settings.warm_workers > 0)
        self.own_environments = OwnEnvironments(self.database, self.trials, self.sandbox)
        self.shims = Shims(settings.home, num_warm=settings.warm_workers)
        self.audience = Audience(self._send_watch)
        self.stop_requests: set[str] = set()
        """Live runs that somebody asked to stop."""
        self.recordings_asked_at: dict[str, float] = {}
        """Run -> moment, on the monotonic clock, at which somebody last began to record it."""
        folder, announcer = settings.runs_dir, self.announcer
        self.ingest = Ingest(
            self.database, self.hub, announcer, runs_dir=folder, on_indexed=self._indexed
        )
        self.evaluations = EvaluationQueue(
            settings, EvaluationResults(self.database, announcer, folder), self.audience
        )
        self.model_files = ModelFiles(settings.home)
        self.sizes = SizeBook(settings.runs_dir)
        book = CalibrationBook(settings.cache_dir)
        self.history = History(self.database, book, folder)
        self.calibrations = CalibrationDesk(
            book, crowd=self.crowd, with_every_runner=settings.warm_workers > 0
        )
        self.stages = Stages(settings, shims=self.shims, audience=self.audience)
        self.conductor = self._make_conductor()
        self.scheduler = self._make_scheduler()
        self.fates = self.conductor.fates = self._make_fates()
        self.link = ShimLink(socket_path(settings.home), self.conductor)
        self._tasks: list[asyncio.Task[None]] = []

    def _make_scheduler(self) -> Scheduler:
        return Scheduler(
            self.database,
            self.shims,
            runs_dir=self.settings.runs_dir,
            max_runs=self.settings.max_runs,
            algorithm_of=self._algorithm_of,
            on_started=self._started,
        )

    def _make_conductor(self) -> Conductor:
        return Conductor(
            shims=self.shims,
            ingest=self.ingest,
            audience=self.audience,
            evaluations=self.evaluations,
            stages=self.stages,
            wants_stop=self.stop_requests.__contains__,
        )

    def _make_fates(self) -> Fates:
        return Fates(
            self.database,
            shims=self.shims,
            ingest=self.ingest,
            announcer=self.announcer,
            runs_dir=self.settings.runs_dir,
            on_free=self.scheduler.kick,
        )

    def crowd(self) -> Crowd:
        """Count the runs that want this machine's cores."""
        with self.database.reading() as connection:
            found = runs_with_status(connection, [RunStatus.QUEUED, *BUSY_STATUSES])
        num_queued = sum(run.status is RunStatus.QUEUED for run in found)
        return Crowd(len(found) - num_queued, num_queued, self.settings.max_runs)

    @property
    def uptime_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started_at

    @cached_property
    def bin(self) -> RunBin:
        """Deleted runs."""
        return RunBin(self.database, self.settings.runs_dir, days=self.settings.bin_days)

    async def start(self) -> None:
        """Listen for shims, adopt runs that went on, begin to start queued ones."""
        await asyncio.to_thread(self.bin.settle)
        await asyncio.to_thread(self.model_files.clear)
        adopted = await asyncio.to_thread(live_runs, self.database)
        imported = await asyncio.to_thread(
            import_unknown_runs, self.database, self.settings.runs_dir
        )
        await self.evaluations.adopt(imported)
        await self.link.start()
        self.catalogue.start()
        self.ingest.start()
        for run in adopted:
            self._adopt(run)
        for run_id in imported:
            self.ingest.poke(run_id)
            self.fates.watch(run_id)
        self.scheduler.start()
        self.evaluations.start()
        self._tasks += [
            asyncio.create_task(self._ping(), name="pings"),
            asyncio.create_task(self._keep_reserve(), name="reserve"),
            asyncio.create_task(self._purge(), name="bin"),
        ]

    def _adopt(self, run: StoredRun) -> None:
        if run.status is RunStatus.STOPPING:
            self.stop_requests.add(run.id)
        self.ingest.poke(run.id)
        self.fates.watch(run.id)

    def announce_address(self, host: str, port: int) -> None:
        """Tell shims and commands where this server is, now that it listens."""
        write_server_file(self.settings.home, Address(host, port, self.link.path, self.instance))

    def end_streams(self) -> None:
        """Let every stream and picture end, so that connections can close."""
        self.hub.close()
        self.audience.wake_everybody()

    async def close(self) -> None:
        """Leave; runs go on."""
        self.end_streams()
        for task in self._tasks:
            task.cancel()
        remove_server_file(self.settings.home)
        await self.calibrations.close()
        self.shims.close()
        self.stages.close()
        self.previews.close()
        await self.scheduler.close()
        await self.evaluations.close()
        await self.fates.close()
        await self.link.close()
        await self.ingest.close()
        await self.catalogue.close()
        await self.sandbox.close()
        await self.pictures.close()
        await self.code_checker.close()
        await self.replays.close()
        await self.option_spaces.close()
        await self.own_environments.close()
        await self.trials.close()
        await asyncio.to_thread(self.database.close)

    def _send_watch(self, run_id: str, message: ToShim) -> bool:
        if isinstance(message, Watch) and message.source == "evaluation":
            return self.evaluations.send(run_id, message)
        if isinstance(message, Watch) and message.source == "preview":
            return self.previews.send(run_id, message)
        return self.shims.send(run_id, message) or self.stages.send(run_id, message)

    async def _algorithm_of(self, runner_id: str, algorithm_id: str) -> dict[str, Any]:
        catalogue = await self.catalogue.ready()
        runner = catalogue.runner(runner_id)
        manifests = runner.manifest.algorithms if runner is not None else []
        for manifest in manifests:
            if manifest.id == algorithm_id:
                return manifest.model_dump(mode="json")
        return {"id": algorithm_id, "title": algorithm_id}

    def _started(self, run_id: str) -> None:
        if self.shims.of_run(run_id) is not None:
            self.audience.shim_is_new(run_id)
        else:
            self.fates.watch(run_id)

    def _indexed(self, run_id: str, status: RunStatus) -> None:
        self.conductor.indexed(run_id, status)
        if status not in LIVE_STATUSES:
            self.stop_requests.discard(run_id)
        if status not in BUSY_STATUSES:
            self.scheduler.kick()

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_EVERY_S)
            self.hub.wake_everybody()

    async def _keep_reserve(self) -> None:
        while True:
            await asyncio.to_thread(self.database.reserve.hold)
            await asyncio.sleep(RESERVE_EVERY_S)

    async def _purge(self) -> None:
        while True:
            try:
                num_purged = await asyncio.to_thread(self.bin.purge_expired)
            except (OSError, SQLAlchemyError, LabError):
                LOGGER.exception("cannot remove what was long enough in the bin")
            else:
                if num_purged:
                    LOGGER.info("%d runs left the bin for good", num_purged)
            await asyncio.sleep(PURGE_EVERY_S)
