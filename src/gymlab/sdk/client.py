"""`gymlab.Client`: everything a server offers, as typed Python calls."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self, TypeVar, Unpack
from urllib.parse import quote

from pydantic import BaseModel

from gymlab.sdk import continuity, downloads, models
from gymlab.sdk.code import CodeCalls
from gymlab.sdk.comparison import RunComparison
from gymlab.sdk.estimating import EstimateCalls
from gymlab.sdk.evaluation import EvaluationCalls
from gymlab.sdk.failures import NotFoundError
from gymlab.sdk.history import DEFAULT_ALGORITHM, HistoryCalls
from gymlab.sdk.lineage import LineageCalls
from gymlab.sdk.model_files import ModelFileCalls
from gymlab.sdk.previews import PreviewCalls
from gymlab.sdk.streams import Stream, topics_of
from gymlab.sdk.transport import DEFAULT_TIMEOUT_S, Parameters, Transport

DEFAULT_URL = "http://127.0.0.1:8000"
WHOLE_LOG = 10_000_000
"""As a tail: more lines than a log can have."""
_PAGE_SIZE = 200
_POLL_S = 0.25
ModelT = TypeVar("ModelT", bound=BaseModel)


class Client(
    HistoryCalls,
    LineageCalls,
    ModelFileCalls,
    EvaluationCalls,
    CodeCalls,
    EstimateCalls,
    PreviewCalls,
):
    """A connection to one gymlab server.

    Example:
        with gymlab.Client() as lab:
            run = lab.create("CartPole-v1", algorithm="ppo", total_timesteps=50_000)
            print(lab.wait(run.id).metrics["train/episode_return"])
    """

    def __init__(self, url: str = DEFAULT_URL, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        """Connect lazily.

        Args:
            url: Address of the server, as it prints it.
            timeout_s: How long an answer may take.
        """
        super().__init__(Transport(url, timeout_s=timeout_s))

    @property
    def url(self) -> str:
        """Address of the server."""
        return self._transport.url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()

    # ---- the server -------------------------------------------------------------------------

    def health(self) -> models.Health:
        """Return whether and since when the server works."""
        return self._get("/health", models.Health)

    def device(self) -> models.DeviceInfo:
        """Return what the networks are computed on by default."""
        return self._get("/device", models.DeviceInfo)

    def environments(
        self, *, family: str | None = None, q: str | None = None, action_space: str | None = None
    ) -> list[models.Environment]:
        """Return the catalogue, filtered."""
        filters = {"family": family, "q": q, "action_space": action_space}
        return list(self._pages("/environments", models.Environment, filters))

    def environment(self, env_id: str) -> models.Environment:
        """Return one catalogue entry with its documentation; older ids are understood.

        Raises:
            NotFoundError: No such environment; the hint names the closest ones.
        """
        return self._get(f"/environments/{quote(env_id, safe='/')}", models.Environment)

    def runners(self) -> list[models.Runner]:
        """Return the training backends with their algorithms, schemas and presets."""
        return list(self._pages("/runners", models.Runner, {}))

    # ---- runs -------------------------------------------------------------------------------

    def create(self, env_id: str, **options: Unpack[models.RunOptions]) -> models.Run:
        """Create a run and, unless `start=False`, start it.

        Args:
            env_id: Environment to train in.
            **options: As in `POST /runs`; `algorithm` defaults to `ppo`, `runner` to the first
                available one that has the algorithm, the budget to the preset's.

        Raises:
            InvalidRequestError: `fields` name every wrong input and what is allowed.
        """
        body = {"algorithm": DEFAULT_ALGORITHM, **options, "env_id": env_id}
        answer = self._transport.json("POST", "/runs", body=body)
        return models.Run.model_validate(answer)

    def check(self, env_id: str, **options: Unpack[models.RunOptions]) -> models.Preflight:
        """Say whether a run could be created like this, and what it would take."""
        body = {"algorithm": DEFAULT_ALGORITHM, **options, "env_id": env_id}
        answer = self._transport.json("POST", "/runs/check", body=body)
        return models.Preflight.model_validate(answer)

    def runs(self, **filters: Unpack[models.RunFilter]) -> Iterator[models.Run]:
        """Yield the runs that pass the filters, newest first, page by page."""
        given: dict[str, Any] = dict(filters)
        return self._pages("/runs", models.Run, given)

    def get(self, run_id: str) -> models.Run:
        """Return one run.

        Raises:
            NotFoundError: No such run.
        """
        return self._get(_run_path(run_id), models.Run)

    def config(self, run_id: str) -> dict[str, Any]:
        """Return the resolved specification."""
        return self._transport.json("GET", _run_path(run_id, "config"))

    def update(self, run_id: str, **changes: object) -> models.Run:
        """Change name, tags, notes, archived or starred."""
        answer = self._transport.json("PATCH", _run_path(run_id), body=changes)
        return models.Run.model_validate(answer)

    def start(self, run_id: str) -> models.Run:
        """Start a run that was only created."""
        return self._act(run_id, "start")

    def pause(self, run_id: str) -> models.Run:
        """Pause; takes effect within a second and frees the core."""
        return self._act(run_id, "pause")

    def resume(self, run_id: str) -> models.Run:
        """Go on after a pause, a stop or an interruption."""
        return self._act(run_id, "resume")

    def stop(self, run_id: str) -> models.Run:
        """Stop for good, keeping the last safe checkpoint."""
        return self._act(run_id, "stop")

    def resumption(self, run_id: str) -> continuity.Resumption:
        """Return how exactly a run would continue from its latest checkpoint, and why."""
        return self._get(_run_path(run_id, "resumption"), continuity.Resumption)

    def reproduce(self, run_id: str) -> models.Run:
        """Train a run's specification once more; `reproduction` compares.

        Raises:
            ConflictError: The run was changed by hand while it trained.
        """
        answer = self._transport.json("POST", _run_path(run_id, "reproduce"))
        return models.Run.model_validate(answer)

    def reproduction(self, run_id: str) -> continuity.Reproduction | None:
        """Compare a run with the one it repeats or its newest repetition; None without one."""
        answer = self._transport.json("GET", _run_path(run_id, "reproduction"))
        return continuity.Reproduction.model_validate(answer) if answer is not None else None

    def hyperparameters(self, run_id: str) -> continuity.Hyperparameters:
        """Return what a run trains with now, changes while it trained included."""
        return self._get(_run_path(run_id, "hyperparameters"), continuity.Hyperparameters)

    def change_hyperparameters(self, run_id: str, **values: Any) -> None:
        """Let a live run go on with other values from its next safe point.

        Raises:
            ConflictError: The run does not train.
            InvalidRequestError: A value is not allowed, or cannot change while a run trains.
        """
        self._transport.json("PATCH", _run_path(run_id, "hyperparameters"), body=values)

    def delete(self, run_id: str) -> None:
        """Move a run into the bin; `restore` brings it back.

        Raises:
            ConflictError: It is still live; stop it first.
        """
        self._transport.json("DELETE", _run_path(run_id))

    def wait(
        self,
        run_id: str,
        *,
        timeout_s: float | None = None,
        until: Callable[[models.Run], bool] = lambda run: run.is_finished,
    ) -> models.Run:
        """Return the run once it has ended, or once `until` holds.

        Raises:
            TimeoutError: It took longer than `timeout_s`.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            run = self.get(run_id)
            if until(run):
                return run
            if deadline is not None and time.monotonic() > deadline:
                raise TimeoutError(f"Run {run_id} is {run.status} after {timeout_s} s.")
            time.sleep(_POLL_S)

    # ---- what a run did ---------------------------------------------------------------------

    def metrics(
        self,
        run_id: str,
        names: Sequence[str] | None = None,
        *,
        from_timestep: int | None = None,
        to_timestep: int | None = None,
        max_points: int = 2000,
    ) -> dict[str, models.Series]:
        """Return metrics over timesteps, downsampled so that minima and maxima stay."""
        params: Parameters = {
            "names": ",".join(names) if names else None,
            "from_timestep": from_timestep,
            "to_timestep": to_timestep,
            "max_points": max_points,
        }
        answer = self._transport.json("GET", _run_path(run_id, "metrics"), params=params)
        return {
            name: models.Series.model_validate(series) for name, series in answer["series"].items()
        }

    def compare(
        self,
        run_ids: Sequence[str],
        *,
        metric: str = "train/episode_return",
        x: Literal["timesteps", "wall_time", "episodes"] = "timesteps",
        parts: Sequence[Literal["series", "statistics"]] = ("series", "statistics"),
        own_metric: str | None = None,
    ) -> RunComparison:
        """Put 2 to 200 runs side by side: groups of seeds, what differs, and a fair verdict.

        Args:
            run_ids: The runs; those of one specification form a group, whatever their seed.
            metric: What `series` tells on a common axis.
            x: What that axis counts.
            parts: What is wanted besides groups and differences.
            own_metric: Judge by a metric of an own evaluation: an id of `own_metrics`.

        Raises:
            NotFoundError: One of the runs does not exist.
            InvalidRequestError: No own evaluation of the runs says that metric.
        """
        params: dict[str, Any] = {
            "ids": ",".join(run_ids),
            "metric": metric,
            "x": x,
            "part": list(parts),
            "own_metric": own_metric,
        }
        return RunComparison.model_validate(
            self._transport.json("GET", "/runs/compare", params=params)
        )

    def rows(self, run_id: str, *, tail: int) -> list[models.Row]:
        """Return the last metric rows as they were written, oldest first."""
        path = _run_path(run_id, "metrics")
        return self._transport.json("GET", path, params={"tail": tail})["items"]

    def events(
        self, run_id: str, *, after: int | None = None, event_type: str | None = None
    ) -> list[models.RunEvent]:
        """Return the event log, oldest first."""
        found: list[models.RunEvent] = []
        position = after
        while True:
            params: Parameters = {"after": position, "type": event_type, "limit": _PAGE_SIZE}
            page = self._transport.json("GET", _run_path(run_id, "events"), params=params)
            found += [models.RunEvent.model_validate(item) for item in page["items"]]
            if not page.get("next_cursor"):
                return found
            position = int(page["next_cursor"])

    def log(self, run_id: str, *, tail: int | None = None) -> str:
        """Return the last lines that the worker printed, 1,000 by default.

        `WHOLE_LOG` gives all that is kept, up to 8 MB.
        """
        return self._transport.text(_run_path(run_id, "log"), params={"tail": tail})

    def checkpoints(self, run_id: str) -> list[models.Checkpoint]:
        """Return the stored states."""
        return list(self._pages(_run_path(run_id, "checkpoints"), models.Checkpoint, {}))

    def artifacts(self, run_id: str) -> list[models.Artifact]:
        """Return the files that can be downloaded."""
        return list(self._pages(_run_path(run_id, "artifacts"), models.Artifact, {}))

    def download(self, run_id: str, artifact: models.Artifact | str, target: Path | str) -> Path:
        """Write an artifact to a file and check its hash; a broken transfer is continued.

        Raises:
            NotFoundError: The run has no such artifact.
            DamagedDownloadError: What arrived has another hash.
        """
        if isinstance(artifact, str):
            artifact = self._artifact(run_id, artifact)
        address = downloads.artifact_path(run_id, artifact.path)
        return downloads.download(self._transport, address, Path(target), artifact.sha256)

    def read_artifact(
        self, run_id: str, path: str, *, first: int | None = None, last: int | None = None
    ) -> bytes:
        """Return an artifact's bytes, or the inclusive range `first`..`last` of them."""
        return downloads.read(self._transport, downloads.artifact_path(run_id, path), first, last)

    def stream(
        self,
        *run_ids: str,
        kinds: Sequence[Literal["metrics", "events", "log"]] = ("metrics", "events", "log"),
        from_: Literal["now", "start"] = "now",
        last_event_id: str | None = None,
        give_up_after_s: float = 60.0,
    ) -> Stream:
        """Return live messages of runs, and of the list of runs, without loss or repetition.

        Args:
            *run_ids: Runs whose rows, events and log are wanted; changes of all runs come anyway.
            kinds: What is wanted of them.
            from_: `start` sends everything from the beginning first.
            last_event_id: Continue behind this message of an earlier stream.
            give_up_after_s: How long the server may be gone before the error is raised.
        """
        topics = topics_of(run_ids, kinds)

        @contextmanager
        def connect(last_id: str | None) -> Generator[Iterator[str]]:
            headers = {"Accept": "text/event-stream"}
            if last_id is not None:
                headers["Last-Event-ID"] = last_id
            params = {"topics": topics, "from": from_}
            with self._transport.open("/stream", params=params, headers=headers) as response:
                yield response.iter_lines()

        return Stream(connect, last_event_id=last_event_id, give_up_after_s=give_up_after_s)

    # ---- inside -----------------------------------------------------------------------------

    def _artifact(self, run_id: str, path: str) -> models.Artifact:
        for artifact in self.artifacts(run_id):
            if artifact.path == path:
                return artifact
        raise NotFoundError(
            f"Run {run_id} has no artifact {path!r}.", hint="`Client.artifacts` lists them."
        )

    def _act(self, run_id: str, action: str) -> models.Run:
        answer = self._transport.json("POST", _run_path(run_id, action))
        return models.Run.model_validate(answer)

    def _get(self, path: str, model: type[ModelT]) -> ModelT:
        return model.model_validate(self._transport.json("GET", path))

    def _pages(self, path: str, model: type[ModelT], filters: Parameters) -> Iterator[ModelT]:
        cursor: str | None = None
        while True:
            params = {**filters, "limit": _PAGE_SIZE, "cursor": cursor}
            page = self._transport.json("GET", path, params=params)
            yield from (model.model_validate(item) for item in page["items"])
            cursor = page.get("next_cursor")
            if not cursor:
                return


def _run_path(run_id: str, part: str = "") -> str:
    path = f"/runs/{quote(run_id, safe='')}"
    return f"{path}/{part}" if part else path
