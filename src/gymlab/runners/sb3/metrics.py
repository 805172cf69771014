"""Names that Stable-Baselines3 logs -> house names."""

import math
from collections.abc import Mapping
from typing import Any

HOUSE_NAMES: Mapping[str, str] = {
    "train/loss": "loss/total",
    "train/policy_gradient_loss": "loss/policy",
    "train/policy_loss": "loss/policy",
    "train/value_loss": "loss/value",
    "train/entropy_loss": "loss/entropy",
    "train/actor_loss": "loss/actor",
    "train/critic_loss": "loss/critic",
    "train/ent_coef_loss": "loss/entropy_coefficient",
    "train/approx_kl": "policy/approx_kl",
    "train/kl_divergence_loss": "policy/approx_kl",
    "train/clip_fraction": "policy/clip_fraction",
    "train/clip_range": "policy/clip_range",
    "train/std": "policy/action_std",
    "train/ent_coef": "policy/entropy_coefficient",
    "rollout/exploration_rate": "policy/exploration_rate",
    "train/policy_objective": "policy/kl_objective",
    "train/is_line_search_success": "policy/line_search_success",
    "train/explained_variance": "value/explained_variance",
    "train/learning_rate": "optim/learning_rate",
    "train/delta_std": "search/perturbation_std",
    "train/step_size": "search/step_size",
    "rollout/return_std": "search/return_std",
}
"""Native name -> house name; `train/loss` is refined by algorithm below."""

_Q_LEARNERS = frozenset({"dqn", "qrdqn"})
_UNDEFINED_WHEN_NAN = "train/explained_variance"
"""NaN when all returns of a rollout were equal, which is no sign of divergence."""


def native_metrics(logged: Mapping[str, Any]) -> dict[str, float]:
    """Return what was logged as plain numbers, without what is undefined."""
    numbers = {name: float(value) for name, value in logged.items()}
    if math.isnan(numbers.get(_UNDEFINED_WHEN_NAN, 0.0)):
        del numbers[_UNDEFINED_WHEN_NAN]
    return numbers


def house_metrics(
    algorithm: str, native: Mapping[str, float], gradient_steps: int
) -> dict[str, float]:
    """Rename measurements; those without a house name stay native only."""
    found = {HOUSE_NAMES[name]: value for name, value in native.items() if name in HOUSE_NAMES}
    if algorithm in _Q_LEARNERS and "loss/total" in found:
        found["loss/q"] = found.pop("loss/total")
    if "loss/entropy" in found:
        found["policy/entropy"] = -found["loss/entropy"]
    found["optim/gradient_steps"] = float(gradient_steps)
    return found
