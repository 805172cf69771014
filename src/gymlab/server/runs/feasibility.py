"""Whether this machine has what a run will take."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from gymlab.domain.costs import Basis
from gymlab.domain.runs import Device
from gymlab.errors import FieldProblem
from gymlab.server import machine
from gymlab.server.estimating.buffers import ENV_BYTES, buffer_bytes, env_bytes, number
from gymlab.server.estimating.estimate import Prediction
from gymlab.server.estimating.guessing import sees_pictures
from gymlab.server.estimating.sizes import WORKER_BYTES
from gymlab.server.runs.draft import Draft
from gymlab.server.runs.estimates import estimate_of
from gymlab.server.runs.schemas import Check, Estimate, Preflight, Problem
from gymlab.server.texts import duration_text, size_text

USABLE_SHARE = 0.9
MIN_FREE_DISK = 200 * 1024**2
LOW_FREE_DISK = 2 * 1024**3
SMALL_BYTES = 32 * 1024**2
"""Less than this is not what makes a run too large: the machine is full."""
LONG_S = 12 * 3600.0
WEAK = frozenset({None, Basis.SIMILAR, Basis.GUESS})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the checks must know beside the draft."""

    home: Path
    num_busy: int
    num_queued: int
    max_runs: int
    has_accelerator: bool
    """Whether this machine has a GPU that runs may use."""
    prediction: Prediction | None = None
    """What the run will take; None while environment or algorithm are not known."""
    num_runs: int = 1
    """Runs that are to be made of the draft."""
    device_setting: str | None = None
    """The setting that decided on the device; None where the request did."""
    calibration_id: str | None = None
    """The measurement of exactly these settings that waits or is under way."""
    may_calibrate: bool = False
    """Whether the web app may have settings measured unasked."""


def preflight(draft: Draft, around: Surroundings) -> Preflight:
    """Check a draft against this machine; adds what is found to the draft's problems."""
    estimate = estimate_of(
        around.prediction, num_runs=around.num_runs, calibration_id=around.calibration_id
    )
    checks = [
        _check_spaces(draft),
        _check_dependencies(draft),
        _check_device(draft, around),
        *_check_stepping(draft),
        _check_disk(around, estimate),
        _check_memory(draft, around),
        _check_queue(around),
        _check_duration(estimate),
    ]
    is_ok = not draft.problems and all(check.status != "error" for check in checks)
    is_idle = around.num_busy == 0 and around.num_queued == 0
    return Preflight(
        ok=is_ok,
        problems=[
            Problem(field=item.field, code=item.code, detail=item.detail, hint=item.hint)
            for item in draft.problems
        ],
        checks=checks,
        estimate=estimate.model_copy(
            update={
                "should_calibrate": is_ok
                and is_idle
                and around.may_calibrate
                and around.calibration_id is None
                and estimate.basis in WEAK
            }
        ),
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
        return Check(id="device", status="ok", detail=_device_detail(draft))
    detail, hint = f"This machine has no {wanted} device.", "Use auto."
    if around.device_setting is not None:
        hint = f"Start the server without {around.device_setting}={wanted}."
    draft.refuse("device", "device_missing", detail, hint)
    return Check(id="device", status="error", detail=detail, hint=hint)


def _device_detail(draft: Draft) -> str:
    wanted = draft.device.value
    if draft.may_use_card:
        return "cuda: a network of this size or kind trains faster on the graphics card."
    if wanted == "auto" and not machine.is_accelerated(wanted):
        if draft.runner is not None and Device.CUDA not in draft.runner.manifest.devices:
            return "cpu: this runner uses no other."
        return "cpu: a network as small as this one trains faster there than on the GPU."
    return "Chosen at the start." if wanted == "auto" else f"{wanted} is there."


def _check_cpu_only(draft: Draft) -> Check:
    if sees_pictures(draft.observed):
        return Check(
            id="device",
            status="warning",
            detail="No GPU here: learning from pictures is slow on the CPU.",
            hint="Begin with the preset `fast` or fewer timesteps.",
        )
    detail = "No GPU here, and none is needed: the CPU trains small networks well."
    return Check(id="device", status="ok", detail=detail)


def _check_stepping(draft: Draft) -> list[Check]:
    """Say what steps the environments, where the runner has something faster than Python."""
    if draft.runner is None or draft.env is None:
        return []
    manifest, env = draft.runner.manifest, draft.env
    fast = {*manifest.compiled_environments, *manifest.vectorised_environments}
    if not fast:
        return []
    reason = _python_reason(draft, fast)
    if reason is None:
        how = "compiled code" if env.id in manifest.compiled_environments else "NumPy, all at once"
        return [Check(id="stepping", status="ok", detail=f"Environments are stepped by {how}.")]
    detail = (
        f"Environments are stepped in Python, because {reason}: learning is compiled, but stepping "
        "takes as long as with the other engines. Measure tells what that costs."
    )
    return [Check(id="stepping", status="ok", detail=detail)]


def _python_reason(draft: Draft, fast: Collection[str]) -> str | None:
    if draft.environment_code is not None:
        return "the environment is your own code"
    if draft.env is None or draft.env.id not in fast:
        return "this one has no compiled form that equals it"
    if draft.reward_code is not None:
        return "the reward is your own code"
    if draft.wrappers:
        return "it is wrapped"
    return None


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


def _check_memory(draft: Draft, around: Surroundings) -> Check:
    """Compare with what is free; what grows with the hyperparameters is refused, a busy machine is not."""
    worker, added = WORKER_BYTES, 0
    if around.prediction is not None:
        worker, added = around.prediction.worker.bytes, around.prediction.worker.environments
    elif draft.algorithm is not None:
        added = env_bytes(draft.algorithm, draft.hyperparameters)
    room = int(machine.available_memory() * USABLE_SHARE) - worker
    needed = _whole_buffers(draft)
    everything = needed + added
    detail = f"About {size_text(worker + everything)} of {size_text(room + worker)} free."
    if everything <= room:
        return Check(id="memory", status="ok", detail=detail)
    if everything < SMALL_BYTES:
        return Check(id="memory", status="warning", detail=detail, hint="Stop another run first.")
    hint = _refuse_size(draft, needed, added, max(0, room))
    return Check(id="memory", status="error", detail=detail, hint=hint)


def _whole_buffers(draft: Draft) -> int:
    if draft.algorithm is None or draft.env is None:
        return 0
    return buffer_bytes(
        draft.algorithm,
        draft.hyperparameters,
        observed=draft.observed,
        acted=draft.env.action_space,
    )


def _refuse_size(draft: Draft, buffers: int, environments: int, room: int) -> str:
    """Blame the hyperparameter that needs most, and say what of it would fit."""
    assert draft.algorithm is not None  # noqa: S101
    memory, values = draft.algorithm.memory, draft.hyperparameters
    num_envs = number(values, memory.num_envs_field, 1)
    name = memory.buffer_size_field or memory.rollout_length_field
    if name is None or environments > buffers or _is_crowded(draft):
        name, value = memory.num_envs_field or "num_envs", num_envs
        shared = buffers if memory.buffer_size_field is not None else 0
        each = ENV_BYTES + (buffers - shared) / max(1.0, num_envs)
        fitting = int(max(0, room - shared) / each) + 1
    else:
        value = number(values, name)
        fitting = int(value * max(0, room - environments) / max(1, buffers))
    hint = f"At most {fitting:,} would fit."
    draft.refuse(
        f"hyperparameters.{name}",
        "does_not_fit",
        f"{name} {value:,.0f} needs {size_text(buffers + environments)} of memory; "
        f"{size_text(room)} are free.",
        hint,
    )
    return f"{name}: {hint[0].lower()}{hint[1:]}"


def _is_crowded(draft: Draft) -> bool:
    """Tell whether there are more environments than the algorithm allows."""
    if draft.algorithm is None or draft.algorithm.memory.num_envs_field is None:
        return False
    name = draft.algorithm.memory.num_envs_field
    declared = draft.algorithm.schema_.get("properties", {}).get(name, {})
    most = declared.get("maximum")
    return isinstance(most, int | float) and number(draft.hyperparameters, name, 1) > most


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


def _check_duration(estimate: Estimate) -> Check:
    if estimate.duration_s is None:
        return Check(id="duration", status="ok", detail="Not known yet.")
    detail = f"About {duration_text(estimate.duration_s)}. {estimate.detail}"
    if estimate.duration_s > LONG_S:
        hint = "Fewer timesteps or the preset `fast` show first results sooner."
        return Check(id="duration", status="warning", detail=detail, hint=hint)
    return Check(id="duration", status="ok", detail=detail)
