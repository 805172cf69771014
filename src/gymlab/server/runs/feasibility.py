"""What a run will take, and whether this machine has it."""

from dataclasses import dataclass
from pathlib import Path

from gymlab.domain.environments import SpaceInfo
from gymlab.errors import FieldProblem
from gymlab.server import machine
from gymlab.server.runs.draft import Draft
from gymlab.server.runs.schemas import Check, Estimate, Preflight, Problem
from gymlab.supervisor.checkpoint_store import NUM_WHOLE

WORKER_BYTES = 450 * 1024**2
"""A worker with its libraries, before any buffer."""
USABLE_SHARE = 0.9
BYTES_BESIDE_OBSERVATION = 16
"""Reward, flags and bookkeeping of one stored transition."""
ROW_BYTES = 330
TIMESTEPS_PER_EPISODE = 200
CHECKPOINT_BYTES = 2 * 1024**2
NUM_KEPT_CHECKPOINTS = 10
MIN_FREE_DISK = 200 * 1024**2
LOW_FREE_DISK = 2 * 1024**3
LONG_S = 12 * 3600.0
MIN_PICTURE_SIDE = 36
"""Smaller pictures are read without convolutions."""
PICTURE_SLOWDOWN = 20.0
"""How much slower a CPU trains the convolutions that pictures need than a small network."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the checks must know beside the draft."""

    home: Path
    num_busy: int
    num_queued: int
    max_runs: int
    measured_speed: float | None
    """Timesteps per second of earlier runs of the same pair."""
    has_accelerator: bool
    """Whether this machine has a GPU that runs may use."""
    num_runs: int = 1
    """Runs that are to be made of the draft."""


def preflight(draft: Draft, around: Surroundings) -> Preflight:
    """Check a draft against this machine; adds what is found to the draft's problems."""
    needed = _memory(draft)
    estimate = Estimate(
        duration_s=_duration(draft, around),
        memory_bytes=WORKER_BYTES + needed if draft.algorithm is not None else None,
        disk_bytes=around.num_runs * _disk(draft),
    )
    checks = [
        _check_spaces(draft),
        _check_dependencies(draft),
        _check_device(draft, around),
        _check_disk(around, estimate),
        _check_memory(draft, needed),
        _check_queue(around),
        _check_duration(estimate, around),
    ]
    is_ok = not draft.problems and all(check.status != "error" for check in checks)
    return Preflight(
        ok=is_ok,
        problems=[
            Problem(field=item.field, code=item.code, detail=item.detail, hint=item.hint)
            for item in draft.problems
        ],
        checks=checks,
        estimate=estimate,
    )


def _named(draft: Draft, codes: set[str]) -> FieldProblem | None:
    return next((problem for problem in draft.problems if problem.code in codes), None)


def _check_spaces(draft: Draft) -> Check:
    problem = _named(draft, {"action_space", "observation_space"})
    if problem is not None:
        return Check(id="spaces", status="error", detail=problem.detail, hint=problem.hint)
    if draft.env is None or draft.algorithm is None or draft.env.action_space is None:
        return Check(id="spaces", status="warning", detail="Choose environment and algorithm.")
    return Check(
        id="spaces",
        status="ok",
        detail=f"{draft.algorithm.title} fits {draft.env.action_space.text} actions.",
    )


def _check_dependencies(draft: Draft) -> Check:
    codes = {"environment_unavailable", "runner_unavailable", "unknown_environment",
             "unknown_runner", "unknown_algorithm"}  # fmt: skip
    problem = _named(draft, codes)
    if problem is not None:
        return Check(id="dependencies", status="error", detail=problem.detail, hint=problem.hint)
    return Check(id="dependencies", status="ok", detail="Everything it needs is installed.")


def _check_device(draft: Draft, around: Surroundings) -> Check:
    wanted = draft.device.value
    if wanted in {"auto", "cpu"} and not around.has_accelerator:
        return _check_cpu_only(draft)
    if machine.has_device(wanted):
        detail = "Chosen at the start." if wanted == "auto" else f"{wanted} is there."
        return Check(id="device", status="ok", detail=detail)
    draft.refuse("device", "device_missing", f"This machine has no {wanted} device.", "Use auto.")
    return Check(
        id="device",
        status="error",
        detail=f"This machine has no {wanted} device.",
        hint="Use auto.",
    )


def _check_cpu_only(draft: Draft) -> Check:
    if _sees_pictures(draft):
        return Check(
            id="device",
            status="warning",
            detail="No GPU here: learning from pictures is slow on the CPU.",
            hint="Begin with the preset `fast` or fewer timesteps.",
        )
    detail = "No GPU here, and none is needed: the CPU trains small networks well."
    return Check(id="device", status="ok", detail=detail)


def _check_disk(around: Surroundings, estimate: Estimate) -> Check:
    free = machine.free_disk(around.home)
    needed = estimate.disk_bytes or 0
    detail = f"About {size_text(needed)} of {size_text(free)} free."
    if around.num_runs > 1:
        detail = f"About {size_text(needed)} for {around.num_runs} runs of {size_text(free)} free."
    if free < MIN_FREE_DISK or free < needed:
        return Check(id="disk", status="error", detail=detail, hint="Free some space.")
    if free < LOW_FREE_DISK or free < 2 * needed:
        return Check(id="disk", status="warning", detail=detail, hint="It may become full.")
    return Check(id="disk", status="ok", detail=detail)


def _check_memory(draft: Draft, needed: int) -> Check:
    room = int(machine.available_memory() * USABLE_SHARE) - WORKER_BYTES
    detail = f"About {size_text(WORKER_BYTES + needed)} of {size_text(room + WORKER_BYTES)} free."
    if needed <= room:
        return Check(id="memory", status="ok", detail=detail)
    if needed == 0:
        return Check(id="memory", status="warning", detail=detail, hint="Stop another run first.")
    hint = _refuse_buffer(draft, needed, max(0, room))
    return Check(id="memory", status="error", detail=detail, hint=hint)


def _refuse_buffer(draft: Draft, needed: int, room: int) -> str:
    assert draft.algorithm is not None  # noqa: S101
    memory = draft.algorithm.memory
    name = memory.buffer_size_field or memory.rollout_length_field or "num_envs"
    value = draft.hyperparameters.get(name, 0)
    fitting = int(value * room / needed)
    hint = f"At most {fitting:,} would fit."
    draft.refuse(
        f"hyperparameters.{name}",
        "does_not_fit",
        f"{name} {value:,} needs {size_text(needed)} of memory; {size_text(room)} are free.",
        hint,
    )
    return f"{name}: {hint[0].lower()}{hint[1:]}"


def _check_queue(around: Surroundings) -> Check:
    if around.num_busy < around.max_runs and around.num_queued == 0:
        return Check(id="queue", status="ok", detail="It starts at once.")
    place = around.num_queued + 1
    return Check(
        id="queue",
        status="warning",
        detail=f"{around.num_busy} of {around.max_runs} places are taken; it waits at place {place}.",
        hint="GYMLAB_MAX_RUNS sets how many runs train at the same time.",
    )


def _check_duration(estimate: Estimate, around: Surroundings) -> Check:
    if estimate.duration_s is None:
        return Check(id="duration", status="ok", detail="Not known yet.")
    source = "as earlier runs" if around.measured_speed else "a rough guess"
    detail = f"About {duration_text(estimate.duration_s)} ({source})."
    if estimate.duration_s > LONG_S:
        hint = "Fewer timesteps or the preset `fast` show first results sooner."
        return Check(id="duration", status="warning", detail=detail, hint=hint)
    return Check(id="duration", status="ok", detail=detail)


def _number(draft: Draft, name: str | None, default: float = 0) -> float:
    value = draft.hyperparameters.get(name, default) if name is not None else default
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return max(0.0, float(value)) if is_number and abs(value) < 1e18 else default


def _memory(draft: Draft) -> int:
    """Return the bytes of the buffers that the hyperparameters ask for."""
    if draft.algorithm is None or draft.env is None:
        return 0
    model = draft.algorithm.memory
    observation = draft.observed
    action = draft.env.action_space
    observation_bytes = (observation.size_bytes if observation else None) or 64
    action_bytes = (action.size_bytes if action else None) or 8
    transition = action_bytes + BYTES_BESIDE_OBSERVATION
    if model.buffer_size_field is not None:
        size = _number(draft, model.buffer_size_field)
        return int(size * (model.buffer_observation_copies * observation_bytes + transition))
    if model.rollout_length_field is not None:
        size = _number(draft, model.rollout_length_field) * _number(draft, model.num_envs_field, 1)
        return int(size * (observation_bytes + transition + BYTES_BESIDE_OBSERVATION))
    return 0


def _duration(draft: Draft, around: Surroundings) -> float | None:
    speed = around.measured_speed
    if speed is None and draft.algorithm is not None:
        speed = draft.algorithm.timesteps_per_second
        if speed and _sees_pictures(draft) and not around.has_accelerator:
            speed /= PICTURE_SLOWDOWN
    return round(max(0, draft.total_timesteps - draft.first_timestep) / speed, 1) if speed else None


def _sees_pictures(draft: Draft) -> bool:
    space = draft.observed
    if space is None:
        return False
    parts = space.spaces.values() if space.spaces else (space,)
    return any(_is_picture(part) for part in parts)


def _is_picture(space: SpaceInfo) -> bool:
    shape = space.shape or []
    return space.dtype == "uint8" and len(shape) == 3 and sorted(shape)[1] >= MIN_PICTURE_SIDE


def _disk(draft: Draft) -> int:
    episode = (draft.env.max_episode_steps if draft.env else None) or TIMESTEPS_PER_EPISODE
    rows = draft.total_timesteps / max(1, min(episode, TIMESTEPS_PER_EPISODE))
    return int(rows * ROW_BYTES) + NUM_KEPT_CHECKPOINTS * CHECKPOINT_BYTES + _saved_buffers(draft)


def _saved_buffers(draft: Draft) -> int:
    """Return what the replay buffers of the latest checkpoints take; a too large one is not saved."""
    model = draft.algorithm.memory if draft.algorithm is not None else None
    if model is None or model.buffer_size_field is None or model.largest_saved_bytes is None:
        return 0
    share = min(1.0, draft.total_timesteps / max(1.0, _number(draft, model.buffer_size_field, 1)))
    size = int(_memory(draft) * share)
    return NUM_WHOLE * size if size <= model.largest_saved_bytes else 0


def size_text(size: int) -> str:
    """Return a size for people."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if abs(value) < 1000 or unit == "TB":
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} PB"


def duration_text(seconds: float) -> str:
    """Return a duration for people."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
