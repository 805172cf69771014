"""Which curves there are, and on which page each stands."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RUNNERS = ROOT / "src/gymlab/runners"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: an algorithm of one engine, with its tuned preset."""

    runner: str
    algorithm: str
    env_id: str

    @property
    def title(self) -> str:
        """How pictures and tables name it."""
        return f"{self.algorithm.upper()}, {self.runner}"

    @property
    def preset(self) -> Json:
        """Return the tuned preset; engines on one configuration share those of `native`.

        Raises:
            LookupError: There is none.
        """
        for runner in (self.runner, "native"):
            for preset in _presets(runner).get(self.algorithm, []):
                if preset.get("env_id") == self.env_id:
                    return preset
        raise LookupError(f"No tuned preset of {self.algorithm} for {self.env_id}.")


@dataclass(frozen=True, slots=True)
class Drawing:
    """One picture and the page that shows it."""

    id: str
    env_id: str
    page: str
    """Path from the root of the project."""
    lines: tuple[tuple[str, str], ...]
    """Engine and algorithm of each curve."""

    @property
    def every_line(self) -> tuple[Line, ...]:
        """Its curves."""
        return tuple(Line(runner, algorithm, self.env_id) for runner, algorithm in self.lines)

    @property
    def picture(self) -> Path:
        """Where the picture is kept."""
        return ROOT / "docs/images/curves" / f"{self.id}.svg"


_GAME = (("native", "ppo"), ("turbo", "ppo"), ("native", "dqn"))
DRAWINGS = (
    Drawing("gridworld", "gymlab/GridWorld-v0", "docs/environments/gridworld.md", _GAME),
    Drawing("snake", "gymlab/Snake-v0", "docs/environments/snake.md", _GAME),
    Drawing("orbit", "gymlab/Orbit-v0", "docs/environments/orbit.md", _GAME[:2]),
    Drawing("lantern", "gymlab/Lantern-v0", "docs/environments/lantern.md", _GAME[:2]),
    Drawing("crossing", "gymlab/Crossing-v0", "docs/environments/crossing.md", _GAME),
    Drawing("cartpole-ppo", "CartPole-v1", "docs/algorithms/ppo.md", _GAME[:2]),
    Drawing(
        "cartpole-dqn",
        "CartPole-v1",
        "docs/algorithms/dqn.md",
        (("native", "dqn"), ("turbo", "dqn")),
    ),
    Drawing("pendulum-sac", "Pendulum-v1", "docs/algorithms/sac.md", (("turbo", "sac"),)),
)
_ENGINES = ("sb3", "native", "turbo")
COMPARED = tuple(
    Drawing(
        f"engines-{name}",
        env_id,
        "docs/algorithms/compiled.md",
        tuple((engine, algorithm) for engine in engines),
    )
    for name, env_id, algorithm, engines in (
        ("cartpole-ppo", "CartPole-v1", "ppo", _ENGINES),
        ("lunarlander-ppo", "LunarLander-v3", "ppo", _ENGINES),
        ("acrobot-ppo", "Acrobot-v1", "ppo", _ENGINES),
        ("cartpole-dqn", "CartPole-v1", "dqn", _ENGINES),
        ("pendulum-sac", "Pendulum-v1", "sac", ("sb3", "turbo")),
    )
)
"""Engines beside each other, all on one page: whether one learns as the others do."""


@cache
def _presets(runner: str) -> dict[str, list[Json]]:
    return tomllib.loads((RUNNERS / runner / "presets.toml").read_text(encoding="utf-8"))
