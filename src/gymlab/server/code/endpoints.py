"""Paths of the code resource."""

from typing import Annotated, Any

from fastapi import Depends, Header, Path, Query, Response

from gymlab.domain.code import CodeKind
from gymlab.domain.environments import EnvironmentInfo
from gymlab.domain.ids import is_run_id
from gymlab.errors import (
    CodeNotFoundError,
    EnvironmentNotFoundError,
    FieldProblem,
    InvalidInputError,
)
from gymlab.server.answers import ErrorAnswer, Page
from gymlab.server.code.formatting import formatted
from gymlab.server.code.schemas import (
    CodeChange,
    CodeCheck,
    CodeDocument,
    CodeItem,
    CodeProblem,
    CodeScope,
    CodeTemplate,
    CodeToCheck,
    CodeToFormat,
    CodeVersion,
    FormattedCode,
    NewCode,
)
from gymlab.server.code.scope import scope_of
from gymlab.server.code.service import CodeService
from gymlab.server.code.templates import templates_for
from gymlab.server.code.trial_schemas import CodeToTry, CodeTrial
from gymlab.server.code.trial_service import tried
from gymlab.server.code_lookup import require_source
from gymlab.server.dependencies import Cursor, LabDep, Limit, require_sandbox
from gymlab.server.http.routers import api_router
from gymlab.server.lab import Lab
from gymlab.server.own_environments import PREFIX


def code_service(lab: LabDep) -> CodeService:
    """Return what stores documents."""
    return CodeService(lab)


def checked_code_id(
    code_id: Annotated[str, Path(description="Identifier of the document.")],
) -> str:
    """Refuse what cannot be the id of a document."""
    if not is_run_id(code_id):
        raise CodeNotFoundError(code_id[:64])
    return code_id


Service = Annotated[CodeService, Depends(code_service)]
CodeId = Annotated[str, Depends(checked_code_id)]
Kind = Annotated[CodeKind | None, Query(description="Only code for this.")]
router = api_router("code")
STALE: dict[int | str, dict[str, Any]] = {
    412: {"model": ErrorAnswer, "description": "Another version is stored by now."}
}


@router.post("/code", status_code=201)
async def create_code(body: NewCode, service: Service, response: Response) -> CodeDocument:
    """Store a new document; its source may still be wrong."""
    return _tagged(response, await service.create(body))


@router.get("/code")
def list_code(
    service: Service,
    kind: Kind = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the name.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[CodeItem]:
    """List documents without their sources, the last changed first."""
    return service.page(kind, q, limit=limit, cursor=cursor)


@router.post("/code/check")
async def check_code(body: CodeToCheck, lab: LabDep) -> CodeCheck:
    """Say what is wrong with a source as far as that shows without running it."""
    lab.trials.prepare()  # whoever writes is about to try it
    env = await _environment(lab, body.env_id)
    space = env.observation_space if env is not None else None
    problems = await lab.code_checker.check({
        "kind": body.kind.value,
        "source": body.source,
        "env_id": env.id if env is not None else None,
        "observation_space": space.model_dump(mode="json") if space is not None else None,
    })
    is_ok = all(problem["severity"] != "error" for problem in problems)
    return CodeCheck(ok=is_ok, problems=[CodeProblem.model_validate(item) for item in problems])


@router.post("/code/format")
async def format_code(body: CodeToFormat) -> FormattedCode:
    """Lay a source out in the usual way; what it does stays the same."""
    require_source(body.source)
    return FormattedCode(source=await formatted(body.source))


@router.get("/code/templates")
def list_templates(kind: Kind = None) -> Page[CodeTemplate]:
    """List sources to begin from."""
    return Page[CodeTemplate](items=templates_for(kind))


@router.get("/code/scope")
async def get_scope(
    kind: Annotated[CodeKind, Query(description="What the code is for.")],
    lab: LabDep,
    env_id: Annotated[str | None, Query(max_length=200, description="For this one.")] = None,
) -> CodeScope:
    """Say what can be used inside the code."""
    lab.trials.prepare()
    return scope_of(kind, await _environment(lab, env_id))


async def _environment(lab: Lab, env_id: str | None) -> EnvironmentInfo | None:
    if env_id is None:
        return None
    try:
        if env_id.startswith(PREFIX):
            return (await lab.own_environments.find(env_id)).info
        env, _ = (await lab.catalogue.ready()).environment(env_id)
    except EnvironmentNotFoundError as error:
        raise InvalidInputError(
            error.detail,
            hint=error.hint,
            fields=[FieldProblem("env_id", "unknown_environment", error.detail, error.hint)],
        ) from error
    return env


@router.post("/code/try", dependencies=[Depends(require_sandbox)])
async def try_code(body: CodeToTry, lab: LabDep) -> CodeTrial:
    """Run code for a moment in a sandbox and tell what it did; nothing is stored."""
    return await tried(lab, body)


@router.get("/code/{code_id}")
def get_code(
    code_id: CodeId,
    service: Service,
    response: Response,
    version: Annotated[
        int | None, Query(ge=1, lt=2**31, description="By default the current one.")
    ] = None,
) -> CodeDocument:
    """Return a document, by default in its current version."""
    return _tagged(response, service.get(code_id, version))


@router.get("/code/{code_id}/versions")
def list_code_versions(
    code_id: CodeId, service: Service, limit: Limit = 50, cursor: Cursor = None
) -> Page[CodeVersion]:
    """List the versions of a document, the newest first."""
    return service.versions(code_id, limit=limit, cursor=cursor)


@router.put("/code/{code_id}", responses=STALE)
async def change_code(
    code_id: CodeId,
    body: CodeChange,
    service: Service,
    response: Response,
    if_match: Annotated[
        str | None, Header(max_length=100, description="The version that was changed.")
    ] = None,
) -> CodeDocument:
    """Store a newer version; refused when somebody else has stored one meanwhile."""
    return _tagged(response, await service.change(code_id, body, if_match))


@router.delete("/code/{code_id}", status_code=204)
def delete_code(code_id: CodeId, service: Service) -> None:
    """Delete a document with its versions; runs that use one keep its source."""
    service.delete(code_id)


def _tagged(response: Response, document: CodeDocument) -> CodeDocument:
    response.headers["etag"] = f'"{document.version}"'
    return document
