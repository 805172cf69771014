"""Train one seed of one curve, without a server: the runner itself, counted as a run is."""

from collections.abc import Sequence
from importlib import import_module
from statistics import fmean

from benchmarks.curves.lines import Json, Line
from benchmarks.curves.records import NUM_PARTS, Learned, digest_of
from gymlab.domain.runs import Device, RunSpec
from gymlab.runner_api.rehearsal import RehearsalContext, greedy_return
from gymlab.runner_api.runner import Members, Runner
from gymlab.runner_api.tracking import FinishedEpisode

NUM_EPISODES = 50
EVALUATION_SEED = 1_000_000
FEWEST = 20
"""Episodes behind a number of a curve, as far as there were so many."""
FORGETFUL = ("dqn",)
"""Algorithms that forget what they knew, so that their best checkpoint is judged too."""
NUM_CHECKPOINTS = 20
NUM_CHOOSING = 10
"""Greedy episodes on which the best checkpoint is chosen."""
Ended = tuple[int, float]
"""Timestep and return of an episode."""


class Counting(RehearsalContext):
    """Keeps when each episode ended."""

    def __init__(self, spec: RunSpec) -> None:
        """Prepare a training."""
        super().__init__(spec, checkpoint_every=spec.checkpoint_every_timesteps)
        self.ended: list[Ended] = []

    def _episode_ended(self, episode: FinishedEpisode) -> None:
        super()._episode_ended(episode)
        timestep = self.counters.timestep if episode.timestep is None else episode.timestep
        if episode.episode_return is not None:
            self.ended.append((timestep, episode.episode_return))


def runner_of(line: Line) -> Runner:
    """Return the engine of a curve."""
    found: Runner = import_module(f"gymlab.runners.{line.runner}.runner").RUNNER
    return found


def train(line: Line, seed: int, *, total_timesteps: int | None = None) -> Counting:
    """Train the tuned preset; return what it left.

    Args:
        line: What is trained.
        seed: Of everything.
        total_timesteps: Another budget than the preset's.
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
        checkpoint_every_timesteps=(
            max(1, preset["total_timesteps"] // NUM_CHECKPOINTS)
            if line.algorithm in FORGETFUL
            else None
        ),
    )
    context = Counting(spec)
    runner_of(line).train(context)
    return context


def learn(line: Line, seed: int, *, total_timesteps: int | None = None) -> Learned:
    """Train the tuned preset and play its last policy greedily.

    Args:
        line: What is trained.
        seed: Of everything.
        total_timesteps: Another budget than the preset's, to try things out.
    """
    context = train(line, seed, total_timesteps=total_timesteps)
    runner, spec = runner_of(line), context.spec
    policies = [saved.members.durable for saved in context.record.checkpoints]

    def judged(policy: Members, num_episodes: int, first_seed: int) -> float:
        return greedy_return(runner, spec, policy, range(first_seed, first_seed + num_episodes))

    best = None
    if line.algorithm in FORGETFUL:
        chosen = max(policies, key=lambda policy: judged(policy, NUM_CHOOSING, 0))
        best = round(judged(chosen, NUM_EPISODES, EVALUATION_SEED), 3)
    return Learned(
        runner=line.runner,
        algorithm=line.algorithm,
        env_id=line.env_id,
        seed=seed,
        preset=digest_of({**line.preset, "total_timesteps": spec.total_timesteps}),
        timesteps=spec.total_timesteps,
        returns=parts_of(context.ended, spec.total_timesteps),
        greedy_return=round(judged(policies[-1], NUM_EPISODES, EVALUATION_SEED), 3),
        best_return=best,
        versions=dict(runner.versions()),
    )


def parts_of(ended: Sequence[Ended], total_timesteps: int) -> list[float | None]:
    """Return the mean return of the episodes that ended in each part of the budget.

    Where fewer than 20 did, the latest 20 count, or all until then.
    """
    found: list[float | None] = []
    first = last = 0
    for part in range(1, NUM_PARTS + 1):
        # What ends with the last timestep of a part belongs to it, what ends later to the last.
        limit = total_timesteps * part / NUM_PARTS if part < NUM_PARTS else float("inf")
        while last < len(ended) and ended[last][0] <= limit:
            last += 1
        latest = ended[max(0, min(first, last - FEWEST)) : last]
        found.append(round(fmean(value for _, value in latest), 3) if latest else None)
        first = last
    return found
