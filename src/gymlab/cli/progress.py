"""How a run learns, in a terminal: a live bar, or lines where the output is a file."""

import time
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

from rich.progress import BarColumn, Progress, TaskID, TextColumn

from gymlab.cli import output
from gymlab.domain.runs import RunStatus
from gymlab.sdk.models import Row, Run

WINDOW = 100
_LINE_EVERY_S = 10.0
_REFRESHES_PER_S = 8
SPEED = "time/timesteps_per_second"


class RunView:
    """The state of one run as its messages tell it."""

    def __init__(self, run: Run) -> None:
        """Begin with what is known now."""
        self.run = run
        self._timestep = run.timestep
        self._speed: float | None = None
        self._returns: deque[float] = deque(maxlen=WINDOW)

    @property
    def timestep(self) -> int:
        """Timesteps done."""
        return max(self._timestep, self.run.timestep)

    @property
    def mean_return(self) -> float | None:
        """Mean return of the last episodes, at most 100."""
        known = self.run.metrics.get("train/mean_return")
        # The news of the end may arrive before the last rows: then the server knows better.
        if not self._returns or (self.run.is_finished and known is not None):
            return known
        return sum(self._returns) / len(self._returns)

    @property
    def _num_averaged(self) -> int:
        return max(len(self._returns), min(WINDOW, self.run.episodes), 1)

    @property
    def speed(self) -> float | None:
        """Timesteps per second, as last heard of."""
        return self._speed or self.run.metrics.get(SPEED)

    @property
    def time_left_s(self) -> float | None:
        """Seconds until the budget is spent, at the present speed."""
        if self.run.is_finished:
            return None
        left = self.run.total_timesteps - self.timestep
        return left / self.speed if self.speed else self.run.time_left_s

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Take in metric rows."""
        for row in rows:
            self._timestep = max(self._timestep, int(row.get("timestep") or 0))
            self._speed = row.get("fps") or self._speed
            if row.get("kind") == "episode" and row.get("episode_return") is not None:
                self._returns.append(float(row["episode_return"]))

    def rewind(self) -> None:
        """Forget rows that a resumed attempt supersedes."""
        self._timestep = self.run.timestep
        self._returns.clear()

    def update(self, run: Run) -> None:
        """Take in the run as the server sees it."""
        self.run = run

    def figures(self) -> str:
        """Return return, speed and time left in one line."""
        parts = [
            ("return", output.number(self.mean_return)),
            ("", self.speed and f"{self.speed:,.0f} timesteps/s"),
            ("left", output.duration(self.time_left_s)),
        ]
        return "  ".join(f"{name} {value}".strip() for name, value in parts if value)

    def line(self) -> str:
        """Return the whole state in one line."""
        # The last rollout is collected whole, so that a run may do a little more than asked for.
        share = min(100.0, 100 * self.timestep / self.run.total_timesteps)
        position = f"{self.timestep:,}/{self.run.total_timesteps:,} timesteps ({share:.0f} %)"
        waits = self.run.queue_position
        place = f" (number {waits} in the queue)" if waits else ""
        return f"{self.run.env_id} {self.run.status.value}{place}  {position}  {self.figures()}".strip()

    def summary(self) -> str:
        """Return how it ended, in one or two lines."""
        run = self.run
        text = f"{run.id} {run.status.value} after {self.timestep:,} timesteps"
        if run.duration_s is not None:
            text += f" in {output.duration(run.duration_s)}"
        if self.mean_return is not None:
            text += (
                f", return {self.mean_return:,.1f} (mean of the last {self._num_averaged} episodes)"
            )
        if run.failure is not None:
            return f"{text}\n{run.failure.detail} {run.failure.hint or ''}".strip()
        if run.status_reason and run.status is not RunStatus.COMPLETED:
            return f"{text}\n{run.status_reason}"
        return text


class Display(Protocol):
    """Something that shows a view until it is left."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    def refresh(self) -> None:
        """Show the present state, if it is time."""
        ...


class LineDisplay:
    """Prints a line when the state changes and every ten seconds."""

    def __init__(self, view: RunView) -> None:
        """Print nothing yet."""
        self._view = view
        self._shown_at = 0.0
        self._shown_status: RunStatus | None = None

    def __enter__(self) -> Self:
        self.refresh()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Print a line if there is reason to."""
        is_news = self._view.run.status is not self._shown_status
        if is_news or time.monotonic() - self._shown_at > _LINE_EVERY_S:
            output.stderr.print(self._view.line(), markup=False)
            self._shown_at, self._shown_status = time.monotonic(), self._view.run.status


def new_bars() -> Progress:
    """Return bars for any number of runs, on standard error."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[figures]}"),
        console=output.stderr,
        refresh_per_second=_REFRESHES_PER_S,
        expand=True,
    )


def draw(bars: Progress, task: TaskID, view: RunView) -> None:
    """Hand the present state to a bar, which draws at its own rate."""
    bars.update(
        task,
        completed=view.timestep,
        total=view.run.total_timesteps,
        description=f"{view.run.env_id} {view.run.status.value}",
        figures=view.figures(),
    )


class BarDisplay:
    """Draws a live bar."""

    def __init__(self, view: RunView) -> None:
        """Draw nothing yet."""
        self._view = view
        self._bars = new_bars()
        self._task = self._bars.add_task("", total=view.run.total_timesteps, figures="")

    def __enter__(self) -> Self:
        self._bars.start()
        self.refresh()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.refresh()
        self._bars.stop()

    def refresh(self) -> None:
        """Draw the present state."""
        draw(self._bars, self._task, self._view)


def new_display(view: RunView) -> Display:
    """Return a live bar for a terminal, lines for everything else."""
    return BarDisplay(view) if output.stderr.is_terminal else LineDisplay(view)
