"""Requests and their errors; knows httpx and nothing of runs."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from gymlab.sdk.failures import ServerUnavailableError, error_from_answer

API_PATH = "/api/v1"
DEFAULT_TIMEOUT_S = 30.0
STREAM_SILENCE_S = 60.0
"""A stream that says nothing this long, not even a ping, is taken for dead."""
UPLOAD_SILENCE_S = 180.0
"""What arrived is looked at before it is answered."""
Parameters = Mapping[str, str | int | float | bool | None]


class Transport:
    """One connection pool to one server."""

    def __init__(self, url: str, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        """Open nothing yet; the first request connects."""
        self.url = url.rstrip("/")
        self._http = httpx.Client(
            base_url=self.url + API_PATH,
            timeout=httpx.Timeout(timeout_s, connect=min(5.0, timeout_s)),
            headers={"Accept": "application/json"},
            trust_env=False,
        )

    def close(self) -> None:
        """Close every connection."""
        self._http.close()

    def json(
        self,
        method: str,
        path: str,
        *,
        params: Parameters | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Send a request and return the decoded answer; None when it is empty.

        Raises:
            RequestError: The server refused, or none answers.
        """
        response = self._send(method, path, params=params, body=body, headers=headers)
        return response.json() if response.content else None

    def upload(self, path: str, file: Path, *, params: Parameters | None = None) -> Any:
        """Send a file as the body of a request, piece by piece, and return the decoded answer.

        Raises:
            RequestError: The server refused, or none answers.
        """
        timeout = httpx.Timeout(UPLOAD_SILENCE_S, connect=5.0)
        try:
            with file.open("rb") as content:
                response = self._http.post(
                    path,
                    params=_given(params),
                    content=content,
                    headers={
                        "Content-Type": "application/octet-stream",
                        "Content-Length": str(file.stat().st_size),
                    },
                    timeout=timeout,
                )
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        if response.is_error:
            raise error_from_answer(response.status_code, decoded(response.text))
        return response.json()

    def text(self, path: str, *, params: Parameters | None = None) -> str:
        """Return an answer as text."""
        return self._send("GET", path, params=params).text

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Parameters | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        try:
            response = self._http.request(
                method, path, params=_given(params), json=body, headers=dict(headers or {})
            )
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        if response.is_error:
            raise error_from_answer(response.status_code, decoded(response.text))
        return response

    @contextmanager
    def open(
        self,
        path: str,
        *,
        params: Parameters | None = None,
        headers: Mapping[str, str] | None = None,
        silence_s: float = STREAM_SILENCE_S,
    ) -> Generator[httpx.Response]:
        """Open an answer whose body is read bit by bit.

        Raises:
            RequestError: The server refused before the body began, or none answers.
        """
        timeout = httpx.Timeout(silence_s, connect=5.0)
        try:
            with self._http.stream(
                "GET",
                path,
                params=_given(params) or None,
                headers=dict(headers or {}),
                timeout=timeout,
            ) as response:
                if response.is_error:
                    text = response.read().decode(errors="replace")
                    raise error_from_answer(response.status_code, decoded(text))
                yield response
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: httpx.HTTPError) -> ServerUnavailableError:
        reason = str(error) or type(error).__name__
        if isinstance(error, httpx.TimeoutException) and not isinstance(
            error, httpx.ConnectTimeout
        ):
            return ServerUnavailableError(
                f"{self.url} did not answer in time.", hint="Try again, or raise `timeout_s`."
            )
        return ServerUnavailableError(
            f"No gymlab server answers at {self.url} ({reason}).",
            hint="Start one with `gymlab serve`, or pass the right address.",
        )


def _given(params: Parameters | None) -> dict[str, str | int | float]:
    return {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in (params or {}).items()
        if value is not None
    }


def decoded(text: str) -> object:
    """Return the JSON of an answer, or the text where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text
