"""Native names become house names; what is undefined is left out."""

import math

import pytest

from gymlab.domain.metrics import METRICS
from gymlab.runners.sb3.metrics import HOUSE_NAMES, house_metrics, native_metrics


def test_every_house_name_exists() -> None:
    """Also the ones that only appear now and then."""
    assert set(HOUSE_NAMES.values()) <= set(METRICS)


@pytest.mark.parametrize(("algorithm", "name"), [("ppo", "loss/total"), ("dqn", "loss/q")])
def test_one_native_name_means_different_things(algorithm: str, name: str) -> None:
    """`train/loss` is the weighted sum for PPO and the Q loss for DQN."""
    metrics = house_metrics(algorithm, {"train/loss": 2.0, "train/n_updates": 4.0}, 7)

    assert metrics == {name: 2.0, "optim/gradient_steps": 7.0}


def test_entropy_is_reported_with_its_sign() -> None:
    """The loss is the negative of the entropy."""
    metrics = house_metrics("ppo", {"train/entropy_loss": -0.5}, 0)

    assert (metrics["loss/entropy"], metrics["policy/entropy"]) == (-0.5, 0.5)


def test_an_undefined_explained_variance_is_no_warning_sign() -> None:
    """Equal returns have no variance to explain; other NaNs stay to be noticed."""
    native = native_metrics({"train/explained_variance": math.nan, "train/loss": math.nan})

    assert list(native) == ["train/loss"]
