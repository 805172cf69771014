"""What a run will write, from a short training of the same settings.

Episodes change their length while the agent learns, and each leaves a row: how many there will
be is the largest doubt. Where trainings of the environment are known, they say.
"""

import math
import tomllib
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

from gymlab.domain.costs import Cost
from gymlab.domain.runs import FIRST_CHECKPOINT_S, PICTURES_PER_RUN
from gymlab.server.estimating.buffers import capacity, transition_bytes
from gymlab.server.estimating.workloads import Workload
from gymlab.supervisor.checkpoint_store import NUM_WHOLE
from gymlab.supervisor.picture_store import BURST, MAX_PER_S

NUM_KEPT_CHECKPOINTS = 10
CHECKPOINT_BYTES = 2 * 1024**2
"""Of one checkpoint, where none was measured."""
CHECKPOINT_NOTES_BYTES = 3_000
"""Manifest, running means and counters beside its weights."""
OTHER_FILES_BYTES = 20_000
"""Specification, state, events, log and replays of a short run."""
FAR_AHEAD = 10.0
"""Where no training is known, episodes come to their last length after so many times what was
measured, at the earliest."""
NEAR = (0.9, 1.0, 1.1)
"""Shares of the expected time: a little later there may be one more checkpoint with its buffer."""
Knots = Sequence[tuple[float, float]]
"""Timesteps and the episodes that had ended by then."""
_KNOWN = Path(__file__).with_name("known_episodes.toml")


def bytes_after(workload: Workload, cost: Cost, duration_s: float) -> float:
    """Return what the run's folder will take.

    Args:
        workload: What is to be trained.
        cost: What a short training of it took.
        duration_s: Expected training time, which decides how many checkpoints there will be.
    """
    return (
        num_episodes(workload, cost) * cost.files.episode_row_bytes
        + workload.timesteps * cost.files.learner_row_bytes_per_timestep * workload.shortened
        + _num_pictures(workload, duration_s) * (cost.files.picture_bytes or 0)
        + fmean(_checkpoints(workload, cost, duration_s * part) for part in NEAR)
        + OTHER_FILES_BYTES
    )


def num_episodes(workload: Workload, cost: Cost) -> float:
    """Return how many episodes will end: those that were seen, and those that follow."""
    seen, now = cost.files.num_episodes, cost.files.episode_length
    done, until = float(max(1, cost.timesteps_done)), float(workload.timesteps)
    if not now:
        return until / (workload.max_episode_steps or math.inf)
    if until <= done:
        return seen * until / done
    known = _known(workload)
    if known is not None:
        return seen + _episodes_by(known, until) - _episodes_by(known, done)
    return seen + _following(done, until, now, _last_length(workload, now))


def _last_length(workload: Workload, now: float) -> float:
    """Between the length now and the time limit, by ratio: agents fail later or succeed sooner."""
    return math.sqrt(now * max(now, workload.max_episode_steps or now))


def _following(done: float, until: float, now: float, last: float) -> float:
    """Return the episodes between two timesteps while their length changes as a power of time."""
    growth = math.log(last / now) / math.log(max(until / done, FAR_AHEAD))
    times = until / done
    if abs(1 - growth) < 1e-6:
        return done / now * math.log(times)
    return done / now * (times ** (1 - growth) - 1) / (1 - growth)


def _known(workload: Workload) -> Knots | None:
    spec = workload.spec
    if spec.env_kwargs or spec.wrappers or spec.environment_code:
        return None
    found = _known_trainings().get(spec.env_id, {}).get(spec.algorithm)
    return found and [(0.0, 0.0), *found]


@cache
def _known_trainings() -> dict[str, dict[str, Any]]:
    return tomllib.loads(_KNOWN.read_text(encoding="utf-8"))


def _episodes_by(knots: Knots, timestep: float) -> float:
    """Interpolate; after the last knot episodes go on as before it."""
    pairs = list(pairwise(knots))
    (t0, e0), (t1, e1) = next((pair for pair in pairs if timestep <= pair[1][0]), pairs[-1])
    return e0 + (e1 - e0) * (timestep - t0) / (t1 - t0)


def _num_pictures(workload: Workload, duration_s: float) -> float:
    """One at the first safe point after every hundredth of the budget, as fast as they are kept."""
    model, values = workload.algorithm.memory, workload.spec.hyperparameters
    rollout = 0.0 if model.rollout_length_field is None else capacity(model, values)
    every = max(1.0, workload.spec.total_timesteps / PICTURES_PER_RUN, rollout)
    return min(
        1 + PICTURES_PER_RUN, 1 + workload.timesteps // every, BURST + MAX_PER_S * duration_s
    )


def _checkpoints(workload: Workload, cost: Cost, duration_s: float) -> float:
    made = _made(workload, duration_s)
    whole = sum(_transient_bytes(workload, cost, timestep) for timestep in made[-NUM_WHOLE:])
    one = cost.files.checkpoint_bytes
    lasting = CHECKPOINT_BYTES if one is None else one + CHECKPOINT_NOTES_BYTES
    return min(NUM_KEPT_CHECKPOINTS, len(made)) * lasting + whole


def _made(workload: Workload, duration_s: float) -> list[float]:
    """Return when checkpoints are made, in timesteps; of very many, the latest."""
    spec, timesteps = workload.spec, float(workload.timesteps)
    first_s = min(FIRST_CHECKPOINT_S, spec.checkpoint_every_s)
    made: set[float] = {timesteps}
    if duration_s > first_s:
        per_second = timesteps / duration_s
        last = int((duration_s - first_s) / spec.checkpoint_every_s)
        numbers = range(max(0, last - NUM_KEPT_CHECKPOINTS), last + 1)
        made |= {(first_s + spec.checkpoint_every_s * idx) * per_second for idx in numbers}
    if (every := spec.checkpoint_every_timesteps) is not None:
        last = workload.timesteps // every
        made |= {float(every * idx) for idx in range(max(1, last - NUM_KEPT_CHECKPOINTS), last + 1)}
    return sorted(made)


def _transient_bytes(workload: Workload, cost: Cost, timestep: float) -> float:
    """Return what training continues from at a timestep: a replay buffer grows until it is full."""
    files, model = cost.files, workload.algorithm.memory
    if model.buffer_size_field is None:
        return files.transient_bytes
    planned = capacity(model, workload.spec.hyperparameters)
    measured = capacity(model, workload.small().hyperparameters)
    growth = files.transient_bytes_per_timestep
    if growth is None:
        growth = transition_bytes(model, workload.observed, workload.acted)
    fixed = files.transient_bytes - growth * min(measured, files.checkpoint_timestep)
    stored = min(planned, timestep + workload.first_timestep)
    grown = growth * stored
    if model.largest_saved_bytes is not None and grown > model.largest_saved_bytes:
        grown = 0.0
    return max(0.0, fixed) + grown
