"""Types and metadata shared by the hyperparameters of our own algorithms.

Every model is strict, because the server checks the same JSON Schema: what one side accepts the
other accepts too. `lin_0.001` falls linearly from 0.001 to 0 over the training budget.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gymlab.domain.network_shapes import ObservationKind
from gymlab.domain.networks import NETWORK_CONTROL, NetworkSpec

Group = Literal["basic", "advanced", "network", "exploration", "normalisation"]

FixedBy = Literal["policy", "state"]
"""`policy`: the network's shape, or what it sees. `state`: the learner's state beyond the policy."""

LINEAR_PREFIX = "lin_"

_LINEAR_PATTERN = (
    r"^lin_(?=[0.]*[1-9])"
    r"(?:0?\.[0-9]{1,12}|1(?:\.0{1,12})?|[1-9](?:\.[0-9]{1,12})?[eE]-0?[1-9][0-9]?)(?![\s\S])"
)
"""`lin_` and a number in (0, 1]. Look-ahead refuses zero, and a line break after the number."""

UnitRate = Annotated[float, Field(gt=0, le=1)]
"""A number in (0, 1]."""

ScheduledRate = UnitRate | Annotated[str, Field(pattern=_LINEAR_PATTERN, max_length=24)]
"""A constant in (0, 1] or a linear schedule that begins there."""

Defaults = Mapping[ObservationKind, NetworkSpec]
"""Kind of observation -> network that is taken where none is named."""


def extra(
    group: Group,
    *,
    unit: str | None = None,
    canonical: str | None = None,
    scale: Literal["log"] | None = None,
    fixed_by: FixedBy | None = None,
) -> dict[str, Any]:
    """Return what a form needs to know of a field beyond its type and bounds.

    Args:
        group: Section of the form.
        unit: Unit of the value.
        canonical: House name, where the name of the papers differs.
        scale: `log` where a slider should be logarithmic.
        fixed_by: What a run takes over from a checkpoint that this must be the same for.
    """
    found = {
        "group": group,
        "unit": unit,
        "canonical": canonical,
        "scale": scale,
        "fixed_by": fixed_by,
    }
    return {key: value for key, value in found.items() if value is not None}


def network_extra(
    defaults: Defaults,
    *,
    heads: list[str],
    may_remember: bool,
    optional_heads: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return what a form and the server need to know of a field that holds a network.

    Args:
        defaults: What is taken where none is named.
        heads: Output layers: `policy`, `value` or `q`.
        may_remember: Whether the algorithm can train lstm and gru.
        optional_heads: Further output -> hyperparameter that switches it on.
    """
    return {
        **extra("network", fixed_by="policy"),
        "control": NETWORK_CONTROL,
        "defaults": {kind: spec.model_dump(mode="json") for kind, spec in defaults.items()},
        "heads": heads,
        "may_remember": may_remember,
        "optional_heads": dict(optional_heads or {}),
        "missing_layers": [],
    }


def without_layers(schema: dict[str, Any], missing: Iterable[str]) -> dict[str, Any]:
    """Return the schema of an algorithm whose networks have not all kinds of layers.

    Args:
        schema: JSON Schema of its hyperparameters; it is changed.
        missing: Kinds of layers that it cannot build.
    """
    for declared in schema["properties"].values():
        if declared.get("control") == NETWORK_CONTROL:
            declared["missing_layers"] = list(missing)
    return schema


class HyperparameterModel(BaseModel):
    """Base of every algorithm's hyperparameters: frozen, complete, nothing unknown."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        # The look-ahead of the schedule pattern is beyond the default engine.
        regex_engine="python-re",
    )

    @model_validator(mode="before")
    @classmethod
    def _read_whole_numbers(cls, values: Any) -> Any:
        """Let JSON's and TOML's `1e5` be the whole number that it is."""
        if not isinstance(values, Mapping):
            return values
        items = cast("Mapping[str, Any]", values).items()
        return {name: _whole(value) for name, value in items}


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def scheduled_value(rate: float | str, progress: float) -> float:
    """Return a constant, or where a linear schedule is after a share `progress` of the budget."""
    if isinstance(rate, str):
        return float(rate.removeprefix(LINEAR_PREFIX)) * max(0.0, 1.0 - progress)
    return rate
