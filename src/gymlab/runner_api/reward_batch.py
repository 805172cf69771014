"""Computing the rewards of several environments with one call of the user's function."""

import time
from collections.abc import Callable, Sequence

from gymlab.envs.rewarding.batch import Shaped
from gymlab.envs.rewarding.function import RewardFunction, Transition
from gymlab.errors import UserCodeError
from gymlab.runner_api.tracking import TrackedEnv

TRIAL_TRANSITIONS = 64
"""First transitions of a run, on which arrays are compared with single calls."""
LOOK_EVERY = 4096
"""Batches between two later comparisons of a function that nobody declared."""
_REPEATS = 5

Say = Callable[[str], None]


class RewardBatch:
    """Takes over from the environments of a run: who steps them calls `settle` after each step.

    A function that is declared to take arrays always does. Another one that only looks as if it
    could is first tried on what the run itself did: only where every number is exactly that of
    single calls, and arrays are faster, they are used. It is compared again now and then, and goes
    back to single calls at the first difference, so that the numbers never depend on it.
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
        self.uses_arrays = reward.is_batched
        self._is_trying = reward.might_batch
        self._tried: list[Transition] = []
        self._num_batches = 0
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
        self._num_batches += 1
        if not self.uses_arrays:
            rewards = [self._reward(transition) for transition in transitions]
            if self._is_trying:
                self._try(transitions)
            return rewards
        rewards = self._reward.many(transitions)
        if not self._reward.is_batched and self._num_batches % LOOK_EVERY == 0:
            return self._compared(transitions, rewards)
        if self._reward.is_batched and self._is_trying:
            self._check_declared(transitions, rewards)
        return rewards

    def _compared(self, transitions: list[Transition], rewards: list[Shaped]) -> list[Shaped]:
        single = [self._reward(transition) for transition in transitions]
        if single != rewards:
            self.uses_arrays = False
            self._say(
                "With arrays the reward gave other numbers, so it is called one by one again."
            )
        return single

    def _try(self, transitions: list[Transition]) -> None:
        self._tried += transitions
        if len(self._tried) < TRIAL_TRANSITIONS:
            return
        tried, self._tried, self._is_trying = self._tried, [], False
        single = [self._reward(transition) for transition in tried]
        try:
            if self._reward.many(tried) != single:
                return
        except UserCodeError:
            return  # it takes no arrays, which is no fault
        speed_up = self._speed_up(tried[: len(self._envs)])
        if speed_up > 1:
            self.uses_arrays = True
            self._tell(speed_up)

    def _check_declared(self, transitions: list[Transition], rewards: list[Shaped]) -> None:
        """Refuse a function that mixes transitions, at the first step of a run."""
        self._is_trying = False
        for number, transition in enumerate(transitions):
            alone = self._reward.many([transition])[0]
            if not _is_close(alone, rewards[number]):
                raise UserCodeError(
                    f"reward_function gives {rewards[number][0]!r} for a transition among "
                    f"{len(transitions)} and {alone[0]!r} for the same one alone.",
                    hint="Each transition is to be rewarded for itself: use `axis=-1` in sums, "
                    "means and maxima.",
                )
        self._tell(self._speed_up(transitions))

    def _speed_up(self, transitions: list[Transition]) -> float:
        def together() -> None:
            self._reward.many(transitions)

        def one_by_one() -> None:
            for transition in transitions:
                self._reward(transition)

        return _fastest(one_by_one) / _fastest(together)

    def _tell(self, speed_up: float) -> None:
        count = len(self._envs)
        self._say(
            f"The reward is computed for {count} environments at once: {speed_up:.1f} times as "
            "fast as one by one."
        )


def _fastest(action: Callable[[], None]) -> float:
    times: list[float] = []
    for _ in range(_REPEATS):
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return max(min(times), 1e-9)


def _is_close(one: Shaped, other: Shaped) -> bool:
    return abs(one[0] - other[0]) <= 1e-6 * max(1.0, abs(one[0]), abs(other[0]))
