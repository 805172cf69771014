"""The physics of the orbit game, written so that one game and N games compute the same bits.

Nothing but +, -, *, / and square roots, which IEEE 754 rounds in one way only: a scalar and an
array of NumPy agree in every bit, which sines and powers do not promise.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from gymlab.envs.games.arguments import checked_number, checked_reward

PLANET_RADIUS = 0.25
EDGE = 2.0
"""Distance from the planet at which the ship is lost."""
GRAVITY = 1.0
DT = 0.05
"""Time of one timestep; a circle at distance 1 takes 126 of them."""
SUBSTEPS = 2
START_DISTANCES = (0.5, 1.4)
TOLERANCE = 0.05
"""How far from the wanted distance the ship may be and still hold it."""
FUEL_WEIGHT = 0.1


@dataclass(frozen=True, slots=True)
class OrbitRules:
    """Checked arguments."""

    target: float
    thrust: float
    wind: float
    crash_reward: float


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where an episode begins."""

    x: float
    y: float
    velocity_x: float
    velocity_y: float


def make_rules(*, target: Any, thrust: Any, wind: Any, crash_reward: Any) -> OrbitRules:
    """Check the arguments of the environment.

    Raises:
        InvalidInputError: One is impossible; the error names it.
    """
    return OrbitRules(
        target=checked_number("target", target, 0.4, 1.6),
        thrust=checked_number("thrust", thrust, 0.05, 2.0),
        wind=checked_number("wind", wind, 0.0, 0.5),
        crash_reward=checked_reward("crash_reward", crash_reward),
    )


def draw_beginning(generator: np.random.Generator) -> Beginning:
    """Draw a circular orbit of some size, somewhere on it, half of them clockwise."""
    distance = float(generator.uniform(*START_DISTANCES))
    angle = float(generator.uniform(0.0, 2 * math.pi))
    turn = 1.0 if generator.random() < 0.5 else -1.0
    speed = turn * math.sqrt(GRAVITY / distance)
    cos, sin = math.cos(angle), math.sin(angle)
    return Beginning(distance * cos, distance * sin, -speed * sin, speed * cos)


def coast(x: Any, y: Any, velocity_x: Any, velocity_y: Any, push_x: Any, push_y: Any) -> Any:
    """Move for one timestep under gravity and a constant push; numbers or (N,) arrays.

    Semi-implicit Euler, which keeps orbits closed: the velocity first, then the place.
    """
    dt = DT / SUBSTEPS
    for _ in range(SUBSTEPS):
        square = x * x + y * y
        pull = -GRAVITY / (square * np.sqrt(square))
        velocity_x = velocity_x + dt * (pull * x + push_x)
        velocity_y = velocity_y + dt * (pull * y + push_y)
        x = x + dt * velocity_x
        y = y + dt * velocity_y
    return x, y, velocity_x, velocity_y


def closeness(error: Any) -> Any:
    """Return the reward for a distance's error: 1 at none, 1/2 at 0.2, falling on."""
    scaled = error / 0.2
    return 1.0 / (1.0 + scaled * scaled)
