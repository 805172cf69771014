"""Hyperparameters of SAC, with the names and meanings of Stable-Baselines3 2.9.

Sources: Haarnoja et al. 2018, arXiv:1801.01290 and arXiv:1812.05905. Defaults: Stable-Baselines3.
"""

from typing import Annotated, Literal

from pydantic import Field

from gymlab.agents.config_replay import ReplayConfig
from gymlab.agents.default_networks import SOFT_DEFAULTS
from gymlab.agents.fields import ScheduledRate, UnitRate, extra, network_extra
from gymlab.domain.networks import NetworkSpec

AUTO_PATTERN = r"^auto(?:_(?=[0.]*[1-9])(?:[0-9]{1,3}(?:\.[0-9]{1,12})?|\.[0-9]{1,12}))?(?![\s\S])"
"""`auto`, or `auto_` and a positive number that the coefficient begins with."""


class SacConfig(ReplayConfig):
    """Soft actor-critic."""

    network: Annotated[
        NetworkSpec | None,
        Field(json_schema_extra=network_extra(SOFT_DEFAULTS, heads=["policy"], may_remember=False)),
    ] = None
    """Hidden layers of the actor, and of each critic, which is given the action beside the observation. Empty: two dense layers of 256 units."""

    learning_rate: Annotated[
        ScheduledRate, Field(json_schema_extra=extra("basic", scale="log"))
    ] = 3e-4
    """Step size of all optimizers, or `lin_x` to let it fall linearly from x to 0."""

    tau: Annotated[UnitRate, Field(json_schema_extra=extra("basic", scale="log"))] = 0.005
    """Share of the critics that is blended into the target critics at each update."""

    ent_coef: Annotated[
        Annotated[float, Field(ge=0, le=1000)]
        | Annotated[str, Field(pattern=AUTO_PATTERN, max_length=24)],
        Field(
            json_schema_extra=extra(
                "exploration", fixed_by="state", canonical="entropy_coefficient"
            )
        ),
    ] = "auto"
    """Weight of the entropy: a number, `auto` to learn it, or `auto_0.1` to learn it from 0.1 on."""

    target_entropy: Annotated[
        Annotated[float, Field(ge=-1000, le=1000)] | Literal["auto"],
        Field(json_schema_extra=extra("exploration", unit="nat")),
    ] = "auto"
    """Entropy that the learnt coefficient aims at; `auto` = minus the number of action components."""

    target_update_interval: Annotated[
        int,
        Field(ge=1, le=10_000, json_schema_extra=extra("advanced", unit="gradient steps")),
    ] = 1
    """Gradient steps between two updates of the target critics, counted within one update."""

    n_critics: Annotated[
        int,
        Field(
            ge=1,
            le=10,
            json_schema_extra=extra(
                "network", fixed_by="policy", unit="networks", canonical="num_critics"
            ),
        ),
    ] = 2
    """Critics; the smallest estimate counts."""
