"""The part of `gymlab.Client` that evaluates trained policies."""

import time
from collections.abc import Callable, Iterator
from typing import Unpack
from urllib.parse import quote

from gymlab.sdk.evaluation_models import Evaluation, EvaluationOptions
from gymlab.sdk.transport import Parameters, Transport

_PAGE_SIZE = 50
_POLL_S = 0.25


class EvaluationCalls:
    """Calls of the client about evaluations."""

    _transport: Transport

    def evaluate(self, run_id: str, **options: Unpack[EvaluationOptions]) -> Evaluation:
        """Ask for an evaluation of one of a run's checkpoints; `wait_for_evaluation` gives its end.

        Args:
            run_id: The run; it may train on meanwhile.
            **options: As in `POST /runs/{id}/evaluations`: `num_episodes` (10), `seed`,
                `deterministic` (True), `checkpoint` (`latest`, `best` or a timestep),
                `record_video` (True) and `evaluation_code` (`{"id": ...}` or `{"source": ...}`).

        Raises:
            ConflictError: The run has no checkpoint, or its files are damaged.
            InvalidRequestError: `fields` name every wrong input and what is allowed.
        """
        answer = self._transport.json("POST", _path(run_id), body=dict(options))
        return Evaluation.model_validate(answer)

    def evaluations(self, run_id: str) -> Iterator[Evaluation]:
        """Yield the evaluations of a run, newest first."""
        cursor: str | None = None
        while True:
            params: Parameters = {"limit": _PAGE_SIZE, "cursor": cursor}
            page = self._transport.json("GET", _path(run_id), params=params)
            yield from (Evaluation.model_validate(item) for item in page["items"])
            cursor = page.get("next_cursor")
            if not cursor:
                return

    def evaluation(self, run_id: str, evaluation_id: str = "latest") -> Evaluation:
        """Return an evaluation, by default the newest one.

        Raises:
            NotFoundError: The run has no such evaluation.
        """
        return Evaluation.model_validate(self._transport.json("GET", _path(run_id, evaluation_id)))

    def wait_for_evaluation(
        self,
        run_id: str,
        evaluation_id: str,
        *,
        timeout_s: float | None = None,
        on_news: Callable[[Evaluation], object] = lambda _: None,
    ) -> Evaluation:
        """Return an evaluation once it is over.

        Args:
            run_id: The run.
            evaluation_id: The evaluation.
            timeout_s: How long it may take.
            on_news: Is shown the evaluation now and then meanwhile.

        Raises:
            TimeoutError: It took longer than `timeout_s`.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            found = self.evaluation(run_id, evaluation_id)
            on_news(found)
            if found.is_over:
                return found
            if deadline is not None and time.monotonic() > deadline:
                raise TimeoutError(f"The evaluation is {found.status} after {timeout_s} s.")
            time.sleep(_POLL_S)

    def cancel_evaluation(self, run_id: str, evaluation_id: str) -> Evaluation:
        """End a queued or running evaluation without a result.

        Raises:
            ConflictError: It is over already.
        """
        answer = self._transport.json("POST", f"{_path(run_id, evaluation_id)}/cancel")
        return Evaluation.model_validate(answer)


def _path(run_id: str, evaluation_id: str | None = None) -> str:
    path = f"/runs/{quote(run_id, safe='')}/evaluations"
    return path if evaluation_id is None else f"{path}/{quote(evaluation_id, safe='')}"
