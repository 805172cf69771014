"""The part of `gymlab.Client` that shows environments, to look at and act in, without training."""

import json
import struct
import threading
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any, Self, TypeVar, Unpack
from urllib.parse import quote, urlencode

from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from gymlab.sdk.failures import (
    InvalidRequestError,
    RequestError,
    ServerUnavailableError,
    error_from_answer,
)
from gymlab.sdk.preview_models import OpenedPreview, Picture, PreviewOptions, PreviewState
from gymlab.sdk.transport import Transport, decoded

ANSWER_TIMEOUT_S = 90.0
"""Longer than the server waits for an environment, so that it is the one to say why."""
CLOSE_TIMEOUT_S = 5.0
_LENGTH = struct.Struct(">I")
_Found = TypeVar("_Found")


class Preview:
    """An environment that is shown and obeys; it ends with its `with` block.

    Every command returns the state that it leads to. Commands that are not possible raise
    `InvalidRequestError` with the reason.

    Example:
        with lab.preview("CartPole-v1", controller="human", seed=3) as preview:
            while not preview.act(1).terminated:
                pass
            print(preview.state.episode_return)
    """

    def __init__(self, transport: Transport, opened: OpenedPreview, *, fps: float) -> None:
        """Watch a preview that was opened; see `Client.preview`.

        Raises:
            RequestError: The server refused, or none answers.
        """
        self.id = opened.id
        self.env_id = opened.env_id
        self.seed = opened.seed
        self._transport = transport
        self._news = threading.Condition()
        self._state: PreviewState | None = None
        self._picture: Picture | None = None
        self._why_no_picture: str | None = None
        self._keys: dict[str, str] | None = None
        self._end: RequestError | None = None
        self._num_sent = 0
        self._open = ExitStack()
        address = f"{opened.ws_url}?{urlencode({'fps': fps})}"
        self._socket = self._open.enter_context(_connected(transport, address))
        # A viewer that does not read is cut off; and nobody is interested in older states.
        self._reader = threading.Thread(target=self._receive, name="preview", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the preview and its worker."""
        self._open.close()
        self._reader.join(CLOSE_TIMEOUT_S)
        try:
            self._transport.json("DELETE", f"/previews/{quote(self.id, safe='')}")
        except RequestError as error:
            # It may have ended by itself, or with its server.
            if error.status_code not in {0, 404}:
                raise

    # ---- what is seen -------------------------------------------------------------------------

    @property
    def state(self) -> PreviewState:
        """The newest state; waits for the first one.

        Raises:
            RequestError: The environment could not be made, or the preview has ended.
        """
        return self._wait_for(lambda: self._state)

    @property
    def keys(self) -> dict[str, str]:
        """Keys that mean something here, and what each does."""
        return self._wait_for(lambda: self._keys)

    def picture(self) -> Picture:
        """Return the newest picture; waits for the first one.

        Raises:
            ServerUnavailableError: The environment cannot be drawn; says why.
        """
        return self._wait_for(self._newest_picture)

    def _newest_picture(self) -> Picture | None:
        if self._picture is None and self._why_no_picture is not None:
            raise ServerUnavailableError(self._why_no_picture)
        return self._picture

    # ---- what is done -------------------------------------------------------------------------

    def act(self, action: Any) -> PreviewState:
        """Take one timestep with this action: a number, or lists or an array of them."""
        plain = action.tolist() if hasattr(action, "tolist") else action
        return self._obeyed({"type": "action", "action": plain})

    def step(self, count: int = 1) -> PreviewState:
        """Let the controller take up to `count` timesteps, at most 1,000, and stand still."""
        return self._obeyed({"type": "step", "count": count})

    def seek(self, timestep: int) -> PreviewState:
        """Go to a place of the episode, back or forth, and stand still."""
        return self._obeyed({"type": "seek", "timestep": timestep})

    def reset(self, seed: int | None = None) -> PreviewState:
        """Begin another episode, by default with the next seed."""
        return self._obeyed({"type": "reset", "seed": seed})

    def play(self, *, speed: float | None = None) -> PreviewState:
        """Go on at the natural speed, or at a multiple of it from 0.1 to 16."""
        if speed is not None:
            self._obeyed({"type": "speed", "speed": speed})
        return self._obeyed({"type": "play"})

    def pause(self) -> PreviewState:
        """Stand still."""
        return self._obeyed({"type": "pause"})

    def hold(self, *keys: str) -> None:
        """Say which keys are down from now on, as browsers name them; none: let go."""
        self._send({"type": "key", "down": list(keys)})

    # ---- inside -------------------------------------------------------------------------------

    def _obeyed(self, command: dict[str, Any]) -> PreviewState:
        self._num_sent += 1
        number = self._num_sent
        self._send({**command, "id": number})
        state = self._wait_for(lambda: self._answer_to(number))
        if state.answers == number and state.notice is not None:
            raise InvalidRequestError(state.notice)
        return state

    def _answer_to(self, number: int) -> PreviewState | None:
        state = self._state
        is_answer = state is not None and state.answers is not None and state.answers >= number
        return state if is_answer else None

    def _send(self, command: dict[str, Any]) -> None:
        try:
            self._socket.send(json.dumps(command))
        except WebSocketException as error:
            raise self._end or ServerUnavailableError("The preview has ended.") from error

    def _wait_for(self, look: Callable[[], _Found | None]) -> _Found:
        deadline = time.monotonic() + ANSWER_TIMEOUT_S
        with self._news:
            while (found := look()) is None:
                if self._end is not None:
                    raise self._end
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise ServerUnavailableError("The preview does not answer.")
                self._news.wait(remaining)
        return found

    def _receive(self) -> None:
        end = ServerUnavailableError("The preview has ended.")
        try:
            for message in self._socket:
                with self._news:
                    self._note(message)
                    self._news.notify_all()
        except (WebSocketException, ValueError, KeyError) as error:
            end = ServerUnavailableError(f"The preview has ended: {error}")
        finally:
            with self._news:
                self._end = self._end or end
                self._news.notify_all()

    def _note(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            (length,) = _LENGTH.unpack_from(message)
            header: dict[str, Any] = json.loads(message[_LENGTH.size : _LENGTH.size + length])
            jpeg = message[_LENGTH.size + length :]
            self._picture = Picture(int(header["timestep"]), jpeg, header)
            return
        said: dict[str, Any] = json.loads(message)
        match said.get("type"):
            case "state":
                self._state = PreviewState.model_validate(said)
            case "ready":
                self._keys = dict(said["keys"])
            case "unavailable":
                self._why_no_picture = str(said["reason"])
            case "failed":
                detail = str(said["detail"])
                code = str(said.get("code"))
                self._end = InvalidRequestError(detail, hint=said.get("hint"), error_code=code)
            case _:
                pass


class PreviewCalls:
    """The calls of `Client` that show environments."""

    _transport: Transport

    def preview(
        self, env_id: str, *, fps: float = 30.0, **options: Unpack[PreviewOptions]
    ) -> Preview:
        """Show an environment without training anything; use it as a `with` block.

        Args:
            env_id: Environment, one of the catalogue or `code/<id>@<version>`.
            fps: Pictures a second that are sent, 1 to 60.
            **options: As in `POST /previews`: `env_kwargs`, `seed`, `controller` (`random`, `human`,
                `checkpoint` or `hybrid`), `run_id` and `checkpoint` of the policy that acts.

        Raises:
            InvalidRequestError: `fields` name every wrong input and what is allowed.
            ConflictError: The policy was trained in another environment.
            ServerUnavailableError: Four previews are open and watched already.
        """
        answer = self._transport.json("POST", "/previews", body={**options, "env_id": env_id})
        return Preview(self._transport, OpenedPreview.model_validate(answer), fps=fps)


@contextmanager
def _connected(transport: Transport, path: str) -> Generator[ClientConnection]:
    address = transport.url.replace("http", "ws", 1) + path
    with ExitStack() as stack:
        try:
            socket = stack.enter_context(connect(address, max_size=None, proxy=None))
        except InvalidStatus as error:
            body = error.response.body
            text = bytes(body).decode(errors="replace") if body else ""
            raise error_from_answer(error.response.status_code, decoded(text)) from error
        except (OSError, WebSocketException) as error:
            raise ServerUnavailableError(f"{transport.url} cannot be watched: {error}") from error
        yield socket
