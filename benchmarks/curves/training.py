"""Train one seed of one curve, without a server: the runner itself, counted as a run is."""

from collections.abc import Sequence
from importlib import import_module
from statistics import fmean

from benchmarks.curves.lines import Json, Line
from benchmarks.curves.records import NUM_PARTS, Learned, digest_of
from gymlab.domain.runs import Device, RunSpec
from gymlab.runner_api.rehearsal import RehearsalContext, greedy_return
from gymlab.runner_api.runner import Runner
from gymlab.runner_api.tracking import FinishedEpisode

NUM_EPISODES = 50
EVALUATION_SEED = 1_000_000
Ended = tuple[int, float]
"""Timestep and return of an episode."""


class Counting(RehearsalContext):
    """Keeps when each episode ended."""

    def __init__(self, spec: RunSpec) -> None:
        """Prepare a training."""
        super().__init__(spec)
        self.ended: list[Ended] = []

    def _episode_ended(self, episode: FinishedEpisode) -> None:
        super()._episode_ended(episode)
        timestep = self.counters.timestep if episode.timestep is None else episode.timestep
        if episode.episode_return is not None:
            self.ended.append((timestep, episode.episode_return))


def learn(line: Line, seed: int, *, total_timesteps: int | None = None) -> Learned:
    """Train the tuned preset and play its last policy greedily.

    Args:
        line: What is trained.
        seed: Of everything.
        total_timesteps: Another budget than the preset's, to try things out.
    """
    preset: Json = dict(line.preset)
    if total_timesteps is not None:
        preset["total_timesteps"] = total_timesteps
    spec = RunSpec(
        run_id="curves",
        env_id=line.env_id,
        runner=line.runner,
        algorithm=line.algorithm,
        hyperparameters=preset["hyperparameters"],
        total_timesteps=preset["total_timesteps"],
        seed=seed,
        device=Device.CPU,
    )
    runner: Runner = import_module(f"gymlab.runners.{line.runner}.runner").RUNNER
    context = Counting(spec)
    runner.train(context)
    members = context.record.checkpoints[-1].members.durable
    return Learned(
        runner=line.runner,
        algorithm=line.algorithm,
        env_id=line.env_id,
        seed=seed,
        preset=digest_of(preset),
        timesteps=spec.total_timesteps,
        returns=parts_of(context.ended, spec.total_timesteps),
        greedy_return=round(
            greedy_return(
                runner, spec, members, num_episodes=NUM_EPISODES, first_seed=EVALUATION_SEED
            ),
            3,
        ),
        versions=dict(runner.versions()),
    )


def parts_of(ended: Sequence[Ended], total_timesteps: int) -> list[float | None]:
    """Return the mean return of the episodes that ended in each part of the budget."""
    parts: list[list[float]] = [[] for _ in range(NUM_PARTS)]
    for timestep, episode_return in ended:
        # What ends with the last timestep of a part belongs to it.
        place = (max(timestep, 1) - 1) * NUM_PARTS // total_timesteps
        parts[min(place, NUM_PARTS - 1)].append(episode_return)
    return [round(fmean(part), 3) if part else None for part in parts]
