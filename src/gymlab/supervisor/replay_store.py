"""The replays of a run: written, counted and thrown away by the shim alone."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from gymlab.domain.replays import MAX_KEPT, MAX_REASONS, MAX_REPLAY_BYTES, ReplayKind
from gymlab.domain.timestamps import rfc3339
from gymlab.protocol.replays import StoredReplay
from gymlab.protocol.worker import Replay
from gymlab.supervisor.atomic import write_atomically

REPLAYS_FOLDER = "replays"
MAX_PER_S = 20.0
"""Replays that are written a second; a worker that sends more loses them."""
BURST = 40
MAX_FILES = 200
_KINDS = frozenset(kind.value for kind in ReplayKind)
_RECORD_KEYS = frozenset({"options", "actions", "digest", "seed", "generator", "console"})


class KeptReplay(msgspec.Struct, frozen=True):
    """What is known of a kept replay without its actions."""

    episode: int
    kinds: list[str]
    seq: int
    termination: str


class ReplayStore:
    """Keeps a bounded number of each kind below a run's folder."""

    def __init__(self, run_folder: Path, *, now: Callable[[], float] = time.monotonic) -> None:
        """Find what earlier attempts kept."""
        self._folder = run_folder / REPLAYS_FOLDER
        self._now = now
        self._kept = {item.episode: item for item in read_replays(run_folder, KeptReplay)}
        self._allowance = float(BURST)
        self._refilled_at = now()

    def rewind(self, seq: int) -> None:
        """Throw away the episodes behind a row: another attempt plays them anew."""
        for item in [item for item in self._kept.values() if item.seq > seq]:
            self._remove(item.episode)

    def keep(self, message: Replay, *, seq: int, termination: str) -> bool:
        """Write a replay and throw away what is then too much of its kind.

        Args:
            message: What the worker sent.
            seq: Row of the episode.
            termination: Why it ended, as it stands in the row.

        Returns:
            Whether it was kept.

        Raises:
            OSError: It cannot be written.
        """
        kinds = [kind for kind in dict.fromkeys(message.kinds) if kind in _KINDS]
        record = _checked_record(message.record)
        if not kinds or record is None or not self._has_allowance():
            return False
        row = message.row
        stored = StoredReplay(
            episode=row.episode,
            kinds=kinds,
            seq=seq,
            timestep=row.timestep,
            env_index=row.env_index,
            episode_return=row.episode_return,
            episode_length=row.episode_length,
            termination=termination,
            terminated=row.terminated,
            truncated=row.truncated,
            created_at=rfc3339(time.time()),
            record=record,
        )
        self._folder.mkdir(exist_ok=True)
        write_atomically(self._path(row.episode), msgspec.json.encode(stored), durable=False)
        self._kept[row.episode] = KeptReplay(row.episode, kinds, seq, termination)
        self._prune()
        return True

    def _has_allowance(self) -> bool:
        now = self._now()
        self._allowance = min(BURST, self._allowance + (now - self._refilled_at) * MAX_PER_S)
        self._refilled_at = now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True

    def _prune(self) -> None:
        wanted = {episode for group in self._groups() for episode in group}
        for episode in [episode for episode in self._kept if episode not in wanted]:
            self._remove(episode)
        for episode in sorted(self._kept)[: max(0, len(self._kept) - MAX_FILES)]:
            self._remove(episode)

    def _groups(self) -> Iterator[list[int]]:
        """Yield the episodes that are wanted, one kind after the other."""
        by_kind: dict[str, list[int]] = defaultdict(list)
        by_reason: dict[str, list[int]] = defaultdict(list)
        for episode in sorted(self._kept):
            item = self._kept[episode]
            for kind in item.kinds:
                if kind == ReplayKind.TERMINATION:
                    by_reason[item.termination].append(episode)
                else:
                    by_kind[kind].append(episode)
        yield by_kind[ReplayKind.FIRST][:1]
        yield by_kind[ReplayKind.RECORD][-MAX_KEPT[ReplayKind.RECORD] :]
        yield by_kind[ReplayKind.LAST][-1:]
        yield _spread(by_kind[ReplayKind.EVERY], MAX_KEPT[ReplayKind.EVERY])
        for episodes in list(by_reason.values())[:MAX_REASONS]:
            # The first one shows the beginner, the others what it became.
            yield [episodes[0], *episodes[1:][-(MAX_KEPT[ReplayKind.TERMINATION] - 1) :]]

    def _remove(self, episode: int) -> None:
        del self._kept[episode]
        self._path(episode).unlink(missing_ok=True)

    def _path(self, episode: int) -> Path:
        return self._folder / f"{int(episode)}.json"


StoredT = TypeVar("StoredT", KeptReplay, StoredReplay)


def read_replays(run_folder: Path, form: type[StoredT]) -> list[StoredT]:
    """Return every readable replay of a run in some form of `StoredReplay`, by episode."""
    found: list[StoredT] = []
    for path in (run_folder / REPLAYS_FOLDER).glob("*.json"):
        if not path.name.startswith(".") and path.stem.isdecimal():
            item = read_replay(run_folder, int(path.stem), form)
            if item is not None:
                found.append(item)
    return sorted(found, key=lambda item: item.episode)


def read_replay(run_folder: Path, episode: int, form: type[StoredT]) -> StoredT | None:
    """Return one replay in some form of `StoredReplay`; None where it is not readable."""
    path = run_folder / REPLAYS_FOLDER / f"{int(episode)}.json"
    try:
        with path.open("rb") as file:
            content = file.read(2 * MAX_REPLAY_BYTES + 1)
        return msgspec.json.decode(content, type=form)
    except (OSError, ValueError, RecursionError):
        return None


def _checked_record(content: bytes) -> dict[str, Any] | None:
    """Return a record that has the form of one; what is in it is judged where it is played."""
    if len(content) > MAX_REPLAY_BYTES:
        return None
    try:
        record = msgspec.json.decode(content, type=dict[str, Any])
    except (ValueError, RecursionError):
        return None
    has_beginning = "seed" in record or "generator" in record
    return (
        record if record.keys() <= _RECORD_KEYS and has_beginning and "actions" in record else None
    )


def _spread(episodes: list[int], most: int) -> list[int]:
    """Leave out every other one, from the second on, until few enough are left."""
    while len(episodes) > most:
        episodes = episodes[::2]
    return episodes
