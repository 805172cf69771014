"""Measurements of this machine, kept in the data folder's cache."""

import logging
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from gymlab.domain.costs import Calibration
from gymlab.supervisor.atomic import write_atomically
from gymlab.supervisor.this_machine import machine_key

FOLDER = "calibrations"
MAX_KEPT = 400
MAX_FILE_BYTES = 64 * 1024
LOGGER = logging.getLogger(__name__)


class CalibrationBook:
    """What was measured; used from any thread, and right even when the disk takes nothing."""

    def __init__(self, cache_dir: Path) -> None:
        """Remember in a folder below this one."""
        self._folder = cache_dir / FOLDER
        self._known: dict[str, Calibration] | None = None

    def keep(self, calibration: Calibration) -> bool:
        """Remember a measurement in place of an older one; tell whether it is on the disk."""
        self._all()[calibration.workload] = calibration
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            content = calibration.model_dump_json().encode()
            write_atomically(self._path(calibration.workload), content, durable=False)
            self._prune()
        except OSError as error:
            LOGGER.warning("a calibration stays in memory only: %s", error)
            return False
        return True

    def find(self, workload: str) -> Calibration | None:
        """Return the measurement of a workload on this machine."""
        return self._all().get(workload)

    def similar(self, env_id: str, runner: str, algorithm: str) -> Calibration | None:
        """Return the newest measurement with the same environment and algorithm."""
        wanted = (env_id, runner, algorithm)
        fitting = [
            item
            for item in list(self._all().values())
            if (item.env_id, item.runner, item.algorithm) == wanted
        ]
        return max(fitting, key=lambda item: item.measured_at, default=None)

    def _all(self) -> dict[str, Calibration]:
        if self._known is None:
            self._known = {item.workload: item for item in self._read()}
        return self._known

    def _read(self) -> Iterator[Calibration]:
        for path in sorted(self._folder.glob("*.json"), key=_age):
            try:
                if path.stat().st_size > MAX_FILE_BYTES:
                    continue
                found = Calibration.model_validate_json(path.read_bytes())
            except (OSError, ValidationError):
                # Torn, or of a version with another form: it can be measured again.
                LOGGER.info("ignored %s", path.name)
                continue
            if found.machine == machine_key() and self._path(found.workload) == path:
                yield found

    def _prune(self) -> None:
        paths = sorted(self._folder.glob("*.json"), key=_age)
        for path in paths[: max(0, len(paths) - MAX_KEPT)]:
            path.unlink(missing_ok=True)

    def _path(self, workload: str) -> Path:
        return self._folder / f"{workload}.json"


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
