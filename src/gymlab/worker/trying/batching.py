"""Whether a reward can be computed for many transitions at once, and what that gains."""

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

from gymlab.envs.rewarding.function import RewardFunction, Transition
from gymlab.errors import UserCodeError

NUM_COMPARED = 64
_REPEATS = 5
_MARK = "A function that takes arrays can be marked with `reward_function.batched = True`."


def batched_form(reward: RewardFunction, transitions: Sequence[Transition]) -> dict[str, Any]:
    """Compare single calls with one call, as training does.

    Returns:
        A `BatchedForm`.
    """
    tried = list(transitions[:NUM_COMPARED])
    if len(tried) < 2:
        return {"detected": False, "detail": "The episodes were too short to tell."}
    if not (reward.is_batched or reward.is_elementwise):
        detail = "It has branches or calls that take one transition at a time."
        return {"detected": False, "detail": f"{detail} {_MARK}"}
    try:
        together = reward.many(tried)
        single = [reward(transition) for transition in tried]
    except UserCodeError as error:
        return {"detected": False, "detail": f"It does not take arrays: {error.detail}"}
    pairs = zip(single, together, strict=True)
    is_same = all(math.isclose(one[0], two[0], rel_tol=1e-6, abs_tol=1e-9) for one, two in pairs)
    if not is_same:
        detail = "With arrays it gives other numbers: use `axis=-1` in sums, means and maxima."
        return {"detected": False, "detail": detail}
    speed_up = _fastest(lambda: [reward(item) for item in tried]) / _fastest(
        lambda: reward.many(tried)
    )
    return {
        "detected": True,
        "speed_up": round(speed_up, 2),
        "detail": f"Measured with {len(tried)} transitions at once.",
    }


def _fastest(action: Callable[[], object]) -> float:
    times: list[float] = []
    for _ in range(_REPEATS):
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return max(min(times), 1e-9)
