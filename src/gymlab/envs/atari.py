"""Atari games: what is known of them without starting an emulator, and how they are observed.

Loading a ROM takes 0.1 s and there are a hundred, so screen heights and action sets are kept
as data in `atari_games.json`; `read_games` asks the emulator again.

The preprocessing is that of Mnih et al. 2015 (doi:10.1038/nature14236, Methods) without what
changes the problem itself: no reward clipping and no episode per life. Those belong to a
training backend, because the returns that people compare are those of the whole game.
"""

import json
from collections import deque
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any, cast

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils import RecordConstructorArgs
from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel, ConfigDict

from gymlab.domain.environments import ActionMeaning, DescriptionSection

FRAME_SKIP = 4
SCREEN_SIZE = 84
STACK_SIZE = 4
EMULATED_FRAMES_PER_SECOND = 60
MAX_EPISODE_STEPS = 108_000 // FRAME_SKIP

UInt8Array = NDArray[np.uint8]


class AtariGame(BaseModel):
    """What a form needs to know of a game."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rom: str
    height: int
    width: int
    actions: tuple[str, ...]


class AtariObservation(
    gym.Wrapper[UInt8Array, int, UInt8Array, int],
    RecordConstructorArgs,
):
    """Gives an agent the last four screens, grey, 84 x 84, instead of one full screen.

    An action is repeated for four frames. Each screen is the maximum of the last two frames,
    because the console draws some objects only in every second one.
    """

    def __init__(self, env: gym.Env[UInt8Array, int]) -> None:
        """Wrap an emulator that was made with `obs_type="grayscale"` and `frameskip=1`."""
        RecordConstructorArgs.__init__(self)
        gym.Wrapper.__init__(self, env)
        self.observation_space = spaces.Box(
            0, 255, (SCREEN_SIZE, SCREEN_SIZE, STACK_SIZE), np.uint8
        )
        self.metadata = {
            **env.metadata,
            "render_fps": EMULATED_FRAMES_PER_SECOND // FRAME_SKIP,
        }
        self._screens: deque[UInt8Array] = deque(maxlen=STACK_SIZE)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[UInt8Array, dict[str, Any]]:
        """Start a game; its first screen fills the whole stack."""
        frame, info = self.env.reset(seed=seed, options=options)
        screen = _shrink(frame)
        self._screens.extend([screen] * STACK_SIZE)
        return self._observation(), info

    def step(self, action: int) -> tuple[UInt8Array, float, bool, bool, dict[str, Any]]:
        """Repeat an action for four frames and sum their rewards."""
        reward, terminated, truncated = 0.0, False, False
        info: dict[str, Any] = {}
        frames: deque[UInt8Array] = deque(maxlen=2)
        for _ in range(FRAME_SKIP):
            frame, frame_reward, terminated, truncated, info = self.env.step(action)
            frames.append(frame)
            reward += float(frame_reward)
            if terminated or truncated:
                break
        self._screens.append(_shrink(np.maximum(frames[0], frames[-1])))
        return self._observation(), reward, terminated, truncated, info

    def _observation(self) -> UInt8Array:
        return np.stack(self._screens, axis=-1)


def _shrink(frame: UInt8Array) -> UInt8Array:
    image = Image.fromarray(frame).resize((SCREEN_SIZE, SCREEN_SIZE), Image.Resampling.BOX)
    return np.asarray(image, dtype=np.uint8)


@cache
def known_games() -> dict[str, AtariGame]:
    """Return every game by environment id, from the data file."""
    text = files("gymlab.envs").joinpath("atari_games.json").read_text(encoding="utf-8")
    return {env_id: AtariGame(**fields) for env_id, fields in json.loads(text).items()}


def read_game(spec: EnvSpec) -> AtariGame:
    """Ask the emulator about the game of a registered environment (0.1 s)."""
    ale_py = cast("Any", import_module("ale_py"))
    rom = str(spec.kwargs["game"])
    ale = ale_py.ALEInterface()
    ale.loadROM(ale_py.roms.get_rom_path(rom))
    height, width = ale.getScreenDims()
    actions = tuple(action.name for action in ale.getMinimalActionSet())
    return AtariGame(rom=rom, height=int(height), width=int(width), actions=actions)


def observation_space_of() -> spaces.Box:
    """Return what an agent is given by default."""
    return spaces.Box(0, 255, (SCREEN_SIZE, SCREEN_SIZE, STACK_SIZE), np.uint8)


def action_meanings_of(game: AtariGame) -> list[ActionMeaning]:
    """Return the joystick position of every action."""
    return [
        ActionMeaning(action=str(idx), meaning=_joystick(name))
        for idx, name in enumerate(game.actions)
    ]


def _joystick(name: str) -> str:
    if name == "NOOP":
        return "do nothing"
    has_fire = name.endswith("FIRE")
    direction = name.removesuffix("FIRE")
    words = [word for word in ("UP", "DOWN", "RIGHT", "LEFT") if word in direction]
    moves = "-".join(word.lower() for word in words)
    return " and ".join(filter(None, [moves, "fire" if has_fire else ""]))


def describe_game(title: str, game: AtariGame) -> list[DescriptionSection]:
    """Write the sections that other environments have in their docstring."""
    bodies = {
        "Description": (
            f"{title} for the Atari 2600, played in the Arcade Learning Environment "
            "(Bellemare et al. 2013, arXiv:1207.4708) with the settings of Machado et al. 2018 "
            "(arXiv:1709.06009): with a probability of 0.25 the console repeats the previous "
            "action, so that a memorised sequence of buttons does not win."
        ),
        "Action Space": (
            f"One of {len(game.actions)} joystick positions; an action is held for "
            f"{FRAME_SKIP} frames. `full_action_space=true` offers all 18."
        ),
        "Observation Space": (
            f"The last {STACK_SIZE} screens in grey, {SCREEN_SIZE} x {SCREEN_SIZE} pixels, each "
            "the maximum of two frames. `observation` = `rgb`, `grayscale` or `ram` gives the "
            f"{game.height} x {game.width} screen or the console's 128 bytes instead."
        ),
        "Rewards": "The change of the game's own score, not clipped.",
        "Starting State": "The first frame of a new game.",
        "Episode End": (
            "Terminates when the game is over. Truncated after 108,000 frames, which is half "
            "an hour of play."
        ),
    }
    return [DescriptionSection(title=key, markdown=text) for key, text in bodies.items()]
