"""What the terminal of `gymlab serve` shows: how runs learn."""

import logging
import threading
from collections.abc import Iterator
from contextlib import nullcontext

from rich.progress import Progress, TaskID

from gymlab.cli import output
from gymlab.cli.progress import LineDisplay, RunView, draw, new_bars
from gymlab.errors import LabError
from gymlab.sdk.client import Client
from gymlab.sdk.models import Run
from gymlab.sdk.streams import RunChanged


def show_runs(url: str, is_ending: threading.Event) -> None:
    """Show the runs until the server ends.

    Runs in a thread beside the server and is a client of it like any other.
    """
    # The server's own log would otherwise list every request of this terminal.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with Client(url) as client:
        try:
            _show_runs(client, is_ending)
        except LabError:
            # The server is leaving: it says so itself.
            return


def _show_runs(client: Client, is_ending: threading.Event) -> None:
    """Show a bar per running run in a terminal, lines elsewhere."""
    is_terminal = output.stderr.is_terminal
    bars = new_bars()
    shown = ShownRuns(bars if is_terminal else None)
    with bars if is_terminal else nullcontext():
        for run in _changes(client, is_ending):
            shown.update(run)


def _changes(client: Client, is_ending: threading.Event) -> Iterator[Run]:
    with client.stream(give_up_after_s=0.0) as stream:
        # The runs that are there already come first; the stream brings every later change.
        yield from (run for run in client.runs() if not run.is_finished)
        for message in stream:
            if is_ending.is_set():
                return
            if isinstance(message, RunChanged):
                yield message.run


class ShownRuns:
    """The runs on the screen: those that are not finished."""

    def __init__(self, bars: Progress | None) -> None:
        """Show bars, or lines where there are none."""
        self._bars = bars
        self._views: dict[str, RunView] = {}
        self._tasks: dict[str, TaskID] = {}
        self._lines: dict[str, LineDisplay] = {}

    def update(self, run: Run) -> None:
        """Take in a change of a run."""
        if run.id not in self._views:
            if run.is_finished:
                return
            self._begin(run)
        view = self._views[run.id]
        view.update(run)
        if self._bars is not None:
            draw(self._bars, self._tasks[run.id], view)
        else:
            self._lines[run.id].refresh()
        if run.is_finished:
            self._end(run)

    def _begin(self, run: Run) -> None:
        view = RunView(run)
        self._views[run.id] = view
        if self._bars is not None:
            self._tasks[run.id] = self._bars.add_task("", total=run.total_timesteps, figures="")
        else:
            self._lines[run.id] = LineDisplay(view)

    def _end(self, run: Run) -> None:
        view = self._views.pop(run.id)
        if self._bars is not None:
            self._bars.remove_task(self._tasks.pop(run.id))
        self._lines.pop(run.id, None)
        output.stderr.print(view.summary(), markup=False)
