"""Rewards of many environments at once are those of single calls."""

import numpy as np
import pytest

from gymlab.domain.code import source_code
from gymlab.domain.runs import RunSpec
from gymlab.envs.composing import compose_env
from gymlab.envs.rewarding.function import RewardFunction
from gymlab.errors import UserCodeError
from gymlab.runner_api.reward_batch import RewardBatch, batch_of
from gymlab.runner_api.tracking import FinishedEpisode, RunCounters, TrackedEnv

LONG = "def reward_function(obs, action, next_obs, reward, terminated, truncated, info):\n"
HEAVY = f"""import numpy as np
{LONG}    x = np.tanh(next_obs[..., 0]) + np.sin(obs[..., 1]) - np.sqrt(abs(next_obs[..., 2]))
    y = np.exp(-abs(next_obs[..., 3])) + np.hypot(obs[..., 0], obs[..., 2])
    return {{"x": x * y, "y": y, "fuel": -0.1 * (action == 1), "end": -5.0 * terminated}}
"""
NUM_ENVS = 8


class Stage:
    """Several environments that are stepped together, with and without arrays."""

    def __init__(self, source: str, *, batched: bool, num_envs: int = NUM_ENVS) -> None:
        """Make them."""
        spec = RunSpec(
            run_id="r", env_id="CartPole-v1", runner="x", algorithm="x", hyperparameters={},
            total_timesteps=1, seed=0, reward_code=source_code(source),
        )  # fmt: skip
        assert spec.reward_code is not None
        self.reward = RewardFunction(spec.reward_code)
        self.counters, self.episodes, self.said = (
            RunCounters(),
            list[FinishedEpisode](),
            list[str](),
        )
        self.envs = [
            TrackedEnv(compose_env(spec, reward=self.reward), self.counters, idx, self._ended)
            for idx in range(num_envs)
        ]
        self.batch: RewardBatch | None = None
        if batched:
            self.batch = batch_of(self.reward, dict(enumerate(self.envs)), self.said.append)
        for idx, env in enumerate(self.envs):
            env.reset(seed=idx)

    def _ended(self, episode: FinishedEpisode) -> None:
        self.counters.episodes += 1
        self.episodes.append(episode)

    def play(self, num_steps: int) -> list[float]:
        """Return every reward that a learner would see."""
        seen: list[float] = []
        for number in range(num_steps):
            stepped = [env.step((number + idx) % 2) for idx, env in enumerate(self.envs)]
            rewards = self.batch.settle() if self.batch else [float(step[1]) for step in stepped]
            seen += rewards
            for env, step in zip(self.envs, stepped, strict=True):
                if step[2] or step[3]:
                    env.reset()
        return seen


def _compare(some: list[FinishedEpisode], others: list[FinishedEpisode]) -> None:
    assert len(some) == len(others) > 0
    for one, other in zip(some, others, strict=True):
        assert (one.env_index, one.episode_return, one.episode_length) == (
            other.env_index,
            other.episode_return,
            other.episode_length,
        )
        assert one.shaped_return == pytest.approx(other.shaped_return, rel=1e-5)
        assert dict(one.terms) == pytest.approx(dict(other.terms), rel=1e-5)


def test_a_function_that_takes_arrays_is_found_out_and_gives_the_same_numbers() -> None:
    """Rewards, sums of episodes and terms are equal, and the speed-up is said once."""
    single, arrays = Stage(HEAVY, batched=False), Stage(HEAVY, batched=True)
    assert arrays.play(120) == pytest.approx(single.play(120), rel=1e-5)
    _compare(arrays.episodes, single.episodes)
    assert arrays.batch is not None
    assert arrays.batch.uses_arrays
    [said] = arrays.said
    assert "8 environments at once" in said


def test_a_declared_function_is_given_arrays_from_the_beginning() -> None:
    """Also one that takes nothing else; a single transition is an array of one."""
    declared = LONG + "    return abs(next_obs[:, 0]) + reward\nreward_function.batched = True\n"
    plain = LONG + "    return abs(next_obs[0]) + reward\n"
    single, arrays = Stage(plain, batched=False), Stage(declared, batched=True)
    assert arrays.play(50) == pytest.approx(single.play(50), rel=1e-6)
    assert len(arrays.said) == 1
    alone = Stage(declared, batched=False)
    assert alone.play(50) == pytest.approx(Stage(plain, batched=False).play(50), rel=1e-6)


@pytest.mark.parametrize(
    "source",
    [
        LONG + "    return 1.0 if next_obs[0] > 0 else 0.0\n",
        LONG + "    return abs(next_obs[0])" + " + abs(next_obs[1])" * 20 + "\n",
    ],
    ids=["branch", "first component"],
)
def test_a_function_that_takes_none_is_called_one_by_one(source: str) -> None:
    """Silently, with the same numbers."""
    single, arrays = Stage(source, batched=False), Stage(source, batched=True)
    assert arrays.play(60) == single.play(60)
    assert arrays.said == []


def test_few_environments_need_no_arrays() -> None:
    """Making them costs more than it saves."""
    assert Stage(HEAVY, batched=True, num_envs=7).batch is None
    assert Stage(HEAVY, batched=True, num_envs=1).batch is None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return next_obs[:, 0] - next_obs[:, 0].mean()", "the same one alone"),
        ("return next_obs", "shape (8, 4) for 8 transitions"),
        ("return None", "a NoneType"),
        ("return [0.0] * len(obs)", "a list"),
        ("return next_obs[:, 0] / 0", "transition 1 of 8"),
        ("return {'a': next_obs}", "for the term 'a'"),
        ("return {'a b': reward}", "cannot name a term"),
        ("return np.array(['x'] * len(obs))", "array of <U1"),
        ("return next_obs[:, 9]", "IndexError"),
        ("while True: pass", "still running"),
    ],
)
def test_declared_functions_that_go_wrong_are_named(body: str, said: str) -> None:
    """As single ones are."""
    source = f"import numpy as np\n{LONG}    {body}\nreward_function.batched = True\n"
    with pytest.raises(UserCodeError) as caught, np.errstate(all="ignore"):
        Stage(source, batched=True).play(2)
    assert said in caught.value.detail


def test_a_step_that_nobody_settles_is_counted_at_the_next_one() -> None:
    """Backends may step an environment between two steps of all."""
    single, arrays = Stage(HEAVY, batched=False), Stage(HEAVY, batched=True)
    for stage in (single, arrays):
        for number in range(5):
            stage.envs[0].step(number % 2)
    single.play(40)
    arrays.play(40)
    _compare(arrays.episodes, single.episodes)
