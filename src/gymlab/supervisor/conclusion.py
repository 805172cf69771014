"""How an attempt ended, in the words of its event log."""

from dataclasses import dataclass
from typing import Any

from gymlab.domain.events import EventLevel, EventType
from gymlab.domain.runs import RunStatus
from gymlab.supervisor.deaths import Death
from gymlab.supervisor.oversight import failure


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The end of an attempt."""

    status: RunStatus
    event: EventType
    level: EventLevel
    text: str
    failure: dict[str, Any] | None = None

    @property
    def is_bad(self) -> bool:
        """Whether a person should be told why."""
        return self.failure is not None


def conclude_well(*, is_completed: bool, timestep: int) -> Conclusion:
    """Say that the budget was spent, or that somebody stopped the run."""
    if is_completed:
        text = f"Training complete after {timestep:,} timesteps"
        event = EventType.TRAINING_COMPLETED
        return Conclusion(RunStatus.COMPLETED, event, EventLevel.INFO, text)
    text = f"Stopped at timestep {timestep:,}"
    return Conclusion(RunStatus.STOPPED, EventType.STOPPED, EventLevel.INFO, text)


def conclude_badly(
    said: dict[str, Any] | None,
    death: Death | None,
    *,
    has_checkpoint: bool,
) -> Conclusion:
    """Say what went wrong.

    Args:
        said: What the worker said of its failure, if it did.
        death: What ended it otherwise.
        has_checkpoint: Whether training can go on from somewhere.
    """
    if said is not None:
        detail, line = str(said["detail"]), said["line"]
        text = f"{detail} ({line})" if line and line not in detail else detail
        return Conclusion(RunStatus.FAILED, EventType.ERROR, EventLevel.ERROR, text, said)
    death = death or Death("exited", "The worker ended.")
    shown = failure(death.code, death.detail, death.hint, death.line)
    status, event = RunStatus.FAILED, EventType.ERROR
    if has_checkpoint:
        status, event = RunStatus.INTERRUPTED, EventType.INTERRUPTED
    return Conclusion(status, event, EventLevel.ERROR, death.detail, shown)
