"""The rows and columns of the speed table."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

PRESETS = Path(__file__).resolve().parents[2] / "src/gymlab/runners/sb3/presets.toml"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One training that every engine repeats with the same hyperparameters and timesteps."""

    id: str
    env_id: str
    algorithm: str
    timesteps: int
    bars: Mapping[str, float] = field(default_factory=dict[str, float])
    """Column -> least speed over that of `sb3`."""
    columns: tuple[str, ...] = ("sb3", "sbx", "torch", "native", "turbo", "limit")
    hyperparameters: Json | None = None
    """Instead of the tuned preset."""
    least_speed: Mapping[str, float] = field(default_factory=dict[str, float])
    """Column -> least timesteps per second."""
    most_over_limit: float | None = None
    """Most training time of turbo over that of the environment alone."""

    @property
    def title(self) -> str:
        """How the table names it."""
        amount = f"{self.timesteps // 1000}k" if self.timesteps < 10**6 else "1M"
        return f"{self.env_id.removeprefix('gymlab/')} {self.algorithm.upper()} {amount}"

    @property
    def values(self) -> Json:
        """Hyperparameters under the names of Stable-Baselines3."""
        return dict(self.hyperparameters or tuned(self.algorithm, self.env_id))

    @property
    def num_envs(self) -> int:
        """Environments stepped in lockstep."""
        return int(self.values.get("num_envs", 1))


_SNAKE: Json = {
    "num_envs": 128,
    "n_steps": 128,
    "batch_size": 2048,
    "n_epochs": 4,
    "learning_rate": 1e-3,
    "gamma": 0.99,
    "gae_lambda": 0.95,
    "ent_coef": 0.01,
}
ROWS = (
    Row("cartpole-ppo", "CartPole-v1", "ppo", 100_000, {"turbo": 5.0}),
    Row("lunarlander-ppo", "LunarLander-v3", "ppo", 1_000_000, {"turbo": 8.0}, most_over_limit=2.0),
    Row("acrobot-ppo", "Acrobot-v1", "ppo", 1_000_000, {"turbo": 10.0}),
    Row("cartpole-dqn", "CartPole-v1", "dqn", 50_000, {"turbo": 5.0}),
    Row("pendulum-sac", "Pendulum-v1", "sac", 20_000, {"turbo": 4.0}),
    Row(
        "snake-ppo",
        "gymlab/Snake-v0",
        "ppo",
        1_000_000,
        columns=("native", "turbo", "limit"),
        hyperparameters=_SNAKE,
        least_speed={"turbo": 60_000.0, "limit": 300_000.0},
    ),
)
COLUMNS: Mapping[str, str] = {
    "sb3": "SB3",
    "sbx": "SBX",
    "torch": "CleanRL-style torch loop",
    "native": "native",
    "turbo": "turbo",
    "limit": "environment alone",
}
SCRIPTS: Mapping[str, str] = {
    "sb3": "benchmarks.speed.library_script",
    "sbx": "benchmarks.speed.library_script",
    "torch": "benchmarks.speed.torch_script",
    "limit": "benchmarks.speed.limit_script",
}
"""Columns that a fresh process measures; the others are runs of a lab."""


def row_of(row_id: str) -> Row:
    """Return a row by its id."""
    return next(row for row in ROWS if row.id == row_id)


@cache
def _presets() -> Json:
    return tomllib.loads(PRESETS.read_text(encoding="utf-8"))


def tuned(algorithm: str, env_id: str) -> Json:
    """Return the tuned preset, under the names of Stable-Baselines3."""
    fitting = (item for item in _presets()[algorithm] if item.get("env_id") == env_id)
    return dict(next(fitting)["hyperparameters"])


def scheduled(value: float | str) -> tuple[float, bool]:
    """Return a rate and whether it falls linearly to 0: `lin_0.001` -> 0.001, True."""
    if isinstance(value, str):
        return float(value.removeprefix("lin_")), True
    return float(value), False
