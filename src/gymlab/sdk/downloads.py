"""Files of a run, downloaded with Range so that a broken transfer continues."""

import hashlib
from pathlib import Path
from urllib.parse import quote

from gymlab.sdk.failures import RequestError, ServerUnavailableError
from gymlab.sdk.transport import Transport

_MAX_ATTEMPTS = 5
_PARTIAL_CONTENT = 206


class DamagedDownloadError(ServerUnavailableError):
    """What arrived is not what the server announced."""


def artifact_path(run_id: str, path: str) -> str:
    """Return the address of an artifact below the API."""
    return f"/runs/{quote(run_id, safe='')}/artifacts/{quote(path, safe='/')}"


def download(transport: Transport, address: str, target: Path, sha256: str | None = None) -> Path:
    """Write an answer to a file; `target` exists only once it is complete.

    Args:
        transport: Connection to the server.
        address: Path below the API.
        target: File to write; parts gather beside it in `<name>.part`.
        sha256: Expected hash, where known.

    Raises:
        RequestError: The server refused or stayed away.
        DamagedDownloadError: The hash is another.
    """
    part = target.with_name(target.name + ".part")
    target.parent.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    for attempt in range(1, _MAX_ATTEMPTS + 1):
        try:
            _append_rest(transport, address, part)
            break
        except ServerUnavailableError:
            if attempt == _MAX_ATTEMPTS:
                raise
    if sha256 is not None and _sha256_of(part) != sha256:
        part.unlink()
        raise DamagedDownloadError(
            f"{target.name} arrived damaged: its SHA-256 is not {sha256}.",
            hint="Download it again; if it stays so, the file on the server is damaged.",
        )
    return part.replace(target)


def read(transport: Transport, address: str, first: int | None, last: int | None) -> bytes:
    """Return an answer's bytes, or the inclusive range `first`..`last` of them."""
    headers: dict[str, str] = {}
    if first is not None or last is not None:
        headers["Range"] = f"bytes={first or 0}-{'' if last is None else last}"
    with transport.open(address, headers=headers) as response:
        return response.read()


def _append_rest(transport: Transport, address: str, part: Path) -> None:
    done = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={done}-"} if done else {}
    try:
        with transport.open(address, headers=headers) as response:
            continues = response.status_code == _PARTIAL_CONTENT
            with part.open("ab" if continues else "wb") as file:
                for block in response.iter_bytes():
                    file.write(block)
    except RequestError as error:
        # 416: everything had arrived before the connection broke.
        if not (done and error.status_code == 416):
            raise


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
