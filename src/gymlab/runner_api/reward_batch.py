"""Computing the rewards of several environments with one call of the user's function."""

import time
from collections.abc import Callable, Mapping, Sequence

from gymlab.envs.rewarding.batch import Shaped
from gymlab.envs.rewarding.choosing import Reward
from gymlab.envs.rewarding.function import RewardFunction, Transition
from gymlab.errors import UserCodeError
from gymlab.runner_api.tracking import TrackedEnv

MIN_ENVS = 8
"""Environments from which on arrays of a function that nobody declared are worth their making."""
LOOK_EVERY = 4096
"""Steps between two comparisons of a function that nobody declared."""
_TOLERANCE = 1e-5
"""Relative: NumPy rounds the last digit of some functions differently in arrays."""
_REPEATS = 5

Say = Callable[[str], None]


class RewardBatch:
    """Takes over from the environments of a run: who steps them calls `settle` after each step.

    A function that is declared to take arrays always does. Another one is given arrays where it can
    be read that this changes nothing; the first step still compares them with single calls, and
    later ones do so now and then. What decides is the same in every attempt of a run, so that a
    resumed one rounds as the first one did.
    """

    def __init__(self, reward: RewardFunction, envs: Sequence[TrackedEnv], say: Say) -> None:
        """Defer the rewards of these environments.

        Args:
            reward: The run's function.
            envs: All environments that are stepped together.
            say: Adds a sentence to the run's event log.
        """
        self._reward = reward
        self._envs = list(envs)
        self._say = say
        self.uses_arrays = True
        self._num_steps = 0
        for env in self._envs:
            assert env.shaping is not None  # noqa: S101 - a run with a reward has one everywhere
            env.shaping.is_deferred = True

    def settle(self) -> list[float]:
        """Compute what waits; return the reward of each environment's last step, in order."""
        shapings = [env.shaping for env in self._envs if env.shaping is not None]
        pending = [transition for shaping in shapings for transition in shaping.pending]
        shaped = iter(self._rewards(pending))
        for shaping in shapings:
            for _ in shaping.pending:
                shaping.add(next(shaped))
            shaping.pending.clear()
        return [env.settle() for env in self._envs]

    def _rewards(self, transitions: list[Transition]) -> list[Shaped]:
        if not self.uses_arrays or not transitions:
            return [self._reward(transition) for transition in transitions]
        self._num_steps += 1
        if self._num_steps == 1:
            return self._first(transitions)
        rewards = self._reward.many(transitions)
        is_trusted = self._reward.is_batched or self._num_steps % LOOK_EVERY
        if is_trusted or _are_close(self._one_by_one(transitions), rewards):
            return rewards
        self._say(
            "With arrays the reward gave other numbers; it is called one by one from here on."
        )
        self.uses_arrays = False
        return self._one_by_one(transitions)

    def _first(self, transitions: list[Transition]) -> list[Shaped]:
        if self._reward.is_batched:
            rewards = self._reward.many(transitions)
            self._require_alone(transitions, rewards)
        else:
            single = self._one_by_one(transitions)
            # A number of transitions that cannot be mistaken for the length of an observation.
            count, more = len(transitions), [*transitions, *transitions, transitions[0]]
            try:
                tried = self._reward.many(more)
            except UserCodeError:
                tried = []
            if not _are_close([*single, *single, single[0]], tried):
                self.uses_arrays = False
                return single
            rewards = tried[:count]
        self._tell(self._speed_up(transitions))
        return rewards

    def _require_alone(self, transitions: list[Transition], rewards: list[Shaped]) -> None:
        """Refuse a function that mixes transitions."""
        for transition, among in zip(transitions, rewards, strict=True):
            alone = self._reward.many([transition])[0]
            if not _are_close([alone], [among]):
                raise UserCodeError(
                    f"reward_function gives {among[0]!r} for a transition among "
                    f"{len(transitions)} and {alone[0]!r} for the same one alone.",
                    hint="Each transition is to be rewarded for itself: use `axis=-1` in sums, "
                    "means and maxima.",
                )

    def _one_by_one(self, transitions: list[Transition]) -> list[Shaped]:
        return [self._reward(transition) for transition in transitions]

    def _speed_up(self, transitions: list[Transition]) -> float:
        def together() -> None:
            self._reward.many(transitions)

        def one_by_one() -> None:
            self._one_by_one(transitions)

        return _fastest(one_by_one) / _fastest(together)

    def _tell(self, speed_up: float) -> None:
        count = len(self._envs)
        self._say(
            f"The reward is computed for {count} environments at once: {speed_up:.1f} times as "
            "fast as one by one."
        )


def batch_of(reward: Reward | None, envs: Mapping[int, TrackedEnv], say: Say) -> RewardBatch | None:
    """Return what computes the rewards of these environments at once; None where nothing would."""
    if not isinstance(reward, RewardFunction) or len(envs) < 2:
        return None
    if not reward.is_batched and (not reward.is_elementwise or len(envs) < MIN_ENVS):
        return None
    return RewardBatch(reward, [envs[idx] for idx in sorted(envs)], say)


def _fastest(action: Callable[[], None]) -> float:
    times: list[float] = []
    for _ in range(_REPEATS):
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return max(min(times), 1e-9)


def _are_close(some: Sequence[Shaped], others: Sequence[Shaped]) -> bool:
    return len(some) == len(others) and all(
        abs(one[0] - other[0]) <= _TOLERANCE * max(1.0, abs(one[0]), abs(other[0]))
        for one, other in zip(some, others, strict=True)
    )
