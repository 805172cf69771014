"""Paths of the code resource."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from gymlab.domain.code import CodeKind
from gymlab.domain.ids import is_run_id
from gymlab.errors import CodeNotFoundError, UnavailableError
from gymlab.server.answers import ErrorAnswer, Page
from gymlab.server.code.schemas import (
    CodeChange,
    CodeCheck,
    CodeDocument,
    CodeItem,
    CodeScope,
    CodeTemplate,
    CodeToCheck,
    CodeToFormat,
    CodeVersion,
    FormattedCode,
    NewCode,
)
from gymlab.server.code.service import CodeService
from gymlab.server.code.trial_schemas import CodeToTry, CodeTrial
from gymlab.server.dependencies import ERRORS, Cursor, LabDep, Limit, require_sandbox


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
router = APIRouter(tags=["code"], responses=ERRORS)
STALE: dict[int | str, dict[str, Any]] = {
    412: {"model": ErrorAnswer, "description": "Another version is stored by now."}
}


@router.post("/code", status_code=201)
def create_code(body: NewCode, service: Service, response: Response) -> CodeDocument:
    """Store a new document; its source may still be wrong."""
    return _tagged(response, service.create(body))


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
def check_code(body: CodeToCheck) -> CodeCheck:
    """Say what is wrong with a source as far as that shows without running it."""
    raise UnavailableError(f"{body.kind.value} cannot be checked yet.")


@router.post("/code/format")
def format_code(body: CodeToFormat) -> FormattedCode:
    """Lay a source out in the usual way; what it does stays the same."""
    raise UnavailableError(f"{len(body.source)} characters cannot be laid out yet.")


@router.get("/code/templates")
def list_templates(kind: Kind = None, limit: Limit = 200) -> Page[CodeTemplate]:
    """List sources to begin from."""
    raise UnavailableError(f"{limit} templates of {kind} cannot be shown yet.")


@router.get("/code/scope")
async def get_scope(
    kind: Annotated[CodeKind, Query(description="What the code is for.")],
    lab: LabDep,
    env_id: Annotated[str | None, Query(max_length=200, description="For this one.")] = None,
) -> CodeScope:
    """Say what can be used inside the code."""
    raise UnavailableError(f"{kind} {env_id} {lab.uptime_s}")


@router.post("/code/try", dependencies=[Depends(require_sandbox)])
async def try_code(body: CodeToTry, lab: LabDep) -> CodeTrial:
    """Run code for a moment in a sandbox and tell what it did; nothing is stored."""
    raise UnavailableError(f"{body.kind} {lab.uptime_s}")


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
def change_code(
    code_id: CodeId,
    body: CodeChange,
    service: Service,
    response: Response,
    if_match: Annotated[
        str | None, Header(max_length=100, description="The version that was changed.")
    ] = None,
) -> CodeDocument:
    """Store a newer version; refused when somebody else has stored one meanwhile."""
    return _tagged(response, service.change(code_id, body, if_match))


@router.delete("/code/{code_id}", status_code=204)
def delete_code(code_id: CodeId, service: Service) -> None:
    """Delete a document with its versions; runs that use one keep its source."""
    service.delete(code_id)


def _tagged(response: Response, document: CodeDocument) -> CodeDocument:
    response.headers["etag"] = f'"{document.version}"'
    return document
