"""Which registered environments the catalogue lists, in which group, and what each group needs.

Gymnasium's registry mixes current environments with old versions, JAX twins of the same
problems and adapters that raise. A family says which part of it is worth listing and which
optional package must be there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gymnasium.envs.registration import EnvSpec


@dataclass(frozen=True, slots=True)
class Family:
    """A group of environments that share a package, a look and a way of being observed."""

    id: str
    """Identifier in the catalogue, for example `classic-control`."""
    title: str
    """Name for people."""
    modules: tuple[str, ...]
    """Modules that must import before an environment of this family can be made."""
    extra: str = ""
    """Extra of this project that installs them; empty where the project alone does."""

    @property
    def install_hint(self) -> str:
        """Return the command that makes the family available."""
        return f'pip install "gymlab[{self.extra}]"' if self.extra else "pip install gymlab"


CLASSIC_CONTROL = Family("classic-control", "Classic control", ("pygame",))
TOY_TEXT = Family("toy-text", "Toy text", ("pygame",))
BOX2D = Family("box2d", "Box2D", ("Box2D", "pygame"), "box2d")
MUJOCO = Family("mujoco", "MuJoCo", ("mujoco",), "mujoco")
ATARI = Family("atari", "Atari 2600", ("ale_py", "PIL"), "atari")
MINIGRID = Family("minigrid", "MiniGrid", ("minigrid", "pygame"), "minigrid")
GYMLAB = Family("gymlab", "gymlab", ("PIL",))
INSTALLED = Family("installed", "Installed packages", ())

FAMILIES: Mapping[str, Family] = {
    family.id: family
    for family in (
        GYMLAB,
        CLASSIC_CONTROL,
        TOY_TEXT,
        BOX2D,
        MUJOCO,
        ATARI,
        MINIGRID,
        INSTALLED,
    )
}
"""Every family, in the order in which the catalogue shows them."""

_BY_PACKAGE: Mapping[str, Family] = {
    "gymnasium.envs.classic_control": CLASSIC_CONTROL,
    "gymnasium.envs.toy_text": TOY_TEXT,
    "gymnasium.envs.box2d": BOX2D,
    "gymnasium.envs.mujoco": MUJOCO,
    "minigrid.envs": MINIGRID,
    "gymlab.envs": GYMLAB,
}

_NOT_LISTED_PACKAGES = ("gymnasium.", "ale_py", "shimmy")
"""Old Atari ids, JAX twins and adapters: reachable under a listed id or not at all."""


def family_of(spec: EnvSpec) -> Family | None:
    """Return the family of a registered environment, or None where it is not listed."""
    if spec.namespace == "ALE":
        return ATARI
    if not isinstance(spec.entry_point, str):
        return None
    module = spec.entry_point.partition(":")[0]
    for package, family in _BY_PACKAGE.items():
        if module == package or module.startswith(f"{package}."):
            return family
    if module.startswith(_NOT_LISTED_PACKAGES):
        return None
    return INSTALLED
