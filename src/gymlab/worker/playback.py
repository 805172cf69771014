"""Plays kept episodes again for the server and tells what they looked like: requests in, states out."""

import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import msgspec

from gymlab.domain.runs import WrapperSpec
from gymlab.envs.game import Game, game_of
from gymlab.envs.making import make_env
from gymlab.envs.state.episode import Episode, StateNotRestoredError
from gymlab.envs.wrapping.chain import base_env, wrap
from gymlab.errors import LabError
from gymlab.protocol.framing import encode
from gymlab.protocol.replays import PlayedAgain, ReplayRequest
from gymlab.runner_api.tracking import as_finite_or_nan

MAX_STATES_BYTES = 6 * 1024 * 1024
"""States that are sent; what a longer episode did afterwards is not shown."""
LOGGER = logging.getLogger(__name__)


class _TooMuchError(Exception):
    """The states so far are as many as are shown."""


def serve_replays(lines: Iterable[str], write: Callable[[bytes], object]) -> None:
    """Answer every line with one framed message, in order.

    Args:
        lines: Requests as JSON.
        write: Takes the bytes of each answer; must pass them on at once.
    """
    for line in lines:
        if line.strip():
            write(encode(_answer(line)))


def _answer(line: str) -> PlayedAgain:
    try:
        request = msgspec.json.decode(line, type=ReplayRequest)
        return play_again(request)
    except LabError as error:
        return PlayedAgain(error=error.detail)
    except (ValueError, RecursionError):
        return PlayedAgain(error="The replay is damaged.")


def play_again(request: ReplayRequest) -> PlayedAgain:
    """Play an episode of one of our own games.

    Raises:
        LabError: The environment cannot be made.
    """
    links = tuple(WrapperSpec.model_validate(link) for link in request.wrappers)
    made = base_env(partial(make_env, request.env_id), request.env_kwargs, links)
    env = wrap(made, links)
    try:
        game = game_of(env)
        if game is None:
            return PlayedAgain(error=f"{request.env_id} does not draw itself from states.")
        return _play(env, game, request.record)
    finally:
        env.close()


def _play(env: Any, game: Game[Any, Any], record: dict[str, Any]) -> PlayedAgain:
    watcher = _Watcher(game)
    note, is_exact = None, False
    try:
        Episode(env).restore(record, watcher.look)
        is_exact = True
    except StateNotRestoredError as error:
        note = f"It does not end as it did in training: {error}."
    except _TooMuchError:
        note = f"The episode goes on; its first {len(watcher.states):,} states are shown."
        is_exact = True
    if not watcher.states:
        return PlayedAgain(error="The replay is damaged.")
    fps = float(game.metadata.get("render_fps", 10))
    return PlayedAgain(watcher.states, watcher.rewards, fps, is_exact, note)


class _Watcher:
    """Collects the states of a game."""

    def __init__(self, game: Game[Any, Any]) -> None:
        self._game = game
        self._num_bytes = 0
        self.states: list[dict[str, Any]] = []
        self.rewards: list[float | None] = []

    def look(self, reward: float | None) -> None:
        """Take the state the game is in."""
        state = self._game.render_state()
        self._num_bytes += len(msgspec.json.encode(state))
        if self._num_bytes > MAX_STATES_BYTES:
            raise _TooMuchError
        self.states.append(state)
        self.rewards.append(None if reward is None else as_finite_or_nan(reward))
