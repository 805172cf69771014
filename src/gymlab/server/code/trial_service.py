"""Letting a worker try code out, and reading what it says as the hostile input that it is."""

import re
import secrets
from typing import Any

from pydantic import ValidationError

from gymlab.domain.code import CodeKind, SourceCode, source_code
from gymlab.domain.runs import MAX_SEED
from gymlab.errors import EnvironmentNotFoundError, FieldProblem, InvalidInputError
from gymlab.protocol.worker import Failed, StartTrial
from gymlab.server.code.trial_schemas import (
    BatchedForm,
    CodeToTry,
    CodeTrial,
    EnvironmentTrial,
    EvaluationTrial,
    Finding,
    PotentialCheck,
    RewardTrial,
    TrialProblem,
)
from gymlab.server.code_lookup import require_source
from gymlab.server.lab import Lab
from gymlab.server.own_environments import PREFIX
from gymlab.supervisor.trial import INTERFERED, TrialOutcome

_SHAPES = {
    CodeKind.REWARD: RewardTrial,
    CodeKind.ENVIRONMENT: EnvironmentTrial,
    CodeKind.EVALUATION: EvaluationTrial,
}
_PLACE = re.compile(r"<[a-z]+(?:/([^>]{1,120}))?>:(\d{1,9})(?:: |$)")


async def tried(lab: Lab, body: CodeToTry) -> CodeTrial:
    """Run code for a moment.

    Raises:
        InvalidInputError: The source or the environment is not possible.
    """
    require_source(body.source)
    env_id, env_code = "", None
    if body.kind is not CodeKind.ENVIRONMENT:
        env_id, env_code = await _environment(lab, body)
    seed = body.seed if body.seed is not None else secrets.randbelow(MAX_SEED + 1)
    message = StartTrial(
        body.kind.value,
        source_code(body.source).model_dump(mode="json"),
        env_id,
        body.env_kwargs,
        env_code.model_dump(mode="json") if env_code is not None else None,
        body.num_episodes,
        seed,
    )
    return _answer(body.kind, await lab.trials.run(message))


async def _environment(lab: Lab, body: CodeToTry) -> tuple[str, SourceCode | None]:
    if body.env_id is None:
        raise _refused(
            "missing",
            "Choose the environment to play in.",
            "Set env_id; on the command line --env CartPole-v1.",
        )
    try:
        if body.env_id.startswith(PREFIX):
            own = await lab.own_environments.find(body.env_id)
            info, code = own.info, own.code
        else:
            info, _ = (await lab.catalogue.ready()).environment(body.env_id)
            code = None
    except EnvironmentNotFoundError as error:
        raise _refused("unknown_environment", error.detail, error.hint) from error
    if not info.available:
        reason = info.unavailable_reason or "Something it needs is missing."
        raise _refused("environment_unavailable", f"{info.id} cannot be made: {reason}")
    return info.id, code


def _answer(kind: CodeKind, outcome: TrialOutcome) -> CodeTrial:
    failure = outcome.failure
    if failure is None:
        try:
            found = _SHAPES[kind].model_validate_json(outcome.result or b"")
            return found.model_copy(update={"printed": outcome.printed})
        except ValidationError:
            failure = INTERFERED
    return _failed(kind, failure, outcome.printed)


def _failed(kind: CodeKind, failure: Failed, printed: str) -> CodeTrial:
    place = _PLACE.match(failure.detail)
    detail = failure.detail[place.end() :] if place is not None else failure.detail
    place = place or _PLACE.match(failure.line or "")
    line, file = (int(place[2]), place[1]) if place is not None else (None, None)
    told: dict[str, Any] = {"message": detail, "hint": failure.hint, "line": line, "file": file}
    if kind is CodeKind.ENVIRONMENT:
        finding = Finding(check="process", status="error", **told)
        return EnvironmentTrial(findings=[finding], frames=[], printed=printed)
    problem = TrialProblem(severity="error", code=failure.code, **told)
    if kind is CodeKind.EVALUATION:
        return EvaluationTrial(metrics={}, problems=[problem], printed=printed)
    return RewardTrial(
        episodes=[],
        minimum=None,
        maximum=None,
        not_finite=0,
        batched=BatchedForm(detected=False),
        potential=PotentialCheck(is_potential_based=None, detail="The code did not run."),
        problems=[problem],
        printed=printed,
    )


def _refused(code: str, detail: str, hint: str | None = None) -> InvalidInputError:
    problem = FieldProblem("env_id", code, detail, hint)
    return InvalidInputError(detail, hint=hint, fields=[problem])
