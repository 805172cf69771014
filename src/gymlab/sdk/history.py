"""The part of `gymlab.Client` that keeps order: bin, marks, experiments, versions, disk use."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, Unpack
from urllib.parse import quote

from pydantic import BaseModel

from gymlab.sdk import history_models as history
from gymlab.sdk import models
from gymlab.sdk.transport import Parameters, Transport

DEFAULT_ALGORITHM = "ppo"
_PAGE_SIZE = 200
ModelT = TypeVar("ModelT", bound=BaseModel)


class HistoryCalls:
    """Calls of the client that keep order among runs."""

    def __init__(self, transport: Transport) -> None:
        """Send requests with this."""
        self._transport = transport

    # ---- marks --------------------------------------------------------------------------------

    def star(self, run_id: str, *, starred: bool = True) -> models.Run:
        """Mark a run as worth finding again, or take the mark away."""
        return self._mark(run_id, starred=starred)

    def archive(self, run_id: str, *, archived: bool = True) -> models.Run:
        """Hide a run from the usual lists, or show it again."""
        return self._mark(run_id, archived=archived)

    def tag(self, run_id: str, add: Sequence[str] = (), remove: Sequence[str] = ()) -> models.Run:
        """Add and remove tags of a run."""
        run = models.Run.model_validate(self._transport.json("GET", _path("runs", run_id)))
        kept = [tag for tag in run.tags if tag not in remove]
        return self._mark(run_id, tags=[*kept, *(tag for tag in add if tag not in kept)])

    def tags(self) -> dict[str, int]:
        """Return the tags of all runs and how many runs have each, the most used first."""
        items = self._transport.json("GET", "/tags", params={"limit": _PAGE_SIZE})["items"]
        return {item["tag"]: item["num_runs"] for item in items}

    # ---- saved filters ------------------------------------------------------------------------

    def saved_filters(self) -> list[history.SavedFilter]:
        """Return the filters of the list of runs that have names, by name."""
        items = self._transport.json("GET", "/filters")["items"]
        return [history.SavedFilter.model_validate(item) for item in items]

    def save_filter(self, name: str, **filters: object) -> history.SavedFilter:
        """Keep what is asked of runs under a name; a filter of that name is replaced.

        Args:
            name: Plain text.
            **filters: `q`, `status`, `env_id`, `runner`, `algorithm`, `tag`, `starred`,
                `archived` (`no`, `only` or `all`), `experiment_id` and `sort`.
        """
        body = {"name": name, "filters": filters}
        answer = self._transport.json("POST", "/filters", body=body)
        return history.SavedFilter.model_validate(answer)

    def delete_filter(self, filter_id: str) -> None:
        """Forget a saved filter."""
        self._transport.json("DELETE", _path("filters", filter_id))

    # ---- the bin ------------------------------------------------------------------------------

    def bin(self) -> Iterator[history.BinnedRun]:
        """Yield the deleted runs that can still be restored, newest deletion first."""
        cursor: str | None = None
        while True:
            params: Parameters = {"limit": _PAGE_SIZE, "cursor": cursor}
            page = self._transport.json("GET", "/bin", params=params)
            yield from (history.BinnedRun.model_validate(item) for item in page["items"])
            cursor = page.get("next_cursor")
            if not cursor:
                return

    def restore(self, run_id: str) -> models.Run:
        """Take a deleted run out of the bin, with all it had.

        Raises:
            NotFoundError: It is not in the bin.
        """
        answer = self._transport.json("POST", _path("runs", run_id, "restore"))
        return models.Run.model_validate(answer)

    def purge(self, run_id: str) -> None:
        """Remove a run of the bin for good."""
        self._transport.json("DELETE", _path("bin", run_id))

    def empty_bin(self) -> int:
        """Remove every run of the bin for good; return how many there were."""
        return int(self._transport.json("DELETE", "/bin")["num_runs"])

    # ---- experiments --------------------------------------------------------------------------

    def create_experiment(
        self,
        env_id: str,
        *,
        seeds: int | Sequence[int],
        experiment_name: str | None = None,
        **options: Unpack[models.RunOptions],
    ) -> history.ExperimentWithRuns:
        """Create a run for each of several seeds, all of them or none.

        Args:
            env_id: Environment to train in.
            seeds: How many consecutive ones, or which.
            experiment_name: By default the runs' name.
            **options: As in `create`; `seed` is the first one where `seeds` is a number.

        Raises:
            InvalidRequestError: `fields` name every wrong input and what is allowed.
        """
        body: dict[str, Any] = {
            "run": {"algorithm": DEFAULT_ALGORITHM, **options, "env_id": env_id}
        }
        if isinstance(seeds, int):
            body["num_seeds"] = seeds
        else:
            body["seeds"] = list(seeds)
        if experiment_name is not None:
            body["name"] = experiment_name
        answer = self._transport.json("POST", "/experiments", body=body)
        return history.ExperimentWithRuns.model_validate(answer)

    def experiments(self) -> Iterator[history.Experiment]:
        """Yield the experiments that have runs, newest first."""
        cursor: str | None = None
        while True:
            params: Parameters = {"limit": _PAGE_SIZE, "cursor": cursor}
            page = self._transport.json("GET", "/experiments", params=params)
            yield from (history.Experiment.model_validate(item) for item in page["items"])
            cursor = page.get("next_cursor")
            if not cursor:
                return

    def experiment(self, experiment_id: str) -> history.ExperimentWithRuns:
        """Return an experiment with its runs."""
        answer = self._transport.json("GET", _path("experiments", experiment_id))
        return history.ExperimentWithRuns.model_validate(answer)

    def rename_experiment(self, experiment_id: str, name: str) -> history.Experiment:
        """Change an experiment's name."""
        path = _path("experiments", experiment_id)
        answer = self._transport.json("PATCH", path, body={"name": name})
        return history.Experiment.model_validate(answer)

    def stop_experiment(self, experiment_id: str) -> history.ExperimentWithRuns:
        """Stop every run of an experiment."""
        answer = self._transport.json("POST", _path("experiments", experiment_id, "stop"))
        return history.ExperimentWithRuns.model_validate(answer)

    def delete_experiment(self, experiment_id: str, *, with_runs: bool = False) -> None:
        """Remove the grouping and keep the runs, or move all of them into the bin."""
        path = _path("experiments", experiment_id)
        params: Parameters = {"runs": "delete" if with_runs else "keep"}
        self._transport.json("DELETE", path, params=params)

    # ---- versions and disk --------------------------------------------------------------------

    def versions(self, run_id: str) -> list[history.Version]:
        """Return the versions of a run's model, oldest first, with what changed."""
        items = self._transport.json("GET", _path("runs", run_id, "versions"))["items"]
        return [history.Version.model_validate(item) for item in items]

    def duplicate(self, run_id: str, **changes: Unpack[models.RunOptions]) -> models.Run:
        """Train again with a run's settings and what is changed of them.

        Args:
            run_id: The run whose settings are taken, its seed among them.
            **changes: As in `create`; hyperparameters are laid over the run's.
        """
        spec = self._transport.json("GET", _path("runs", run_id, "config"))
        body = {name: spec[name] for name in _TAKEN_OVER if spec.get(name) is not None}
        if spec.get("reward_code"):
            body["reward_code"] = {"source": spec["reward_code"]["source"]}
        laid_over = {**body["hyperparameters"], **changes.get("hyperparameters", {})}
        body |= {**changes, "hyperparameters": laid_over, "duplicate_of": run_id}
        return models.Run.model_validate(self._transport.json("POST", "/runs", body=body))

    def storage(self) -> history.Storage:
        """Return what the disk has and what runs and the bin take of it."""
        return history.Storage.model_validate(self._transport.json("GET", "/storage"))

    def delete_recordings(self, run_id: str) -> history.Freed:
        """Remove the films of a run for good."""
        answer = self._transport.json("DELETE", _path("runs", run_id, "recordings"))
        return history.Freed.model_validate(answer)

    def thin_checkpoints(self, run_id: str) -> history.Freed:
        """Remove every stored state of a run but the latest and the best."""
        answer = self._transport.json("POST", _path("runs", run_id, "checkpoints/thin"))
        return history.Freed.model_validate(answer)

    def _mark(self, run_id: str, **changes: object) -> models.Run:
        answer = self._transport.json("PATCH", _path("runs", run_id), body=changes)
        return models.Run.model_validate(answer)


_TAKEN_OVER = (
    "env_id", "env_kwargs", "runner", "algorithm", "hyperparameters", "total_timesteps",
    "max_episodes", "seed", "device", "checkpoint_every_timesteps", "wrappers",
)  # fmt: skip


def _path(resource: str, identifier: str, part: str = "") -> str:
    path = f"/{resource}/{quote(identifier, safe='')}"
    return f"{path}/{part}" if part else path
