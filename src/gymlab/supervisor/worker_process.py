"""One worker as its shim sees it: a process, a message link and an output pipe."""

import array
import asyncio
import contextlib
import logging
import os
import signal
import socket
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from gymlab.protocol.framing import ProtocolError, encode, worker_reader
from gymlab.protocol.worker import FromWorker, ToWorker
from gymlab.supervisor.launching import WorkerLaunch, launch_worker
from gymlab.supervisor.log_pump import read_output
from gymlab.supervisor.marker_page import MarkerPage
from gymlab.supervisor.rate_cap import (
    LINK_BURST_BYTES,
    LINK_BYTES_PER_S,
    OUTPUT_BURST_BYTES,
    OUTPUT_BYTES_PER_S,
    RateCap,
    cost_of,
)
from gymlab.supervisor.sandbox.accelerators import Accelerator
from gymlab.supervisor.sandbox.inside import Inside, worker_returncode
from gymlab.supervisor.sandbox.limits import default_memory_limit, lower_memory
from gymlab.supervisor.sandbox.view import scratch_path
from gymlab.supervisor.watchdog import CHECK_EVERY_S, Scratch, Watchdog, remove_scratch

NO_RUNNER = "none"
"""Where nothing trains and no policy acts, a worker imports no backend and is ready sooner."""
READ_BYTES = 512 * 1024
MAX_DRAIN_READS = 4096
MAX_LAST_PRINTED = 16 * 1024
"""What is looked through for the fault handler's account of a crash."""
LOGGER = logging.getLogger(__name__)


class WorkerListener(Protocol):
    """Who is told what a worker does; all calls come on the event loop."""

    def worker_said(self, message: FromWorker) -> None:
        """One message arrived."""
        ...

    def worker_printed(self, chunk: bytes) -> None:
        """The worker wrote to stdout or stderr."""
        ...

    def worker_ended(self, returncode: int) -> None:
        """The process is gone and everything it sent was delivered."""
        ...

    def worker_misbehaved(self, error: ProtocolError) -> None:
        """The worker sent what no correct worker sends."""
        ...


class WorkerProcess:
    """Starts a worker, delivers what it says and ends it."""

    def __init__(
        self,
        name: str,
        *,
        niceness: int = 0,
        runner: str | None = None,
        accelerator: Accelerator | None = None,
    ) -> None:
        """Start the process; `attach` must follow on a running event loop.

        Args:
            name: What its scratch folder is called.
            niceness: Added to the scheduling priority.
            runner: The only runner it needs to import; None imports all.
            accelerator: GPU that it computes on; None hides them all.
        """
        self._scratch = Path(tempfile.mkdtemp(prefix=f"gymlab-{name}-"))
        launch: WorkerLaunch = launch_worker(
            scratch=self._scratch, niceness=niceness, runner=runner, accelerator=accelerator
        )
        self._process = launch.process
        self._inside = Inside(launch.process.pid) if launch.is_wrapped else None
        self._link = launch.link
        self._output = launch.output
        self._marker = launch.marker
        self._group = launch.group
        self._reader = worker_reader()
        self._outbox: deque[tuple[memoryview, list[int]]] = deque()
        self._writing = False
        self._is_listening = True
        self._open_ends = 2
        self._last_printed = b""
        self._link_cap = RateCap(LINK_BYTES_PER_S, LINK_BURST_BYTES)
        self._output_cap = RateCap(OUTPUT_BYTES_PER_S, OUTPUT_BURST_BYTES)
        self._returncode: int | None = None
        self._listener: WorkerListener | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def pid(self) -> int:
        """Process id of the worker; of the program that starts it until it is there."""
        return self._inside.pid if self._inside is not None else self._process.pid

    @property
    def marker(self) -> MarkerPage:
        """Where it notes that user code is running; what was noted last stays when it ends."""
        return self._marker

    @property
    def last_printed(self) -> bytes:
        """The end of what it printed, at most 16 KB; the account of a crash stands there."""
        return self._last_printed

    def attach(self, listener: WorkerListener) -> None:
        """Deliver everything to this listener from now on; may be called again to hand over."""
        self._listener = listener
        if self._loop is not None:
            self._announce_end()
            return
        self._loop = asyncio.get_running_loop()
        self._listen_to_link()
        self._listen_to_output()
        waiter = threading.Thread(target=self._wait, name="worker-exit", daemon=True)
        waiter.start()

    def send(self, message: ToWorker, descriptors: Sequence[int] = ()) -> None:
        """Queue a message; descriptors are duplicated, the caller closes its own."""
        if self._returncode is not None or self._loop is None:
            return
        kept = [os.dup(descriptor) for descriptor in descriptors]
        self._outbox.append((memoryview(encode(message)), kept))
        self._flush()

    def listen(self, *, on: bool) -> None:
        """Read what the worker says, or leave it waiting until it waits as well."""
        self._is_listening = on
        if on:
            self._listen_to_link()
        elif self._loop is not None and self._link.fileno() >= 0:
            self._loop.remove_reader(self._link)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal to exactly this process, if it has not been waited for."""
        if self._returncode is not None:
            return
        if self._inside is None or not self._inside.signal(number):
            self._process.send_signal(number)

    def watchdog(
        self,
        *,
        memory_limit_bytes: int,
        timestep: Callable[[], int],
        has_user_code: bool = False,
        lent_bytes: Callable[[], int] = lambda: 0,
    ) -> Watchdog:
        """Return what looks at this worker from outside.

        Args:
            memory_limit_bytes: What it may hold.
            timestep: Gives the words of a death their number.
            has_user_code: Whether its author's own code runs in it.
            lent_bytes: Shared memory that its shim holds for it.
        """
        return Watchdog(
            lambda: self.pid,
            memory_limit_bytes=memory_limit_bytes,
            timestep=timestep,
            scratch=self._scratch_from_outside,
            has_user_code=has_user_code,
            lent_bytes=lent_bytes,
        )

    def watch(self) -> None:
        """Look after a worker that no session watches; one that takes too much is ended."""
        watchdog = self.watchdog(
            memory_limit_bytes=default_memory_limit(), timestep=lambda: 0, has_user_code=False
        )
        loop = asyncio.get_running_loop()

        def look() -> None:
            if self._returncode is not None or self._listener is None:
                return
            if (death := watchdog.check()) is not None:
                LOGGER.warning("worker %d: %s", self.pid, death.detail)
                self.kill()
                return
            loop.call_later(CHECK_EVERY_S, look)

        look()

    def _scratch_from_outside(self) -> Scratch | None:
        if self._inside is None:
            return Scratch(self._scratch, is_own_file_system=False)
        if self._inside.pid == self._process.pid:
            return None  # not there yet
        path = Path(f"/proc/{self._inside.pid}/root{scratch_path()}")
        return Scratch(path, is_own_file_system=True)

    def limit_memory(self, limit_bytes: int) -> None:
        """Lower what the worker may allocate, from outside, before it is told what to run."""
        lower_memory(self.pid, limit_bytes)
        if self._group is not None:
            self._group.limit_memory(limit_bytes)

    def was_ended_for_memory(self) -> bool:
        """Tell whether the kernel ended it because its control group was full."""
        return self._group is not None and self._group.num_memory_kills() > 0

    def close(self) -> None:
        """End the process and forget every channel; the listener hears nothing more."""
        self._listener = None
        self.kill()
        self._close_link()
        self._close_output()
        if self._inside is not None:
            self._inside.close()
        self._marker.close()
        remove_scratch(self._scratch)

    # ---- sending --------------------------------------------------------------------------

    def _flush(self) -> None:
        loop = self._loop
        if loop is None:
            return
        try:
            while self._outbox:
                data, descriptors = self._outbox[0]
                sent = self._send_once(data, descriptors)
                for descriptor in descriptors:
                    os.close(descriptor)
                if sent < len(data):
                    self._outbox[0] = (data[sent:], [])
                else:
                    self._outbox.popleft()
        except BlockingIOError:
            if not self._writing:
                loop.add_writer(self._link, self._flush)
                self._writing = True
            return
        except OSError:
            self._drop_outbox()
        if self._writing:
            loop.remove_writer(self._link)
            self._writing = False

    def _send_once(self, data: memoryview, descriptors: list[int]) -> int:
        if not descriptors:
            return self._link.send(data)
        rights = array.array("i", descriptors)
        return self._link.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])

    def _drop_outbox(self) -> None:
        for _, descriptors in self._outbox:
            for descriptor in descriptors:
                os.close(descriptor)
        self._outbox.clear()

    # ---- receiving ------------------------------------------------------------------------

    def _listen_to_link(self) -> None:
        if self._is_listening and self._loop is not None and self._link.fileno() >= 0:
            self._loop.add_reader(self._link, self._read_link)

    def _listen_to_output(self) -> None:
        if self._loop is not None and self._output >= 0:
            self._loop.add_reader(self._output, self._read_output)

    def _read_link(self) -> bool:
        """Read once; tell whether there may be more."""
        if self._link.fileno() < 0:
            return False
        try:
            chunk = self._link.recv(READ_BYTES)
        except BlockingIOError:
            return False
        except OSError:
            chunk = b""
        if not chunk:
            self._close_link()
            return False
        wait_s = self._link_cap.take(len(chunk) + self._deliver(chunk))
        if wait_s > 0 and self._loop is not None and self._link.fileno() >= 0:
            self._loop.remove_reader(self._link)
            self._loop.call_later(wait_s, self._listen_to_link)
        return True

    def _deliver(self, chunk: bytes) -> int:
        """Hand over the messages that are complete; return what they cost."""
        cost = 0
        listener = self._listener
        if listener is None:
            return cost
        try:
            for message in self._reader.feed(chunk):
                listener = self._listener or listener
                cost += cost_of(message)
                listener.worker_said(message)
        except ProtocolError as error:
            self._misbehaved(listener, error)
        except Exception as error:  # the edge: what a worker says never ends its shim
            LOGGER.exception("a message of worker %d could not be handled", self.pid)
            self._misbehaved(listener, ProtocolError(f"{type(error).__name__}: {error}"))
        return cost

    def _misbehaved(self, listener: WorkerListener, error: ProtocolError) -> None:
        self._close_link()
        listener.worker_misbehaved(error)

    def _read_output(self) -> bool:
        """Read once; tell whether there may be more."""
        chunk = read_output(self._output) if self._output >= 0 else b""
        if chunk is None:
            self._close_output()
        elif chunk and self._listener is not None:
            self._last_printed = (self._last_printed + chunk)[-MAX_LAST_PRINTED:]
            self._listener.worker_printed(chunk)
            wait_s = self._output_cap.take(len(chunk))
            if wait_s > 0 and self._loop is not None and self._output >= 0:
                self._loop.remove_reader(self._output)
                self._loop.call_later(wait_s, self._listen_to_output)
        return bool(chunk)

    def _close_link(self) -> None:
        if self._link.fileno() >= 0:
            if self._loop is not None:
                self._loop.remove_reader(self._link)
                self._loop.remove_writer(self._link)
            self._link.close()
            self._drop_outbox()
            self._end_closed()

    def _close_output(self) -> None:
        if self._output >= 0:
            if self._loop is not None:
                self._loop.remove_reader(self._output)
            os.close(self._output)
            self._output = -1
            self._end_closed()

    def _end_closed(self) -> None:
        self._open_ends -= 1
        self._announce_end()

    # ---- the end --------------------------------------------------------------------------

    def _wait(self) -> None:
        if hasattr(os, "waitid"):
            # The pid stays reserved until the loop reaps it, so that `kill` hits nobody else.
            os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        else:
            self._process.wait()
        with contextlib.suppress(RuntimeError):  # the loop is closed: the shim leaves
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._exited)

    def _exited(self) -> None:
        self._returncode = worker_returncode(
            self._process.wait(), is_wrapped=self._inside is not None
        )
        if self._inside is not None:
            self._inside.close()
        # Children of the worker may still hold the ends open: read what is there, then close.
        _drain(self._read_link)
        _drain(self._read_output)
        self._close_link()
        self._close_output()
        self._announce_end()

    def _announce_end(self) -> None:
        if self._returncode is None or self._open_ends > 0:
            return
        remove_scratch(self._scratch)
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.worker_ended(self._returncode)
        self._marker.close()
        if self._group is not None:
            self._group.close()


def _drain(read: Callable[[], bool]) -> None:
    for _ in range(MAX_DRAIN_READS):
        if not read():
            return
