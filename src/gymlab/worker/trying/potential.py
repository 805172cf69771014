"""Whether what a reward adds to the environment's own is potential-based shaping.

F(s, a, s') = gamma * Phi(s') - Phi(s) leaves the best policies as they are, whatever Phi is; every
other addition may change what is best. Source: Ng, Harada and Russell, ICML 1999, theorem 1.

The function is called with states of the episodes put together anew, so that Phi need not be known:
after a terminal state F is -Phi(s), which gives Phi; the rest must then follow with one gamma.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gymlab.envs.rewarding.function import RewardFunction, Shaped, Transition
from gymlab.errors import UserCodeError

NUM_STATES = 8
MIN_STATES = 3
RELATIVE = 1e-5
"""Observations are often of single precision."""
Part = Callable[[Transition], float]
_SHORT = (
    "It replaces the environment's reward, so what is best may change. Shaping adds to it: the form "
    "`(obs, action, next_obs, reward, terminated, truncated, info)` is given that reward."
)


@dataclass(frozen=True, slots=True)
class _Judged:
    why: str
    is_based: bool | None = None


def _no(why: str) -> _Judged:
    return _Judged(why, is_based=False)


def potential_check(reward: RewardFunction, transitions: Sequence[Transition]) -> dict[str, Any]:
    """Find out what the function adds to the environment's reward and whether that is shaping.

    Returns:
        A `PotentialCheck`.
    """
    if not reward.is_long:
        return _answer(_Judged(_SHORT))
    states = _spread(transitions)
    if len(states) < MIN_STATES:
        return _answer(_Judged("The episodes were too short to tell."))
    try:
        judged, terms = _judge_all(reward, states)
    except UserCodeError as error:
        return _answer(_Judged(f"It cannot be told: {error.detail}"))
    based = [name for name, item in terms.items() if item.is_based]
    others = [
        f"`{name}` is not: {item.why}" for name, item in terms.items() if item.is_based is False
    ]
    detail = judged.why
    if judged.is_based is False and (based or len(others) > 1):
        detail += f" By terms: {'; '.join([*(f'`{name}` is' for name in based), *others])}."
    return _answer(_Judged(detail, judged.is_based))


def _answer(judged: _Judged) -> dict[str, Any]:
    return {"is_potential_based": judged.is_based, "detail": judged.why}


def _spread(transitions: Sequence[Transition]) -> list[Transition]:
    """Return transitions from all over the episodes, none of them terminal."""
    usable = [item for item in transitions if not item.terminated]
    step = max(1, len(usable) // NUM_STATES)
    return usable[::step][:NUM_STATES]


def _judge_all(
    reward: RewardFunction, states: list[Transition]
) -> tuple[_Judged, dict[str, _Judged]]:
    total = _part(reward, lambda shaped: shaped[0])
    names = list((reward(states[0])[1] or {}).keys())
    how = _use_of_own(total, states)
    if how is not None:
        return how, {}
    judged = _judge(total, states)
    terms: dict[str, _Judged] = {}
    for name in names if len(names) > 1 else []:
        part = _part(reward, lambda shaped, name=name: (shaped[1] or {}).get(name, 0.0))
        if _is_own(part, states):
            continue
        terms[name] = _judge(part, states)
    return judged, terms


def _part(reward: RewardFunction, pick: Callable[[Shaped], float]) -> Part:
    return lambda transition: pick(reward(transition))


def _use_of_own(total: Part, states: list[Transition]) -> _Judged | None:
    """Return what is wrong with how the environment's reward is used; None where it is added."""
    for item in states:
        if not _close(total(item), total(item)):
            why = "It gives different numbers for the same transition, so nothing can be told."
            return _Judged(why)
        at_zero = total(item._replace(reward=0.0))
        if _close(total(item._replace(reward=1.0)), at_zero):
            why = "It leaves the environment's own reward out, so what is best may change."
            return _no(why)
        if not _close(total(item._replace(reward=1.0)) - at_zero, 1.0):
            why = "It changes the environment's own reward instead of adding to it."
            return _no(why)
    return None


def _is_own(part: Part, states: list[Transition]) -> bool:
    return all(
        _close(part(item._replace(reward=2.0)) - part(item._replace(reward=1.0)), 1.0)
        and _close(part(item._replace(reward=0.0)), 0.0)
        for item in states
    )


def _judge(part: Part, states: list[Transition]) -> _Judged:
    """Judge what is left at a reward of 0."""
    for one, other in itertools.pairwise(states):
        here = one._replace(reward=0.0)
        if not _close(part(here), part(here._replace(action=other.action, info=other.info))):
            return _no("It depends on the action.")
    matrix = _pairs(part, states, terminated=False)
    last = _pairs(part, states, terminated=True)
    size = max(float(np.abs(matrix).max()), float(np.abs(last).max()))
    if size < 1e-12:
        return _Judged("Nothing is added to the environment's reward.")
    rest = matrix - matrix[:1] - matrix[:, :1] + matrix[:1, :1]
    if not _all_close(rest, 0.0, size):
        return _no("It is no difference of a number after and a number before.")
    return _with_end(matrix, last, size)


def _pairs(part: Part, states: list[Transition], *, terminated: bool) -> NDArray[np.float64]:
    """Return F(s, s') for every pair of states: rows are s, columns s'."""
    return np.array([
        [
            part(
                one._replace(
                    next_observation=other.observation,
                    reward=0.0,
                    terminated=terminated,
                    truncated=False,
                )
            )
            for other in states
        ]
        for one in states
    ])


def _with_end(matrix: NDArray[np.float64], last: NDArray[np.float64], size: float) -> _Judged:
    """Judge a difference by what it is at the end of an episode, which must be -Phi(s)."""
    before = matrix[:, 0] - matrix[0, 0]
    after = matrix[0] - matrix[0, 0]
    spread = float(before @ before)
    gamma = -float(after @ before) / spread if spread > 0.0 else 0.0
    if not _all_close(after + gamma * before, 0.0, size):
        return _no("What comes after is no multiple of what was before.")
    if not 0.0 < gamma <= 1.001:
        return _no(f"What comes after weighs {gamma:.4g} times what was before, which is no gamma.")
    if not _all_close(last - last[:, :1], 0.0, size):
        return _no(
            "It has the form of a difference, but the potential is not 0 where an episode ends: "
            "count `next_obs` as 0 when `terminated`."
        )
    potential = -last[:, 0]
    expected = gamma * potential[None, :] - potential[:, None]
    if not _all_close(matrix - expected, 0.0, size):
        return _no("Where an episode ends it is something else than minus the potential before.")
    why = (
        f"It is gamma * Phi(s') - Phi(s) with gamma = {gamma:.4g}, so the best policies stay the "
        "same. The algorithm's gamma must be the same number."
    )
    return _Judged(why, is_based=True)


def _close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=RELATIVE, abs_tol=1e-9)


def _all_close(values: NDArray[np.float64], number: float, size: float = 1.0) -> bool:
    return bool((np.abs(values - number) <= RELATIVE * size).all())
