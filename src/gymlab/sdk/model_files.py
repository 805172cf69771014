"""Models as files: downloading them and taking over what was trained elsewhere."""

import json
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlencode

from pydantic import Field

from gymlab.sdk.downloads import download
from gymlab.sdk.models import Answer
from gymlab.sdk.transport import Transport


class ImportedModel(Answer):
    """A model that was read from a file; it has become the only checkpoint of a run."""

    run_id: str
    """The run that stands for it."""
    name: str
    """Plain text."""
    env_id: str
    """Environment that it acts in."""
    runner: str
    """Training backend whose network it is."""
    algorithm: str
    """Learning algorithm."""
    timestep: int
    """Timesteps that it was trained for, as the file says."""
    format: str
    """How the file was written."""
    sha256: str
    """Hash of the file."""
    notes: list[str] = Field(default_factory=list[str])
    """What a person should know."""


class ModelFileCalls:
    """The calls of `Client` that concern models as files."""

    _transport: Transport

    def import_model(
        self,
        file: Path | str,
        *,
        env_id: str | None = None,
        algorithm: str | None = None,
        env_kwargs: dict[str, Any] | None = None,
        name: str | None = None,
    ) -> ImportedModel:
        """Take over a model from a file; nothing in it is executed.

        Args:
            file: What `download_model` wrote, or a zip that Stable-Baselines3 saved.
            env_id: Environment that it acts in; a model downloaded from gymlab says so itself.
            algorithm: What it must be; without it, as the file says.
            env_kwargs: Arguments of the environment.
            name: Name of the run that will stand for it.

        Raises:
            InvalidRequestError: It is damaged, of another kind, or does not fit; says why.
        """
        path = Path(file)
        params = {
            "file_name": path.name[:200],
            "env_id": env_id,
            "algorithm": algorithm,
            "env_kwargs": None if env_kwargs is None else json.dumps(env_kwargs),
            "name": name,
        }
        return ImportedModel.model_validate(self._transport.upload("/models", path, params=params))

    def download_model(
        self,
        run_id: str,
        target: Path | str,
        *,
        model_format: str = "safetensors",
        checkpoint: Literal["latest", "best"] | int = "latest",
    ) -> Path:
        """Write the trained policy of a run to a file.

        Args:
            run_id: The run.
            target: File to write.
            model_format: `safetensors`, or a format of the run's backend.
            checkpoint: Which one.
        """
        query = urlencode({"format": model_format, "checkpoint": checkpoint})
        address = f"/runs/{quote(run_id, safe='')}/model?{query}"
        return download(self._transport, address, Path(target))
