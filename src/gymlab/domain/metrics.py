"""House names of every metric, each with its unit and meaning.

Runners map their native names onto these; a name that is not here is stored as
native only and never drawn under a house name.
"""

import re
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

METRIC_NAME_PATTERN = re.compile(r"^[A-Za-z0-9_./-]{1,128}$")
MAX_METRICS_PER_RUN = 512
TERM_NAME_PATTERN = re.compile(r"^[A-Za-z0-9_-]{1,64}$")
MAX_TERMS = 32
"""Named terms that the reward of one run may have."""
TERM_PREFIX = "reward/"
TERMINATION_PREFIX = "termination/"


class Better(StrEnum):
    """Which direction is an improvement."""

    HIGHER = "higher"
    LOWER = "lower"


class Metric(BaseModel):
    """One measured quantity."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    unit: str
    meaning: str
    better: Better | None = None


def _metric(name: str, title: str, unit: str, meaning: str, better: Better | None = None) -> Metric:
    return Metric(name=name, title=title, unit=unit, meaning=meaning, better=better)


_ALL = (
    _metric(
        "train/episode_return",
        "Episode return",
        "reward",
        "Undiscounted sum of the rewards of one training episode, exploration included.",
        Better.HIGHER,
    ),
    _metric(
        "train/shaped_return",
        "Shaped return",
        "reward",
        "Sum over one training episode of the custom reward that the agent learns from; only in "
        "runs that have one. `train/episode_return` is the environment's own beside it.",
        Better.HIGHER,
    ),
    _metric(
        "train/episode_length",
        "Episode length",
        "timesteps",
        "Timesteps of one training episode.",
    ),
    _metric(
        "eval/episode_return",
        "Evaluation return",
        "reward",
        "Mean return of the episodes of one evaluation during training: the greedy policy in "
        "environments and with seeds of its own.",
        Better.HIGHER,
    ),
    _metric(
        "eval/return_ci_low",
        "Evaluation return, lower end",
        "reward",
        "Lower end of the 95 % bootstrap interval of the evaluation return.",
    ),
    _metric(
        "eval/return_ci_high",
        "Evaluation return, upper end",
        "reward",
        "Upper end of the 95 % bootstrap interval of the evaluation return.",
    ),
    _metric(
        "eval/return_iqm",
        "Evaluation return, interquartile mean",
        "reward",
        "Mean of the middle half of the returns of one evaluation.",
        Better.HIGHER,
    ),
    _metric(
        "eval/return_std",
        "Spread of evaluation returns",
        "reward",
        "Sample standard deviation of the returns of one evaluation.",
    ),
    _metric(
        "eval/episode_length",
        "Evaluation episode length",
        "timesteps",
        "Mean length of the episodes of one evaluation.",
    ),
    _metric(
        "loss/total", "Total loss", "", "What the optimizer minimises: the weighted sum of losses."
    ),
    _metric("loss/policy", "Policy loss", "", "Surrogate objective of the policy, negated."),
    _metric(
        "loss/value",
        "Value loss",
        "reward^2",
        "Squared error of the value estimate against its target.",
        Better.LOWER,
    ),
    _metric("loss/entropy", "Entropy loss", "nat", "Negative mean entropy of the policy."),
    _metric("loss/actor", "Actor loss", "", "Negative estimated value of the actor's own actions."),
    _metric(
        "loss/critic",
        "Critic loss",
        "reward^2",
        "Temporal-difference error of the critics.",
        Better.LOWER,
    ),
    _metric(
        "loss/q", "Q loss", "", "Temporal-difference error of the action values.", Better.LOWER
    ),
    _metric(
        "loss/entropy_coefficient",
        "Entropy-coefficient loss",
        "",
        "Objective that adapts the entropy coefficient.",
    ),
    _metric(
        "policy/entropy",
        "Policy entropy",
        "nat",
        "Mean entropy of the action distribution: near zero means the policy hardly explores.",
    ),
    _metric(
        "policy/approx_kl",
        "Approximate KL",
        "nat",
        "How far one update moved the policy, estimated by Schulman's k3 estimator.",
    ),
    _metric(
        "policy/clip_fraction",
        "Clip fraction",
        "fraction",
        "Share of samples whose probability ratio was clipped.",
    ),
    _metric("policy/clip_range", "Clip range", "", "Half-width of the probability-ratio clip."),
    _metric(
        "policy/action_std", "Action standard deviation", "", "Mean width of a Gaussian policy."
    ),
    _metric(
        "policy/entropy_coefficient", "Entropy coefficient", "", "Weight of the entropy bonus."
    ),
    _metric(
        "policy/exploration_rate",
        "Exploration rate",
        "fraction",
        "Probability of a random action (epsilon).",
    ),
    _metric(
        "policy/kl_objective", "Surrogate objective", "", "Trust-region objective after the step."
    ),
    _metric(
        "policy/line_search_success",
        "Line-search success",
        "fraction",
        "Whether the trust-region line search found an acceptable step.",
    ),
    _metric("policy/update_norm", "Update norm", "", "Euclidean length of the parameter step."),
    _metric(
        "search/perturbation_std",
        "Perturbation size",
        "",
        "Standard deviation of the random changes that random search tries.",
    ),
    _metric(
        "search/step_size",
        "Search step size",
        "",
        "Learning rate divided by the spread of the candidates' returns.",
    ),
    _metric(
        "search/return_std",
        "Spread of candidates",
        "reward",
        "Standard deviation of the returns of the best candidates of one update.",
    ),
    _metric(
        "value/explained_variance",
        "Explained variance",
        "fraction",
        "Share of the variance of returns that the value function explains; 1 is perfect, at most 0 is useless.",
        Better.HIGHER,
    ),
    _metric(
        "value/optimal_error",
        "Distance from the exact values",
        "reward",
        "Root of the mean squared difference between what the agent expects from a state and the "
        "exact optimal value, over all states; only where the environment has few enough to know it.",
        Better.LOWER,
    ),
    _metric(
        "policy/optimal_share",
        "Optimal decisions",
        "fraction",
        "Share of all states in which the greedy action is as good as the best one; only where the "
        "environment has few enough states to know it.",
        Better.HIGHER,
    ),
    _metric("value/q_mean", "Mean Q value", "reward", "Mean predicted action value."),
    _metric(
        "optim/learning_rate", "Learning rate", "", "Step size of the optimizer at this moment."
    ),
    _metric("optim/gradient_norm", "Gradient norm", "", "Length of the gradient before clipping."),
    _metric(
        "optim/gradient_steps", "Gradient steps", "updates", "Optimizer updates since the start."
    ),
    _metric(
        "time/timesteps_per_second",
        "Timesteps per second",
        "1/s",
        "Training speed over the last interval, all environments together.",
        Better.HIGHER,
    ),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _ALL}
"""House name -> metric."""


def is_valid_metric_name(name: str) -> bool:
    """Tell whether a worker may use this name at all."""
    return METRIC_NAME_PATTERN.fullmatch(name) is not None


def find_metric(name: str) -> Metric | None:
    """Return what is known of a name: a house metric, or a term of a custom reward."""
    if name in METRICS:
        return METRICS[name]
    reason = name.removeprefix(TERMINATION_PREFIX)
    if reason != name and TERM_NAME_PATTERN.fullmatch(reason) is not None:
        return _metric(
            name,
            f"Ended by {reason}",
            "episodes",
            f"Training episodes so far that ended by {reason}.",
        )
    term = name.removeprefix(TERM_PREFIX)
    if term == name or TERM_NAME_PATTERN.fullmatch(term) is None:
        return None
    return _metric(
        name,
        f"Reward term {term}",
        "reward",
        f"Sum over one training episode of the term {term} of the run's custom reward.",
    )
