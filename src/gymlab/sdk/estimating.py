"""The part of `gymlab.Client` that asks what training will cost, and has it measured."""

import time
from typing import Any, Unpack

from gymlab.sdk import models
from gymlab.sdk.estimate_models import Calibration, Engine
from gymlab.sdk.history import DEFAULT_ALGORITHM
from gymlab.sdk.transport import Transport

_POLL_S = 0.3


class EstimateCalls:
    """Calls of the client about cost."""

    _transport: Transport

    def calibrate(
        self,
        env_id: str,
        *,
        every_engine: bool = False,
        wait: bool = True,
        **options: Unpack[models.RunOptions],
    ) -> list[Calibration]:
        """Train for a few seconds and measure what it costs on the server's machine; no run is made.

        Args:
            env_id: Environment to train in.
            every_engine: Whether every runner that can train this is measured.
            wait: Whether to wait for the results.
            **options: As for `create`.

        Raises:
            InvalidRequestError: It cannot be trained like this.
        """
        answer = self._transport.json(
            "POST",
            "/calibrations",
            params={"every_engine": every_engine},
            body=_body(env_id, options),
        )
        found = [Calibration.model_validate(item) for item in answer["items"]]
        return [self._awaited(item) for item in found] if wait else found

    def calibration(self, calibration_id: str) -> Calibration:
        """Return a measurement: how far it is, or what it found.

        Raises:
            NotFoundError: There is none of that id, or it was long ago.
        """
        answer = self._transport.json("GET", f"/calibrations/{calibration_id}")
        return Calibration.model_validate(answer)

    def cancel_calibration(self, calibration_id: str) -> Calibration:
        """Give a measurement up."""
        answer = self._transport.json("DELETE", f"/calibrations/{calibration_id}")
        return Calibration.model_validate(answer)

    def engines(self, env_id: str, **options: Unpack[models.RunOptions]) -> list[Engine]:
        """Return the runners that have the algorithm, with their speed where it was measured here."""
        answer = self._transport.json("POST", "/runs/engines", body=_body(env_id, options))
        return [Engine.model_validate(item) for item in answer["items"]]

    def _awaited(self, calibration: Calibration) -> Calibration:
        while not calibration.is_over:
            time.sleep(_POLL_S)
            calibration = self.calibration(calibration.id)
        return calibration


def _body(env_id: str, options: models.RunOptions) -> dict[str, Any]:
    return {"algorithm": DEFAULT_ALGORITHM, **options, "env_id": env_id}
