"""Which training episodes are sent, and that they can be played again."""

from typing import Any

import msgspec
import numpy as np

from gymlab.domain.replays import ReplayKind
from gymlab.envs.making import make_env
from gymlab.protocol.framing import replay_reader
from gymlab.protocol.parts import EpisodeRow
from gymlab.protocol.replays import ReplayRequest
from gymlab.protocol.worker import Replay
from gymlab.runner_api.tracking import FinishedEpisode, RunCounters, TrackedEnv
from gymlab.worker.playback import play_again, serve_replays
from gymlab.worker.replays import ReplaySampler


def episodes_of(env_id: str, count: int, **kwargs: Any) -> list[FinishedEpisode]:
    """Play some episodes at random; only the first is seeded."""
    finished: list[FinishedEpisode] = []
    env = TrackedEnv(make_env(env_id, kwargs), RunCounters(), 0, finished.append)
    env.action_space.seed(5)
    env.reset(seed=5)
    while len(finished) < count:
        _, _, terminated, truncated, _ = env.step(env.action_space.sample())
        if terminated or truncated:
            env.reset()
    return finished


def row_of(number: int, finished: FinishedEpisode) -> EpisodeRow:
    """Return the row of an episode."""
    return EpisodeRow(
        timestep=number,
        timestamp=0.0,
        wall_time_s=0.0,
        episode=number,
        env_index=0,
        episode_return=finished.episode_return,
        episode_length=finished.episode_length,
        terminated=finished.terminated,
        truncated=finished.truncated,
        termination=finished.termination,
    )


def test_first_records_examples_every_and_last_are_sent() -> None:
    """And no other episode."""
    sent: list[Replay] = []
    sampler = ReplaySampler(sent.append, now=lambda: 0.0)
    episodes = episodes_of("gymlab/Snake-v0", 250)
    for number, finished in enumerate(episodes, start=1):
        sampler.episode(finished, row_of(number, finished))
    sampler.close()
    by_kind = {kind: [m.row.episode for m in sent if kind in m.kinds] for kind in ReplayKind}
    assert by_kind[ReplayKind.FIRST] == [1]
    assert by_kind[ReplayKind.EVERY] == [100, 200]
    assert by_kind[ReplayKind.LAST] == [250]
    assert len(by_kind[ReplayKind.RECORD]) == 1
    reasons = {finished.termination for finished in episodes}
    assert len(by_kind[ReplayKind.TERMINATION]) == len(reasons)


def test_every_game_is_played_again_exactly() -> None:
    """From the generator's state where the reset had no seed; to the same return and ending."""
    for env_id in (
        "gymlab/Snake-v0",
        "gymlab/Orbit-v0",
        "gymlab/Lantern-v0",
        "gymlab/Crossing-v0",
        "gymlab/GridWorld-v0",
    ):
        for finished in episodes_of(env_id, 3):
            assert finished.record is not None
            content = msgspec.json.encode(finished.record.plain())
            played = play_again(ReplayRequest(env_id, {}, msgspec.json.decode(content)))
            assert (played.is_exact, played.error, played.note) == (True, None, None)
            assert len(played.states) == finished.episode_length + 1
            total = sum(reward or 0.0 for reward in played.rewards)
            assert total == finished.episode_return
            ending = played.states[-1]["termination"] or "time_limit"
            assert ending == finished.termination


def test_reasons_are_told_for_every_environment() -> None:
    """A time limit is told from an end of the problem itself."""
    (lake,) = episodes_of("FrozenLake-v1", 1)
    (pendulum,) = episodes_of("Pendulum-v1", 1, max_episode_steps=5)
    assert lake.termination == "terminated"
    assert pendulum.termination == "time_limit"


def test_hostile_requests_are_answered() -> None:
    """Nothing a run's folder holds ends the player or makes it run anything."""
    answers: list[bytes] = []
    record = {"seed": 1, "options": {"plain": None}, "actions": {"numbers": [0]}, "digest": ""}

    def request(env_id: str = "gymlab/Snake-v0", kwargs: Any = None, **changes: Any) -> str:
        whole = {"env_id": env_id, "env_kwargs": kwargs or {}, "record": {**record, **changes}}
        return msgspec.json.encode(whole).decode()

    lines = [
        "{",
        "[" * 100_000,
        "{}",
        request("CartPole-v1"),
        request("os:system"),
        request(kwargs={"size": 10_000}),
        request(actions={"numbers": ["x"]}),
        request(actions={"numbers": [99]}),
        request(actions=None),
        request(seed=-5),
        request(seed=None),
        request(seed=None, generator={"bit_generator": "os.system"}),
        request(options={"plain": {"a": 1}}),
        request(actions={"arrays": {"array": "AAAA", "dtype": "O", "shape": [1]}}),
        request(actions={"arrays": {"array": "AAAA", "dtype": "<i8", "shape": [10**12]}}),
    ]
    serve_replays(lines, answers.append)
    found = list(replay_reader().feed(b"".join(answers)))
    assert len(found) == len(lines)
    assert all(answer.error or answer.note for answer in found)


def test_an_action_of_numpy_comes_back_in_its_type() -> None:
    """Continuous ones included."""
    (finished,) = episodes_of("gymlab/Orbit-v0", 1, max_episode_steps=4)
    assert finished.record is not None
    assert all(isinstance(action, np.ndarray) for action in finished.record.actions)
