"""A preview as a worker's service: obeys a viewer, plays at the environment's natural speed."""

import threading
import time
from collections import deque
from typing import Any

import gymnasium
import msgspec

from gymlab.domain.code import SourceCode
from gymlab.domain.runs import MAX_SEED, RunSpec
from gymlab.envs.custom.making import make_custom_env
from gymlab.envs.making import make_env
from gymlab.errors import UnavailableError
from gymlab.protocol.framing import ProtocolError
from gymlab.protocol.previews import PreviewCommand, PreviewReady, StartPreview
from gymlab.protocol.worker import FramesUnavailable, Heartbeat, Stop, ToWorker, Watch
from gymlab.runner_api.runner import Actor, Members
from gymlab.worker.discovery import find_runner
from gymlab.worker.frame_pump import FramePump
from gymlab.worker.outbox import Outbox
from gymlab.worker.previewing.controls import Controls, NoActionError
from gymlab.worker.previewing.episode import PreviewEpisode
from gymlab.worker.rhythm import natural_fps
from gymlab.worker.scene import RENDER_MODE, EnvScene

MAX_WAITING = 64
"""Commands that may wait; further ones are left out."""
MAX_STEPS = 1_000
"""Timesteps of one command."""
STATE_EVERY_S = 1 / 30
"""While it plays, states are told this often at most."""
LOOK_EVERY_S = 1 / 60
"""A picture that was not due is taken a little later."""
HOLD_S = 1.0
"""How long the end of an episode is shown before the next one begins."""
SLOWEST, FASTEST = 0.1, 16.0
AnyEnv = gymnasium.Env[Any, Any]


class PreviewService:
    """Serves one preview until it is told to stop."""

    def __init__(self, message: StartPreview, members: Members, outbox: Outbox) -> None:
        """Prepare.

        Args:
            message: What to show.
            members: Files of the policy, where one acts.
            outbox: Where everything goes.

        Raises:
            ValueError: The specification or the source is none.
        """
        self._message = message
        self._members = members
        self._outbox = outbox
        self._spec = RunSpec.model_validate(message.spec) if message.spec is not None else None
        code = message.environment_code
        self._code = SourceCode.model_validate(code) if code is not None else None
        self._changed = threading.Condition()
        self._commands: deque[PreviewCommand] = deque(maxlen=MAX_WAITING)
        self._is_stopped = False
        self._is_playing = message.controller in {"random", "checkpoint"}
        self._speed = 1.0
        self._keys: list[str] = []
        self._notice: str | None = None
        self._answered: int | None = None
        self._moment = 0
        self._due = 0.0
        self._state_due = 0.0
        self._next_seed = message.seed
        self._scene = EnvScene(
            "preview",
            moment=lambda: self._moment,
            run_timestep=lambda: message.timestep,
            phase=lambda: "rollout",
        )
        self._pump = FramePump(self._scene, outbox)

    def run(self) -> None:
        """Show and obey until stopped."""
        env, actor = self._made()
        self._interval_s = 1.0 / natural_fps(env)
        self._controls = Controls(env.action_space, self._message.meanings)
        self._sample = env.action_space.sample
        self._episode = PreviewEpisode(env, actor)
        self._scene.add(0, env, self._episode.tracker)
        self._begin(self._next_seed)
        self._outbox.post(PreviewReady(1.0 / self._interval_s, self._controls.keys))
        self._tell()
        try:
            while not self._is_stopped:
                self._turn()
        finally:
            self._pump.close()
            env.close()

    def handle(self, message: ToWorker, descriptors: list[int]) -> None:  # noqa: ARG002 - no command of a preview has any
        """Obey a command."""
        match message:
            case Watch():
                self._pump.watch(message.fps, 1)
            case PreviewCommand(kind="key"):
                self._keys = message.keys
            case PreviewCommand():
                self._commands.append(message)
            case Stop():
                self._is_stopped = True
            case _:
                raise ProtocolError(f"{type(message).__name__} is no command for a preview")
        with self._changed:
            self._changed.notify_all()

    def heartbeat(self) -> Heartbeat:
        """Say that the process lives."""
        return Heartbeat(0, 0, 0, 0.0)

    # ---- one turn -----------------------------------------------------------------------------

    def _turn(self) -> None:
        """Obey the next command, or take the timestep that is due, or wait for either."""
        if self._commands:
            command = self._commands.popleft()
            self._obey(command)
            self._answered = command.id if command.id is not None else self._answered
            self._tell()
        elif self._is_due():
            self._play()
        else:
            self._wait()
        self._pump.offer()

    def _is_due(self) -> bool:
        return self._is_playing and self._pump.is_watched and time.monotonic() >= self._due

    def _wait(self) -> None:
        is_watched = self._pump.is_watched
        seconds = LOOK_EVERY_S if is_watched else None
        if is_watched and self._is_playing:
            seconds = min(LOOK_EVERY_S, max(0.0, self._due - time.monotonic()))
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._is_stopped or bool(self._commands) or self._pump.is_watched != is_watched
                ),
                seconds,
            )

    def _play(self) -> None:
        """Take one timestep, or begin the next episode after an end."""
        now, interval_s = time.monotonic(), self._interval_s / self._speed
        self._due = max(self._due, now - interval_s) + interval_s
        if self._episode.is_over:
            self._begin(self._next_seed)
            self._tell()
            return
        if self._episode.is_full:
            self._is_playing, self._notice = False, "The episode is not followed any further."
            self._tell()
        elif self._episode.advance(self._choose):
            self._moment += 1
            if self._episode.is_over:
                self._due = now + HOLD_S
            if now >= self._state_due or self._episode.is_over:
                self._state_due = now + STATE_EVERY_S
                self._tell()

    def _choose(self, policy_action: Any) -> Any:
        match self._message.controller:
            case "random":
                return self._sample()
            case "checkpoint":
                return policy_action
            case "hybrid":
                pressed = self._controls.pressed(self._keys)
                return policy_action if pressed is None else pressed
            case "human":
                pressed = self._controls.pressed(self._keys)
                return self._controls.idle if pressed is None else pressed

    # ---- commands -----------------------------------------------------------------------------

    def _obey(self, command: PreviewCommand) -> None:
        number = command.number
        match command.kind:
            case "play" | "pause":
                self._is_playing = command.kind == "play"
            case "step":
                self._is_playing = False
                for _ in range(_bounded(number, 1, 1, MAX_STEPS)):
                    if not self._episode.advance(self._choose):
                        break
            case "seek":
                self._is_playing = False
                known = self._episode.timestep + MAX_STEPS
                self._episode.seek(_bounded(number, 0, 0, known), self._choose)
            case "reset":
                self._begin(_bounded(number, self._next_seed, 0, MAX_SEED))
            case "speed":
                speed = number if number is not None and number == number else 1.0  # noqa: PLR0124 - NaN
                self._speed = min(FASTEST, max(SLOWEST, speed))
            case "action":
                self._act(command.action)
            case "key":
                self._keys = command.keys
        self._moment += 1

    def _act(self, value: Any) -> None:
        if self._message.controller not in {"human", "hybrid"}:
            self._notice = "Nobody else may act here: choose human or hybrid."
            return
        try:
            if not self._episode.act(self._controls.parse(value)):
                self._notice = "The episode is over: begin another one."
        except NoActionError as error:
            self._notice = str(error)

    def _begin(self, seed: int) -> None:
        self._episode.begin(seed)
        self._next_seed = (seed + 1) % (MAX_SEED + 1)
        self._moment += 1

    def _tell(self) -> None:
        notice, self._notice = self._notice, None
        state = self._episode.state(is_playing=self._is_playing, notice=notice)
        self._outbox.post(msgspec.structs.replace(state, answers=self._answered))

    # ---- making -------------------------------------------------------------------------------

    def _made(self) -> tuple[AnyEnv, Actor | None]:
        """Make the environment, drawn where that is possible, and the policy where one acts."""
        try:
            return self._made_drawing(RENDER_MODE)
        except UnavailableError as error:
            self._scene.no_render_reason = error.detail
            self._outbox.post(FramesUnavailable("preview", error.detail))
            return self._made_drawing(None)

    def _made_drawing(self, render_mode: Any) -> tuple[AnyEnv, Actor | None]:
        message = self._message
        if self._spec is not None:
            runner = find_runner(self._spec.runner).load()
            env = runner.make_env(self._spec, render_mode=render_mode)
            return env, runner.load_actor(self._spec, self._members)
        if self._code is not None:
            env = make_custom_env(self._code, message.env_kwargs, render_mode=render_mode)
        else:
            env = make_env(message.env_id, message.env_kwargs, render_mode=render_mode)
        return env, None


def _bounded(number: float | None, default: int, low: int, high: int) -> int:
    if number is None or number != number:  # noqa: PLR0124 - NaN
        return default
    return int(min(high, max(low, number)))
