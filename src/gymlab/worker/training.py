"""A training run as a worker's service."""

from typing import Literal

from gymlab.domain.runs import Phase, RunSpec
from gymlab.errors import InvalidConfigurationError
from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.worker import (
    ChangeHyperparameters,
    Finished,
    Heartbeat,
    Pause,
    Record,
    ResetEpisode,
    ResumePoint,
    Stop,
    StopRecording,
    ToWorker,
    Unpause,
    WantPolicy,
    Watch,
)
from gymlab.runner_api.runner import BudgetSpent, Members, Resume, Runner, TrainingStopped
from gymlab.worker.blobs import BlobWriter
from gymlab.worker.context import WorkerContext
from gymlab.worker.control import Control
from gymlab.worker.discovery import find_runner
from gymlab.worker.outbox import Outbox
from gymlab.worker.recordings import Recordings
from gymlab.worker.versions import versions_of_run


class TrainingService:
    """Runs one specification with its runner."""

    def __init__(
        self,
        spec: RunSpec,
        outbox: Outbox,
        blobs: BlobWriter,
        point: ResumePoint | None,
        members: Members,
    ) -> None:
        """Prepare the run.

        Args:
            spec: What to train.
            outbox: Where everything goes.
            blobs: Where large files go.
            point: Where to continue; None for a new run.
            members: Files of the checkpoint to continue from; for a new run, of the policy that it
                begins with, or none.
        """
        resume = (
            Resume(
                timestep=point.timestep,
                episodes=point.episodes,
                gradient_steps=point.gradient_steps,
                wall_time_s=point.wall_time_s,
                members=members,
                versions=point.versions,
                is_over=point.ends_run,
            )
            if point
            else None
        )
        self._spec = spec
        self._control = Control()
        self._context = WorkerContext(
            spec, outbox=outbox, blobs=blobs, control=self._control, resume=resume
        )
        if resume is None and members:
            self._context.initial_policy = members
        self._recordings = Recordings(self._context.pump, outbox, blobs)

    def run(self) -> Finished:
        """Train until the budget is spent or a stop is asked for.

        Raises:
            InvalidConfigurationError: The backend refuses the specification.
        """
        context = self._context
        context.phase(Phase.SETUP)
        outcome: Literal["completed", "stopped"] = "completed"
        try:
            runner = find_runner(self._spec.runner).load()
            _require_trainable(runner, self._spec)
            context.computed_by(versions_of_run(runner, self._spec))
            runner.train(context)
        except BudgetSpent:
            pass
        except TrainingStopped:
            outcome = "stopped"
        finally:
            wall_time_s = context.finish()
            self._recordings.close()
        counters = context.counters
        return Finished(outcome, counters.timestep, counters.episodes, wall_time_s)

    def handle(self, message: ToWorker, descriptors: list[int]) -> None:  # noqa: ARG002 - no command of a run has any
        """Obey a command."""
        context, control = self._context, self._control
        match message:
            case Pause():
                control.pause()
            case Unpause():
                control.unpause()
            case Stop():
                control.stop()
            case Watch():
                context.pump.watch(
                    message.fps,
                    message.tiles,
                    pictures=message.pictures,
                    states=message.states,
                )
                control.poke()
            case WantPolicy():
                context.want_policy(message.every_s)
            case Record():
                self._recordings.start(message)
            case StopRecording():
                self._recordings.stop()
            case ChangeHyperparameters():
                context.change(message.values)
            case ResetEpisode():
                context.cut_episode(message.env_index)
            case _:
                raise ProtocolError(f"{type(message).__name__} is no command for a run")

    def heartbeat(self) -> Heartbeat:
        """Return the run's counters."""
        return self._context.heartbeat()


def _require_trainable(runner: Runner, spec: RunSpec) -> None:
    """Let the backend look at the whole specification; the server only knows its schema."""
    problems = list(runner.problems(spec))
    if problems:
        raise InvalidConfigurationError(
            " ".join(problems), hint="Change the hyperparameters or the environment's arguments."
        )
