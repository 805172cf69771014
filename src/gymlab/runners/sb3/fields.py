"""Types and metadata shared by the hyperparameters of every algorithm.

Every model is strict, because the server checks the same JSON Schema: what one side accepts
the other accepts too. Linear schedules are written as the tuned presets of the field write
them: `lin_0.001` falls from 0.001 to 0 over the training budget.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from gymlab.domain.hyperparameter_rules import RULES, Rule
from gymlab.domain.wrappers import SET_BY_WRAPPER

Group = Literal["basic", "advanced", "network", "exploration", "normalisation"]

FixedBy = Literal["policy", "state"]
"""`policy`: the network's shape, or what it sees. `state`: the learner's state beyond the policy."""

LINEAR_PATTERN = (
    r"^lin_(?=[0.]*[1-9])"
    r"(?:0?\.[0-9]{1,12}|1(?:\.0{1,12})?|[1-9](?:\.[0-9]{1,12})?[eE]-0?[1-9][0-9]?)(?![\s\S])"
)
"""`lin_` and a number in (0, 1]. Look-ahead refuses zero, and a line break after the number."""

LINEAR_PREFIX = "lin_"


def extra(
    group: Group,
    *,
    unit: str | None = None,
    canonical: str | None = None,
    scale: Literal["log"] | None = None,
    fixed_by: FixedBy | None = None,
    set_by_wrapper: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what a form needs to know of a field beyond its type and bounds.

    Args:
        group: Section of the form.
        unit: Unit of the value.
        canonical: House name, where the backend's own name differs.
        scale: `log` where a slider should be logarithmic.
        fixed_by: What a run takes over from a checkpoint that this must be the same for.
        set_by_wrapper: Wrapper id -> value that the wrapper means by it.
    """
    found = {
        "group": group,
        "unit": unit,
        "canonical": canonical,
        "scale": scale,
        "fixed_by": fixed_by,
        SET_BY_WRAPPER: set_by_wrapper,
    }
    return {key: value for key, value in found.items() if value is not None}


LinearSchedule = Annotated[str, Field(pattern=LINEAR_PATTERN, max_length=24)]
"""`lin_<x>`: falls linearly from x to 0 over the budget."""

UnitRate = Annotated[float, Field(gt=0, le=1)]
"""A number in (0, 1]."""

ScheduledRate = UnitRate | LinearSchedule
"""A constant in (0, 1] or a linear schedule that begins there."""

LayerWidth = Annotated[int, Field(ge=1, le=2048)]
"""Units of one hidden layer."""

NetArch = Annotated[list[LayerWidth], Field(max_length=6)]
"""Widths of the hidden layers, input side first."""

ActivationName = Literal["tanh", "relu", "elu", "leaky_relu", "silu", "gelu"]
"""Activation functions of the hidden layers."""

ActionNoiseName = Literal["none", "normal", "ornstein-uhlenbeck"]
"""Kinds of noise added to the actions of a deterministic policy."""


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

    RULES: ClassVar[tuple[Rule, ...]] = ()
    """What this class demands of its fields together, beside what its bases demand."""

    @classmethod
    def rules(cls) -> tuple[Rule, ...]:
        """Return what is demanded of the fields together."""
        found = [rule for kind in reversed(cls.__mro__) for rule in vars(kind).get("RULES", ())]
        return tuple(found)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Put the rules beside the properties."""
        schema = handler(core_schema)
        rules = [rule.model_dump(mode="json", exclude_defaults=True) for rule in cls.rules()]
        return {**schema, RULES: rules} if rules else schema

    @model_validator(mode="before")
    @classmethod
    def _read_whole_numbers(cls, values: Any) -> Any:
        """Let JSON's and TOML's `1e5` be the whole number that it is."""
        if not isinstance(values, Mapping):
            return values
        items = cast("Mapping[str, Any]", values).items()
        return {name: _whole(value) for name, value in items}


def _whole(value: Any) -> Any:
    if isinstance(value, list):
        return [_whole(item) for item in cast("list[Any]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def schedule_start(value: float | str) -> float:
    """Return the value that a constant or a linear schedule begins with."""
    return float(value.removeprefix(LINEAR_PREFIX)) if isinstance(value, str) else value
