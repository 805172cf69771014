"""The warning comes where the two returns part, and stays away where they do not."""

from collections.abc import Callable

import numpy as np
import pytest

from gymlab.insights.blocks import MAX_BLOCKS, Blocks
from gymlab.insights.finding import Insight
from gymlab.insights.reward_hacking import RewardHackingWatch
from gymlab.insights.trends import trend

Curve = Callable[[float], float]


def _watched(
    own: Curve, shaped: Curve, *, noise: float, episodes: int, seed: int = 0
) -> list[tuple[int, Insight]]:
    """Return what is found, and after how many episodes; curves are over the share of the run."""
    generator, watch = np.random.default_rng(seed), RewardHackingWatch()
    found: list[tuple[int, Insight]] = []
    for number in range(episodes):
        share = number / episodes
        spread = generator.normal(0, noise, 2)
        fuel, hover = -0.1, shaped(share) + spread[1]
        insight = watch.add(
            number * 100,
            own=own(share) + spread[0],
            shaped=hover + fuel,
            terms={"hover": hover, "fuel": fuel},
        )
        if insight is not None:
            found.append((number, insight))
    return found


def test_returns_that_part_are_found_once_with_evidence() -> None:
    """The windows, the changes and the term that grew are named."""
    [(_, insight)] = _watched(lambda x: -100 * x, lambda x: 50 * x, noise=10, episodes=600)
    assert insight.rule == "reward_hacking"
    assert insight.severity == "warning"
    changes = {item.metric: item.value for item in insight.evidence}
    assert changes["train/episode_return"] < 0 < changes["train/shaped_return"]
    assert changes["reward/hover"] > 0
    assert "term hover" in insight.text
    assert all(0 <= item.from_timestep < item.to_timestep for item in insight.evidence)


def test_a_fall_after_a_rise_is_found() -> None:
    """The first half learns the task, the second one learns to cheat."""
    found = _watched(lambda x: 200 * min(x, 1 - x), lambda x: 100 * x, noise=10, episodes=2000)
    assert len(found) == 1
    assert found[0][0] > 1000


@pytest.mark.parametrize(
    ("own", "shaped"),
    [
        (lambda x: 100 * x, lambda x: 100 * x),
        (lambda x: -100 * x, lambda x: -50 * x),
        (lambda _: 0, lambda x: 100 * x),
        (lambda x: -100 * x, lambda _: 0),
        (lambda x: -1 * x, lambda x: 1 * x),
    ],
    ids=["both rise", "both fall", "own stays", "shaped stays", "too small"],
)
def test_everything_else_is_left_alone(own: Curve, shaped: Curve) -> None:
    """A warning that cries wolf is none."""
    assert _watched(own, shaped, noise=10, episodes=1000) == []


def test_noise_alone_is_no_evidence() -> None:
    """In a hundred runs without any trend."""
    found = [
        _watched(lambda _: 0, lambda _: 0, noise=10, episodes=500, seed=seed) for seed in range(100)
    ]
    assert sum(map(bool, found)) == 0


def test_returns_that_depend_on_the_ones_before_are_hardly_ever_evidence() -> None:
    """Two independent series that wander around a mean: at most one run in twenty is warned of."""
    alarms = 0
    for seed in range(60):
        generator, watch, is_found = np.random.default_rng(seed), RewardHackingWatch(), False
        drift = np.zeros(2)
        for number in range(1000):
            drift = 0.97 * drift + generator.normal(0, 0.25, 2)
            own, shaped = drift + generator.normal(0, 1, 2)
            is_found |= watch.add(number, own=own, shaped=shaped, terms={}) is not None
        alarms += is_found
    assert alarms <= 3


def test_constant_returns_do_not_divide_by_zero() -> None:
    """No spread at all, and values of any size."""
    assert _watched(lambda _: 1, lambda _: 1, noise=0, episodes=300) == []
    assert len(_watched(lambda x: -1e300 * x, lambda x: 1e300 * x, noise=0, episodes=300)) <= 1


def test_memory_is_bounded() -> None:
    """However many episodes there are, blocks stay few and equally long."""
    blocks = Blocks()
    for number in range(100_000):
        blocks.add(number, {"a": 1.0})
    assert len(blocks.full) < MAX_BLOCKS
    assert {block.num_episodes for block in blocks.full} == {blocks.size}
    assert blocks.full[0].first_timestep == 0


def test_trends_are_those_of_ranks() -> None:
    """One wild value does not make one."""
    assert trend(range(20)) > 5
    assert trend([-x for x in range(20)]) < -5
    assert abs(trend([0.0] * 19 + [1e9])) < 2
    assert trend([]) == trend([1.0, 2.0]) == 0
