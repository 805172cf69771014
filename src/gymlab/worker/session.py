"""One worker's life: get ready, take one run, showcase, evaluation or model file, serve it, end."""

import logging
import os
import socket
import sys
import threading
from collections.abc import Generator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import NoReturn

from gymlab.domain.evaluations import EvaluationSpec
from gymlab.domain.runs import RunSpec
from gymlab.envs.usercode.watchdog import WATCHDOG, UserCodeInterrupted
from gymlab.errors import LabError, UserCodeTimeoutError
from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.previews import StartPreview
from gymlab.protocol.version import PROTOCOL_VERSION
from gymlab.protocol.worker import (
    BlobGrant,
    BlobRefused,
    Failed,
    ReadModel,
    Ready,
    Shutdown,
    StartEvaluation,
    StartRun,
    StartShowcase,
    StartTrial,
    ToWorker,
    WriteModel,
)
from gymlab.runner_api.runner import Members
from gymlab.worker.blobs import BlobWriter, read_members
from gymlab.worker.describe import versions
from gymlab.worker.evaluation import EvaluationService
from gymlab.worker.failures import failure_of
from gymlab.worker.inbox import Inbox
from gymlab.worker.model_files import ModelReadingService, ModelWritingService
from gymlab.worker.outbox import Outbox
from gymlab.worker.previewing.service import PreviewService
from gymlab.worker.service import Service
from gymlab.worker.showcase import ShowcaseService
from gymlab.worker.training import TrainingService
from gymlab.worker.trying.service import TrialService
from gymlab.worker.warm_up import warm_up

_LOG = logging.getLogger(__name__)
Beginning = (
    StartRun | StartShowcase | StartEvaluation | StartTrial | StartPreview | ReadModel | WriteModel
)
EXIT_FAILED = 1
EXIT_PROTOCOL = 70
HEARTBEAT_S = 0.1
LAST_WORD_S = 1.0
"""Patience with the sending of a last word while user code is stuck."""


class Session:
    """Connects the threads; commands go to the service that was started."""

    def __init__(self, link: socket.socket) -> None:
        """Take over the connected socket."""
        self._outbox = Outbox(link, on_lost=_leave)
        self._blobs = BlobWriter(self._outbox.post)
        self._service: Future[Service] = Future()
        self._inbox = Inbox(link, self._handle, on_end=_end)

    def serve(self, runner_ids: list[str] | None) -> int:
        """Warm up, wait for work, do it; return the exit code."""
        WATCHDOG.serve(self._give_up)
        warm_up(runner_ids)
        self._outbox.post(Ready(PROTOCOL_VERSION, os.getpid(), versions()))
        try:
            service = self._service.result()
            with self._beating(service):
                last_word = service.run()
        # An interruption that comes just too late hits the code around the user's.
        except (Exception, SystemExit, UserCodeInterrupted) as error:  # noqa: BLE001 - the edge: whatever a run raises is its result
            _LOG.exception("the run failed")
            last_word = failure_of(error)
        if last_word is not None:
            self._outbox.post(last_word)
        sys.stdout.flush()
        sys.stderr.flush()
        self._outbox.close()
        return EXIT_FAILED if isinstance(last_word, Failed) else 0

    def _give_up(self, error: UserCodeTimeoutError) -> None:
        """Say the last word for a thread that cannot: it is stuck in user code."""
        self._outbox.post(failure_of(error))
        sys.stdout.flush()
        sys.stderr.flush()
        self._outbox.close(LAST_WORD_S)

    def _handle(self, message: ToWorker, descriptors: list[int]) -> None:
        match message:
            case (
                StartRun()
                | StartShowcase()
                | StartEvaluation()
                | StartTrial()
                | StartPreview()
                | ReadModel()
                | WriteModel()
            ):
                self._start(message, descriptors)
            case BlobGrant():
                self._blobs.granted(message, descriptors[0])
            case BlobRefused():
                self._blobs.refused(message)
            case Shutdown():
                _leave()
            case _ if not self._service.done():
                raise ProtocolError(f"{type(message).__name__} before a run was started")
            case _ if self._service.exception() is None:
                self._service.result().handle(message, descriptors)
            case _:
                _LOG.info("%s came after the run had failed", type(message).__name__)

    def _start(self, message: Beginning, descriptors: list[int]) -> None:
        if self._service.done():
            raise ProtocolError("a worker serves one run only")
        try:
            self._service.set_result(self._service_for(message, descriptors))
        except (AttributeError, LabError, LookupError, OSError, TypeError, ValueError) as error:
            self._service.set_exception(error)

    def _service_for(self, message: Beginning, descriptors: list[int]) -> Service:
        match message:
            case StartShowcase():
                return self._showcase(message)
            case StartEvaluation():
                return self._evaluation(message, descriptors)
            case StartRun():
                return self._training(message, descriptors)
            case StartTrial():
                return TrialService(message)
            case StartPreview():
                members = read_members(message.members, descriptors)
                return PreviewService(message, members, self._outbox)
            case ReadModel() | WriteModel():
                return self._model_file(message, descriptors)

    def _model_file(self, message: ReadModel | WriteModel, descriptors: list[int]) -> Service:
        if isinstance(message, WriteModel):
            members = read_members(message.members, descriptors)
            return ModelWritingService(message, members, self._outbox, self._blobs)
        file = read_members([message.file], descriptors)[message.file.name]
        return ModelReadingService(message, memoryview(file), self._outbox, self._blobs)

    def _training(self, message: StartRun, descriptors: list[int]) -> Service:
        spec = RunSpec.model_validate(message.spec)
        resume = message.resume
        members: Members = read_members(resume.members if resume else message.policy, descriptors)
        return TrainingService(spec, self._outbox, self._blobs, resume, members)

    def _showcase(self, message: StartShowcase) -> Service:
        return ShowcaseService(RunSpec.model_validate(message.spec), self._outbox, self._blobs)

    def _evaluation(self, message: StartEvaluation, descriptors: list[int]) -> Service:
        members = read_members(message.members, descriptors)
        return EvaluationService(
            RunSpec.model_validate(message.spec),
            EvaluationSpec.model_validate(message.evaluation),
            (message.timestep, members),
            outbox=self._outbox,
            blobs=self._blobs,
        )

    @contextmanager
    def _beating(self, service: Service) -> Generator[None]:
        """Send heartbeats from a thread of its own; none follows the service's last word."""
        is_over = threading.Event()

        def beat() -> None:
            while not is_over.wait(HEARTBEAT_S):
                self._outbox.post_heartbeat(service.heartbeat())

        thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()
            self._outbox.post(service.heartbeat())


def _end(error: ProtocolError | None) -> None:
    if error is not None:
        _LOG.error("the link to the shim is broken: %s", error)
        sys.stderr.flush()
        os._exit(EXIT_PROTOCOL)
    _leave()


def _leave() -> NoReturn:
    # The shim is gone or wants this process gone: nobody is left to hear anything else.
    os._exit(0)
