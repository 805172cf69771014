"""Ordering measurements, and comparing the engines that could train something."""

from gymlab.domain.costs import Basis
from gymlab.domain.runners import RunnerDescription
from gymlab.domain.timestamps import rfc3339
from gymlab.errors import FieldProblem
from gymlab.server.answers import Page
from gymlab.server.catalogue.catalogue import Catalogue, find_algorithm, find_preset
from gymlab.server.estimating.desk import Job
from gymlab.server.estimating.workloads import Workload
from gymlab.server.lab import Lab
from gymlab.server.runs.calibrations.schemas import Calibration, Engine, Measured
from gymlab.server.runs.creating import Prepared, RunCreation
from gymlab.server.runs.schemas import NewRun, Preflight

MEASURED = frozenset({Basis.RUNS, Basis.CALIBRATION})
_ANY_ENGINES_FAULT = (
    "hyperparameters", "total_timesteps", "max_episodes", "seed", "evaluation", "name", "tags",
    "notes", "checkpoint_every_timesteps", "device",
)  # fmt: skip
"""Fields that no other engine would take either."""


class CalibrationService:
    """What the endpoints do."""

    def __init__(self, lab: Lab) -> None:
        """Serve this laboratory."""
        self._lab = lab
        self._creation = RunCreation(lab)

    async def order(self, body: NewRun, *, every_engine: bool) -> Page[Calibration]:
        """Have settings measured, for every engine that can train them or for one.

        Raises:
            InvalidInputError: They cannot be trained; the fields say why.
            UnavailableError: Too many measurements wait.
        """
        prepared = await self._creation.prepare(body)
        assert prepared.workload is not None  # noqa: S101 - what can be trained is known
        wanted = [prepared.workload]
        if every_engine:
            wanted = await self._unmeasured(prepared.body)
        jobs = [self._lab.calibrations.order(workload) for workload in wanted]
        return Page[Calibration](items=[self._view(job) for job in dict.fromkeys(jobs)])

    async def _unmeasured(self, body: NewRun) -> list[Workload]:
        """Return what each engine would do whose speed is not known; of every one when all are."""
        found = await self._others(body, with_own=True)
        able = [
            (prepared.workload, checked.estimate.basis)
            for prepared, checked, _ in found
            if checked.ok and prepared.workload is not None
        ]
        missing = [workload for workload, basis in able if basis not in MEASURED]
        return missing or [workload for workload, _ in able]

    def get(self, calibration_id: str) -> Calibration:
        """Return a measurement."""
        return self._view(self._lab.calibrations.get(calibration_id))

    def cancel(self, calibration_id: str) -> Calibration:
        """Give a measurement up."""
        return self._view(self._lab.calibrations.cancel(calibration_id))

    async def engines(self, body: NewRun) -> Page[Engine]:
        """Return every engine with the algorithm, the default first."""
        found = await self._others(body, with_own=True)
        engines = [_engine(prepared, checked, runner) for prepared, checked, runner in found]
        default = next((item.runner for item in engines if item.applies), None)
        slowest = min(
            (item for item in engines if item.timesteps_per_second),
            key=lambda item: item.timesteps_per_second or 0.0,
            default=None,
        )
        return Page[Engine](
            items=[
                item.model_copy(
                    update={
                        "is_default": item.runner == default,
                        **_comparison(item, slowest),
                    }
                )
                for item in engines
            ]
        )

    async def _others(
        self, body: NewRun, *, with_own: bool = False
    ) -> list[tuple[Prepared, Preflight, RunnerDescription]]:
        """Look at the same training with every engine, those that the web app prefers first."""
        catalogue = await self._lab.catalogue.ready()
        chosen = body.runner or _default_runner(catalogue, body.algorithm)
        found: list[tuple[Prepared, Preflight, RunnerDescription]] = []
        env_id = catalogue.current_id(body.env_id)
        for runner in engines_with(catalogue, body.algorithm, env_id):
            if runner.manifest.id == chosen:
                if with_own:
                    own = body.model_copy(update={"runner": chosen})
                    found.append((*await self._creation.look(own), runner))
                continue
            same = for_engine(body, runner)
            prepared, checked = await self._creation.look(same)
            if not checked.ok and same.hyperparameters:
                plain = same.model_copy(update={"hyperparameters": None, "network": None})
                prepared, checked = await self._creation.look(plain)
            found.append((prepared, checked, runner))
        return found

    def _view(self, job: Job) -> Calibration:
        spec = job.workload.spec
        return Calibration(
            id=job.id,
            status=job.status,
            progress=round(job.progress, 3),
            detail=job.detail,
            hint=job.hint,
            queue_position=self._lab.calibrations.position(job),
            env_id=spec.env_id,
            runner=spec.runner,
            algorithm=spec.algorithm,
            created_at=rfc3339(job.created_at),
            result=_measured(job),
        )


def engines_with(catalogue: Catalogue, algorithm: str, env_id: str) -> list[RunnerDescription]:
    """Return the listed runners with an algorithm: available ones first, then those preferred there."""
    found = catalogue.runners_with(algorithm)
    rank = {runner.manifest.id: index for index, runner in enumerate(found)}
    return sorted(
        found,
        key=lambda runner: (
            not runner.available,
            -runner.manifest.priority_in(env_id),
            rank[runner.manifest.id],
        ),
    )


def for_engine(body: NewRun, runner: RunnerDescription) -> NewRun:
    """Return the same training for another engine: what it has no name for is left to its preset."""
    algorithm = find_algorithm(runner, body.algorithm)
    changes: dict[str, object] = {"runner": runner.manifest.id}
    if algorithm is not None:
        known = algorithm.schema_.get("properties", {})
        given = body.hyperparameters
        if given is not None:
            changes["hyperparameters"] = {k: v for k, v in given.items() if k in known}
        if body.preset is not None and find_preset(algorithm, body.preset, body.env_id) is None:
            changes["preset"] = None
    return body.model_copy(update=changes)


def _default_runner(catalogue: Catalogue, algorithm: str) -> str | None:
    with_it = catalogue.runners_with(algorithm)
    return with_it[0].manifest.id if with_it else None


def _engine(prepared: Prepared, checked: Preflight, runner: RunnerDescription) -> Engine:
    estimate, manifest = checked.estimate, runner.manifest
    is_known = estimate.basis in MEASURED
    problems = prepared.draft.problems
    problem = next((item for item in problems if not _is_of_any_engine(item)), None)
    applies = runner.available and problem is None
    reason = None if runner.available else runner.unavailable_reason
    return Engine(
        runner=manifest.id,
        title=manifest.title,
        summary=manifest.summary,
        applies=applies,
        reason=reason or (problem.detail if problem is not None else None),
        is_default=False,
        timesteps_per_second=estimate.timesteps_per_second if is_known else None,
        basis=estimate.basis if is_known else None,
        confidence=estimate.confidence if is_known else None,
        measured_at=estimate.measured_at if is_known else None,
        times_faster=None,
        compared_with=None,
        calibration_id=estimate.calibration_id,
    )


def _is_of_any_engine(problem: FieldProblem) -> bool:
    return problem.field.partition(".")[0] in _ANY_ENGINES_FAULT


def _comparison(engine: Engine, slowest: Engine | None) -> dict[str, object]:
    speed = engine.timesteps_per_second
    if slowest is None or engine is slowest or not speed or not slowest.timesteps_per_second:
        return {}
    times = round(speed / slowest.timesteps_per_second, 2)
    return {"times_faster": times, "compared_with": slowest.title}


def _measured(job: Job) -> Measured | None:
    if job.result is None:
        return None
    cost = job.result.cost
    return Measured(
        timesteps_per_second=round(1 / cost.s_per_timestep, 1),
        setup_s=round(cost.setup_s, 2),
        imports_s=round(cost.imports_s, 2),
        memory_bytes=cost.peak_bytes,
        measured_timesteps=cost.measured_timesteps,
        measured_s=round(cost.measured_s, 2),
        saw_updates=cost.saw_updates,
        others_cores=round(cost.others_cores, 2),
        measured_at=rfc3339(job.result.measured_at),
    )
