"""Evaluations during training, on the training thread, that leave training as it was."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gymlab.domain.runs import PeriodicEvaluation, RunSpec
from gymlab.evaluation.aggregates import interquartile_mean, mean
from gymlab.evaluation.returns import interval_of_mean, standard_deviation
from gymlab.evaluation.seeds import periodic_seeds
from gymlab.protocol.parts import EpisodeOutcome
from gymlab.runner_api.runner import Members
from gymlab.worker.discovery import find_runner
from gymlab.worker.generators import kept_generators
from gymlab.worker.playing import EpisodePlayer, Play


@dataclass(frozen=True, slots=True)
class Found:
    """What an evaluation during training found."""

    episodes: Sequence[EpisodeOutcome]
    return_mean: float | None
    """None when a return was no finite number."""
    is_high_enough: bool
    """Whether training may end: the return that was wished for is reached."""

    @property
    def metrics(self) -> dict[str, float]:
        """House name -> value."""
        count = len(self.episodes)
        metrics = {"eval/episode_length": sum(row.episode_length for row in self.episodes) / count}
        if self.return_mean is None:
            return {**metrics, "eval/episode_return": math.nan}
        returns = np.array([row.episode_return for row in self.episodes], dtype=np.float64)
        metrics["eval/episode_return"] = self.return_mean
        metrics["eval/return_iqm"] = float(interquartile_mean(returns))
        deviation, interval = standard_deviation(returns), interval_of_mean(returns)
        if deviation is not None and interval is not None:
            metrics["eval/return_std"] = deviation
            metrics["eval/return_ci_low"], metrics["eval/return_ci_high"] = interval
        return metrics

    @property
    def sentence(self) -> str:
        """What it found, in one line."""
        count = len(self.episodes)
        over = "1 episode" if count == 1 else f"{count} episodes"
        if self.return_mean is None:
            return f"Evaluation: a return of {over} is no finite number"
        return f"Evaluation: mean return {self.return_mean:,.2f} over {over}"


class PeriodicEvaluator:
    """Plays the policy of a safe point greedily, in environments and with seeds of its own."""

    def __init__(self, spec: RunSpec, timestep: int) -> None:
        """Prepare.

        Args:
            spec: The run's specification; without `evaluation` nothing is ever due.
            timestep: Timesteps that the run continues from. What was due up to there was done:
                an evaluation comes before the checkpoint of the same safe point.
        """
        self._spec = spec
        self._plan = spec.evaluation
        self._done_until = timestep

    def is_due(self, timestep: int) -> bool:
        """Tell whether a multiple of the spacing was passed since the last evaluation."""
        plan = self._plan
        return plan is not None and (
            timestep // plan.every_timesteps > self._done_until // plan.every_timesteps
        )

    def evaluate(
        self, members: Members, timestep: int, between_timesteps: Callable[[], object]
    ) -> Found:
        """Play.

        Args:
            members: The policy's files.
            timestep: Timesteps done.
            between_timesteps: Called in every state; whatever it raises ends the evaluation.
        """
        plan = self._plan
        assert plan is not None  # noqa: S101 - nothing is due without one
        with kept_generators():
            episodes = self._play(plan, members, timestep, between_timesteps)
        self._done_until = timestep
        returns = [row.episode_return for row in episodes if row.episode_return is not None]
        is_finite = len(returns) == len(episodes)
        found = float(mean(np.array(returns, dtype=np.float64))) if is_finite else None
        wished = plan.stop_at_return
        is_high_enough = found is not None and wished is not None and found >= wished
        return Found(episodes, found, is_high_enough)

    def _play(
        self,
        plan: PeriodicEvaluation,
        members: Members,
        timestep: int,
        between_timesteps: Callable[[], object],
    ) -> list[EpisodeOutcome]:
        runner = find_runner(self._spec.runner).load()
        actor = runner.load_actor(self._spec, members)
        rows: list[EpisodeOutcome] = []
        seeds = periodic_seeds(self._spec.seed, timestep, plan.num_episodes)
        for index, seed in enumerate(seeds):
            env = runner.make_env(self._spec, render_mode=None)
            try:
                player = EpisodePlayer(env, actor, Play(index + 1, seed, deterministic=True))
                rows.append(player.run(between_timesteps))
            finally:
                env.close()
        return rows
