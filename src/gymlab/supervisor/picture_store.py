"""The pictures of a run's learner: written, thinned and read by the shim's side alone."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from gymlab.protocol.learning import (
    MAX_PICTURE_BYTES,
    Board,
    LearnerPicture,
    NetworkPicture,
    ValuePicture,
)
from gymlab.protocol.parts import Count
from gymlab.supervisor.atomic import write_atomically

PICTURES_FOLDER = "pictures"
MAX_KEPT = 128
"""Moments of which pictures are kept; of more, those closest together are thrown away."""
MAX_PER_S = 10.0
BURST = 20
_BOARD_FILE = "board.json"


class StoredPicture(msgspec.Struct, frozen=True, kw_only=True):
    """`pictures/<timestep>.json`: the learner at one moment."""

    seq: Count
    """Last row that had been written by then."""
    network: NetworkPicture
    values: ValuePicture | None = None


class _Known(msgspec.Struct, frozen=True):
    """What is needed of a picture to throw it away."""

    seq: int


class PictureStore:
    """Keeps a bounded number of pictures below a run's folder."""

    def __init__(self, run_folder: Path, *, now: Callable[[], float] = time.monotonic) -> None:
        """Find what earlier attempts kept."""
        self._folder = run_folder / PICTURES_FOLDER
        self._now = now
        self._kept: dict[int, int] = {}
        for timestep in _timesteps(self._folder):
            found = _read(self._folder / f"{timestep}.json", _Known)
            if found is not None:
                self._kept[timestep] = found.seq
        self._allowance = float(BURST)
        self._refilled_at = now()

    def rewind(self, seq: int) -> None:
        """Throw away what was pictured behind a row: another attempt takes it anew."""
        for timestep in [each for each, known in self._kept.items() if known > seq]:
            self._remove(timestep)

    def keep(self, message: LearnerPicture, *, seq: int) -> bool:
        """Write a picture down.

        Args:
            message: What the worker sent.
            seq: Last row that was written.

        Returns:
            Whether it was kept.

        Raises:
            OSError: It cannot be written.
        """
        network = message.network
        if network is None or not self._has_allowance():
            return False
        stored = StoredPicture(seq=seq, network=network, values=message.values)
        content = msgspec.json.encode(stored)
        board = b"" if message.board is None else msgspec.json.encode(message.board)
        if max(len(content), len(board)) > MAX_PICTURE_BYTES:
            return False
        self._folder.mkdir(exist_ok=True)
        if board:
            write_atomically(self._folder / _BOARD_FILE, board, durable=False)
        write_atomically(self._folder / f"{network.timestep}.json", content, durable=False)
        self._kept[network.timestep] = seq
        self._thin_out()
        return True

    def _thin_out(self) -> None:
        """Leave out those that stand closest together, but neither the first nor the newest."""
        while len(self._kept) > MAX_KEPT:
            known = sorted(self._kept)
            gaps = [after - before for before, after in zip(known, known[2:], strict=False)]
            self._remove(known[1 + gaps.index(min(gaps))])

    def _has_allowance(self) -> bool:
        now = self._now()
        self._allowance = min(BURST, self._allowance + (now - self._refilled_at) * MAX_PER_S)
        self._refilled_at = now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True

    def _remove(self, timestep: int) -> None:
        del self._kept[timestep]
        (self._folder / f"{timestep}.json").unlink(missing_ok=True)


def read_pictures(run_folder: Path) -> tuple[Board | None, list[StoredPicture]]:
    """Return the board of a run and every readable picture, oldest first."""
    folder = run_folder / PICTURES_FOLDER
    found = [_read(folder / f"{timestep}.json", StoredPicture) for timestep in _timesteps(folder)]
    return _read(folder / _BOARD_FILE, Board), [each for each in found if each is not None]


def _timesteps(folder: Path) -> list[int]:
    return sorted(int(path.stem) for path in folder.glob("*.json") if path.stem.isdecimal())


FormT = TypeVar("FormT", StoredPicture, Board, _Known)


def _read(path: Path, form: type[FormT]) -> FormT | None:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_PICTURE_BYTES + 1)
        return msgspec.json.decode(content, type=form)
    except (OSError, ValueError, RecursionError):
        return None
