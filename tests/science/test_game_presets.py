"""The tuned presets of our own games learn them: well above what chance and doing nothing give."""

import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from gymlab.domain.runs import RunSpec
from gymlab.runner_api.rehearsal import RehearsalContext, greedy_return
from gymlab.runner_api.runner import Runner

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

NUM_EPISODES = 50
EVALUATION_SEED = 1_000_000
SEED = 7
BARS = {
    # Coasting returns 217, a hand-written rule 368.
    ("ppo", "gymlab/Orbit-v0"): 320.0,
    # A random snake returns -0.8.
    ("ppo", "gymlab/Snake-v0"): 14.0,
    ("dqn", "gymlab/Snake-v0"): 11.0,
    # Random moves return -1.5, three crossings without delay 2.8.
    ("ppo", "gymlab/Crossing-v0"): 1.4,
    ("dqn", "gymlab/Crossing-v0"): 1.7,
    # Random moves return -0.9; the greedy policy may walk in circles, so the drawn one is judged.
    ("ppo", "gymlab/Lantern-v0"): 0.35,
    # Ten moves, none of them wasted.
    ("ppo", "gymlab/GridWorld-v0"): 0.9,
    ("dqn", "gymlab/GridWorld-v0"): 0.9,
}


def presets_of(runner: str) -> dict[str, list[dict[str, Any]]]:
    """Return the presets of a runner's file."""
    folder = Path(str(import_module(f"gymlab.runners.{runner}").__file__)).parent
    return tomllib.loads((folder / "presets.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("runner_id", ["native", "turbo", "sb3"])
@pytest.mark.parametrize(("algorithm", "env_id"), BARS, ids=str)
def test_a_preset_learns_its_game(runner_id: str, algorithm: str, env_id: str) -> None:
    """With a seed that it was not chosen with."""
    (preset,) = [one for one in presets_of(runner_id)[algorithm] if one.get("env_id") == env_id]
    spec = RunSpec(
        run_id="science",
        env_id=env_id,
        runner=runner_id,
        algorithm=algorithm,
        hyperparameters=preset["hyperparameters"],
        total_timesteps=preset["total_timesteps"],
        seed=SEED,
    )
    runner: Runner = import_module(f"gymlab.runners.{runner_id}.runner").RUNNER
    context = RehearsalContext(spec)
    runner.train(context)
    bar = BARS[algorithm, env_id]
    if env_id == "gymlab/Lantern-v0":
        latest = [episode.episode_return or 0.0 for episode in context.record.episodes[-200:]]
        assert sum(latest) / len(latest) >= bar
        return
    members = context.record.checkpoints[-1].members.durable
    reached = greedy_return(
        runner, spec, members, range(EVALUATION_SEED, EVALUATION_SEED + NUM_EPISODES)
    )
    assert reached >= bar - 1e-9


@pytest.mark.parametrize("runner_id", ["native", "turbo", "sb3"])
def test_every_preset_of_a_game_is_judged(runner_id: str) -> None:
    """None is offered that nobody tried."""
    found = {
        (algorithm, preset["env_id"])
        for algorithm, presets in presets_of(runner_id).items()
        for preset in presets
        if str(preset.get("env_id", "")).startswith("gymlab/")
    }
    assert found == set(BARS)
