"""The documented snippet loads a checkpoint's weights with PyTorch alone."""

import re
from pathlib import Path

import pytest
import torch

from gymlab.domain.runs import RunSpec
from gymlab.runner_api.rehearsal import RehearsalContext
from gymlab.runners.native.runner import RUNNER

GUIDE = Path("docs/algorithms/networks.md").resolve()


def test_the_snippet_gives_the_agents_own_action(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is at most ten lines long and names nothing of gymlab."""
    [snippet] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len([line for line in snippet.splitlines() if line.strip()]) <= 10
    assert "gymlab" not in snippet
    spec = RunSpec(
        run_id="docs",
        env_id="CartPole-v1",
        runner="native",
        algorithm="ppo",
        hyperparameters={"n_steps": 64},
        total_timesteps=128,
        seed=0,
    )
    context = RehearsalContext(spec)
    RUNNER.train(context)
    members = context.record.checkpoints[-1].members.durable
    (tmp_path / "policy.safetensors").write_bytes(members["policy.safetensors"])
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(snippet, names)  # noqa: S102 - what the guide shows

    action = names["action"]
    assert isinstance(action, torch.Tensor)
    actor = RUNNER.load_actor(spec, members)
    assert int(action) == actor.act([0.0, 0.1, 0.0, -0.1], deterministic=True)
    loaded = names["network"]
    assert isinstance(loaded, torch.nn.Module)
    weights = names["weights"]
    assert isinstance(weights, dict)
    for name, tensor in loaded.state_dict().items():
        assert torch.equal(tensor, weights[name])
