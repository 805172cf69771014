"""Neural networks as data: the layers of our own agents, and what is wrong with them in words.

`{"layers": [{"type": "dense", "units": 128, "activation": "relu"}]}` is a whole network; what is
left out has defaults. The output layers are none of it: they follow from the action space.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from gymlab import documenting
from gymlab.errors import FieldProblem

MAX_LAYERS = 32
MAX_UNITS = 4096
MAX_PARAMETERS = 50_000_000
NETWORK_CAPABILITY = "network_builder"
"""What a runner's manifest says when it builds networks from layers."""
NETWORK_CONTROL = "network"
"""Value of `control` in the schema of a hyperparameter that holds a network."""

Activation = Literal["relu", "leaky_relu", "tanh", "sigmoid", "linear", "gelu", "silu"]
"""Activation functions; `linear` is none."""

_STRICT = ConfigDict(
    frozen=True, extra="forbid", strict=True, use_attribute_docstrings=documenting.is_on()
)
_Units = Annotated[int, Field(ge=1, le=MAX_UNITS, examples=[64])]
_SHOWN_CHARACTERS = 60


class Dense(BaseModel):
    """Every input is connected with every unit."""

    model_config = _STRICT

    type: Literal["dense"] = "dense"
    units: _Units
    """Numbers that come out."""
    activation: Activation = "relu"
    """Function applied to each of them."""


class Conv2d(BaseModel):
    """Filters that slide over a picture."""

    model_config = _STRICT

    type: Literal["conv2d"] = "conv2d"
    filters: Annotated[int, Field(ge=1, le=1024, examples=[32])]
    """Channels that come out."""
    kernel_size: Annotated[int, Field(ge=1, le=32)] = 3
    """Height and width of a filter in pixels."""
    stride: Annotated[int, Field(ge=1, le=32)] = 1
    """Pixels between two places of the filter."""
    padding: Annotated[int, Field(ge=0, le=16)] = 0
    """Pixels of zeros added on each side."""
    activation: Activation = "relu"
    """Function applied to each number that comes out."""


class Flatten(BaseModel):
    """Lays a picture out as a vector."""

    model_config = _STRICT

    type: Literal["flatten"] = "flatten"


class LayerNorm(BaseModel):
    """Scales the numbers of one observation to mean 0 and variance 1. arXiv:1607.06450."""

    model_config = _STRICT

    type: Literal["layer_norm"] = "layer_norm"


class Dropout(BaseModel):
    """Sets numbers to 0 at random while learning."""

    model_config = _STRICT

    type: Literal["dropout"] = "dropout"
    rate: Annotated[float, Field(ge=0, lt=1)] = 0.1
    """Share that is set to 0."""


class Lstm(BaseModel):
    """A memory over the episode. Hochreiter and Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735."""

    model_config = _STRICT

    type: Literal["lstm"] = "lstm"
    units: _Units
    """Numbers that come out."""


class Gru(BaseModel):
    """A lighter memory over the episode. Cho et al. 2014, arXiv:1406.1078."""

    model_config = _STRICT

    type: Literal["gru"] = "gru"
    units: _Units
    """Numbers that come out."""


Layer = Annotated[
    Dense | Conv2d | Flatten | LayerNorm | Dropout | Lstm | Gru, Field(discriminator="type")
]
"""One layer, told apart by `type`."""

LAYER_TYPES: Mapping[str, type[BaseModel]] = {
    "dense": Dense,
    "conv2d": Conv2d,
    "flatten": Flatten,
    "layer_norm": LayerNorm,
    "dropout": Dropout,
    "lstm": Lstm,
    "gru": Gru,
}
RECURRENT_TYPES = ("lstm", "gru")

Layers = Annotated[tuple[Layer, ...], Field(min_length=1, max_length=MAX_LAYERS)]


class NetworkSpec(BaseModel):
    """The hidden layers of an agent's networks."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=documenting.is_on()
    )

    layers: Layers
    """Hidden layers, the observation's side first: the actor's, or those of the action values."""
    trunk: Literal["separate", "shared"] = "separate"
    """Actor and critic have layers of their own, or both look at the same ones."""
    critic_layers: Layers | None = None
    """Hidden layers of a separate critic; null = like the actor's, with weights of its own."""

    @property
    def layers_of_critic(self) -> tuple[Layer, ...]:
        """The critic's hidden layers, whether they are its own weights or not."""
        return self.critic_layers or self.layers

    @property
    def is_recurrent(self) -> bool:
        """Whether a layer has a memory over the episode."""
        every = (*self.layers, *self.layers_of_critic)
        return any(layer.type in RECURRENT_TYPES for layer in every)


def read_network(
    document: Any, field: str = "network"
) -> tuple[NetworkSpec | None, list[FieldProblem]]:
    """Read a network from JSON.

    Args:
        document: What was written.
        field: Where it was written, for the problems.

    Returns:
        The network, or None and one problem per wrong place.
    """
    obvious = _obvious_problem(document, field)
    if obvious is not None:
        return None, [obvious]
    try:
        spec = NetworkSpec.model_validate(document)
    except ValidationError as error:
        errors = [item for item in error.errors(include_url=False) if not _follows(item, error)]
        return None, [_problem(document, field, item) for item in errors[:MAX_LAYERS]]
    if spec.trunk == "shared" and spec.critic_layers is not None:
        detail = "A shared trunk leaves no layers of the critic's own."
        hint = "Remove critic_layers, or set trunk to separate."
        return None, [FieldProblem(f"{field}.critic_layers", "not_allowed", detail, hint)]
    return spec, []


def is_network(value: Any) -> bool:
    """Tell whether a hyperparameter's value is written as a network is."""
    return isinstance(value, Mapping) and "layers" in value


def network_text(document: Mapping[str, Any]) -> str:
    """Return a checked network in one line: "dense 64 tanh, dense 64 tanh"."""
    text = _layers_text(document["layers"])
    critic = document.get("critic_layers")
    if critic:
        return f"{text}; critic: {_layers_text(critic)}"
    return f"{text}; shared trunk" if document.get("trunk") == "shared" else text


def _layers_text(layers: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(
        " ".join(str(value) for value in layer.values() if value is not None) for layer in layers
    )


def _follows(item: ErrorDetails, error: ValidationError) -> bool:
    """Tell whether a problem only says that wrong layers were left out: there is one for each."""
    if item["type"] != "too_short":
        return False
    place = item["loc"]
    return any(
        other["loc"][: len(place)] == place and len(other["loc"]) > len(place)
        for other in error.errors(include_url=False)
    )


def _obvious_problem(document: Any, field: str) -> FieldProblem | None:
    if not isinstance(document, Mapping):
        detail = 'A network is written as {"layers": [...]}.'
        return FieldProblem(field, "wrong_type", detail)
    for name in ("layers", "critic_layers"):
        layers = cast("Mapping[str, Any]", document).get(name)
        if isinstance(layers, Sequence) and not isinstance(layers, str):
            count = len(cast("Sequence[Any]", layers))
            if count == 0:
                hint = 'Add at least one, for example {"type": "dense", "units": 64}.'
                return FieldProblem(f"{field}.{name}", "empty", "The network has no layers.", hint)
            if count > MAX_LAYERS:
                detail = f"{name} has {count:,} layers; at most {MAX_LAYERS} are allowed."
                return FieldProblem(f"{field}.{name}", "too_many", detail)
    return None


def _problem(document: Mapping[str, Any], field: str, error: ErrorDetails) -> FieldProblem:
    place = [part for part in error["loc"] if part not in LAYER_TYPES]
    where = ".".join([field, *(str(part)[:_SHOWN_CHARACTERS] for part in place)])
    if len(place) < 2 or not isinstance(place[1], int):
        name = str(place[0])[:_SHOWN_CHARACTERS] if place else "network"
        return FieldProblem(where, error["type"], _sentence(error, name, {}))
    layer: Any = document[str(place[0])][place[1]]
    kind: Any = cast("Mapping[str, Any]", layer).get("type") if isinstance(layer, Mapping) else None
    title = f"Layer {place[1] + 1}"
    if not isinstance(kind, str) or kind not in LAYER_TYPES:
        shown = repr(cast("Any", layer) if kind is None else kind)[:_SHOWN_CHARACTERS]
        detail = f"{title} is {shown}; there are: {', '.join(LAYER_TYPES)}."
        return FieldProblem(where, "unknown_layer", detail)
    name = str(place[2])[:_SHOWN_CHARACTERS] if len(place) > 2 else kind
    schema = LAYER_TYPES[kind].model_json_schema()["properties"].get(name, {})
    return FieldProblem(where, error["type"], f"{title} ({kind}): {_sentence(error, name, schema)}")


def _sentence(error: ErrorDetails, name: str, schema: Mapping[str, Any]) -> str:
    match error["type"]:
        case "missing":
            return f"{name} is missing."
        case "extra_forbidden":
            return f"there is no {name}."
        case _:
            shown = repr(error["input"])[:_SHOWN_CHARACTERS]
            return f"{name} is {shown}; allowed: {_allowed(error, schema)}."


def _allowed(error: ErrorDetails, schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(schema["enum"])
    if schema.get("type") == "integer":
        return f"a whole number from {schema['minimum']:,} to {schema['maximum']:,}"
    if schema.get("type") == "number":
        return f"a number from {schema['minimum']} to below {schema['exclusiveMaximum']}"
    return str(error.get("ctx", {}).get("expected", error["msg"]))
