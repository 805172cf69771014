"""What set-up compiles."""

import pytest

from gymlab.domain.runs import RunSpec
from gymlab.errors import DependencyMissingError
from gymlab.runners.turbo import preparing


def test_an_environment_that_is_not_installed_keeps_no_other_from_being_prepared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without MuJoCo, the programs of everything else are there all the same."""
    specs = [spec for spec in preparing.specifications() if spec.algorithm == "ppo"]
    assert any(spec.env_id.startswith("Hopper") for spec in specs[:-1])
    trained: list[str] = []

    def train(context: object) -> None:
        spec = getattr(context, "spec", None)
        assert isinstance(spec, RunSpec)
        if spec.env_id.startswith("Hopper"):
            raise DependencyMissingError("mujoco is not installed")
        trained.append(spec.env_id)

    monkeypatch.setattr(preparing, "train", train)
    monkeypatch.setattr(preparing, "keep_kernels", lambda: None)
    monkeypatch.setattr(preparing, "keep_what_is_compiled", lambda: None)
    monkeypatch.setattr(preparing, "specifications", lambda: iter(specs))
    preparing.fill_cache()
    assert len(trained) == 1 + sum(not spec.env_id.startswith("Hopper") for spec in specs)
