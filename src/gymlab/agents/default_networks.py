"""Networks that are taken where none is named, by the kind of observation.

Sources: two layers of 64 units as in Schulman et al. 2017, arXiv:1707.06347, and Stable-Baselines3;
the convolutions for pictures are those of Mnih et al. 2015, doi:10.1038/nature14236.
"""

from collections.abc import Mapping

from gymlab.domain.network_shapes import ObservationKind, Shape, observation_kind
from gymlab.domain.networks import Activation, Conv2d, Dense, Flatten, NetworkSpec

_GRID = NetworkSpec(
    layers=(
        Conv2d(filters=16, kernel_size=3, padding=1),
        Conv2d(filters=32, kernel_size=3, padding=1),
        Flatten(),
        Dense(units=128),
    ),
    trunk="shared",
)
_PICTURE = NetworkSpec(
    layers=(
        Conv2d(filters=32, kernel_size=8, stride=4),
        Conv2d(filters=64, kernel_size=4, stride=2),
        Conv2d(filters=64, kernel_size=3, stride=1),
        Flatten(),
        Dense(units=512),
    ),
    trunk="shared",
)


def _two_layers(units: int, activation: Activation) -> NetworkSpec:
    layer = Dense(units=units, activation=activation)
    return NetworkSpec(layers=(layer, layer))


ACTOR_CRITIC_DEFAULTS: Mapping[ObservationKind, NetworkSpec] = {
    "vector": _two_layers(64, "tanh"),
    "grid": _GRID,
    "picture": _PICTURE,
}
"""For algorithms with a policy and a value function."""

ACTION_VALUE_DEFAULTS: Mapping[ObservationKind, NetworkSpec] = {
    "vector": _two_layers(64, "relu"),
    "grid": _GRID,
    "picture": _PICTURE,
}
"""For algorithms that learn the value of every action."""


SOFT_DEFAULTS: Mapping[ObservationKind, NetworkSpec] = {
    "vector": _two_layers(256, "relu"),
    "grid": _two_layers(256, "relu"),
    "picture": _two_layers(256, "relu"),
}
"""For soft actor-critic, which reads vectors alone. Source: Haarnoja et al. 2018, arXiv:1812.05905."""


def chosen_network(
    spec: NetworkSpec | None, defaults: Mapping[ObservationKind, NetworkSpec], observation: Shape
) -> NetworkSpec:
    """Return the network that was asked for, or the default for what it sees."""
    return spec if spec is not None else defaults[observation_kind(observation)]
