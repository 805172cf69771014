"""A user's evaluation over a few episodes with random actions."""

import time
from typing import Any

from gymlab.domain.code import SourceCode
from gymlab.envs.judging.episodes import EpisodeRecording, RecordedEpisode
from gymlab.envs.judging.function import EvaluationFunction
from gymlab.errors import UserCodeError
from gymlab.protocol.worker import StartTrial
from gymlab.worker.trying.findings import place_of, without_place
from gymlab.worker.trying.playing import AnyEnv, seed_of, trial_env

MAX_TIMESTEPS = 1000
BUDGET_S = 1.0


def try_evaluation(code: SourceCode, message: StartTrial) -> dict[str, Any]:
    """Play episodes with random actions and let the code judge them.

    Returns:
        An `EvaluationTrial` without what was printed.

    Raises:
        UserCodeError: The source cannot be loaded.
    """
    function = EvaluationFunction(code)
    env = trial_env(message)
    problems: list[dict[str, Any]] = []
    metrics: dict[str, float | None] = {}
    deadline = time.monotonic() + BUDGET_S
    try:
        episodes = [
            recorded(env, seed_of(message, episode), deadline)
            for episode in range(message.num_episodes)
        ]
        metrics = function(episodes)
    except UserCodeError as error:
        problems.append(_problem("failed", error.detail, error.hint, error.line))
    env.close()
    for name, value in metrics.items():
        if value is None:
            hint = "Look for a mean of nothing, and for a division by 0."
            problems.append(_problem("not_finite", f"`{name}` is not finite.", hint, None))
    return {"kind": "evaluation", "metrics": metrics, "problems": problems, "printed": ""}


def recorded(env: AnyEnv, seed: int, deadline: float) -> RecordedEpisode:
    """Play one episode with random actions and record it."""
    env.action_space.seed(seed)
    recording = EpisodeRecording(seed)
    recording.begins(env.reset(seed=seed)[0])
    for _ in range(MAX_TIMESTEPS):
        action = env.action_space.sample()
        step: Any = env.step(action)
        recording.add(action, step)
        if step[2] or step[3] or time.monotonic() > deadline:
            break
    return recording.finish()


def _problem(code: str, detail: str, hint: str | None, line: str | None) -> dict[str, Any]:
    number, file = place_of(line)
    return {
        "line": number,
        "file": file,
        "severity": "warning" if code == "not_finite" else "error",
        "code": code,
        "message": without_place(detail),
        "hint": hint,
    }
