"""Beginning with another run's policy, and continuing another run's state differently."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from typing import Any

import pytest
import torch
from safetensors.torch import load as load_tensors

from gymlab.errors import TrainingFailedError
from gymlab.runner_api.runner import Members, Resume
from gymlab.runners.sb3.config import CONFIGS
from gymlab.runners.sb3.runner import RUNNER
from gymlab.runners.sb3.tests.recording_context import RecordingContext, make_spec
from gymlab.runners.sb3.tests.test_checkpoints import small_model
from gymlab.runners.sb3.warm_start import begin_with_policy
from gymlab.runners.sb3.weights import policy_members

SMALL: dict[str, dict[str, Any]] = {
    "ppo": {"n_steps": 32, "batch_size": 32, "n_epochs": 1, "net_arch": [8]},
    "a2c": {"n_steps": 8, "net_arch": [8]},
    "recurrent_ppo": {"n_steps": 32, "batch_size": 32, "n_epochs": 1, "lstm_hidden_size": 4},
    "dqn": {"buffer_size": 64, "batch_size": 8, "learning_starts": 8, "net_arch": [8]},
    "sac": {"buffer_size": 64, "batch_size": 8, "learning_starts": 8, "net_arch": [8]},
    "ars": {"n_delta": 2, "n_top": 1},
}


def _env_of(algorithm: str) -> str:
    return "CartPole-v1" if algorithm == "dqn" else "Pendulum-v1"


@pytest.mark.parametrize("algorithm", SMALL)
def test_the_weights_come_and_the_rest_is_new(algorithm: str) -> None:
    """Policy, target networks and normalisation are equal; counters and optimizers begin anew."""
    settings = {**SMALL[algorithm], "normalize": algorithm in {"ppo", "sac"}}
    earlier = small_model(algorithm, _env_of(algorithm), **settings)
    earlier.learn(64)
    members = policy_members(earlier)
    model = small_model(algorithm, _env_of(algorithm), **settings)
    before = {name: state for name, state in model.get_parameters().items() if "optim" in name}

    begin_with_policy(model, members)

    assert policy_members(model) == members
    assert model.num_timesteps == 0
    after = model.get_parameters()
    assert {name: len(after[name]["state"]) for name in before} == dict.fromkeys(before, 0)


def test_random_search_perturbs_the_weights_that_came() -> None:
    """Its own vector of parameters is theirs."""
    earlier = small_model("ars", **SMALL["ars"])
    earlier.learn(400)
    model = small_model("ars", **SMALL["ars"])
    begin_with_policy(model, policy_members(earlier))
    wanted = torch.nn.utils.parameters_to_vector(earlier.policy.parameters())
    assert torch.equal(model.weights, wanted)


def test_training_begins_with_the_policy_at_timestep_zero() -> None:
    """The first rollout is played by it: with a learning rate near zero it stays what it was."""
    members = _trained("ppo")
    context = RecordingContext(
        make_spec("ppo", **SMALL["ppo"], learning_rate=1e-12), initial_policy=members
    )
    RUNNER.train(context)
    timestep, last = context.checkpoints[-1]
    assert timestep == 256
    weights = load_tensors(bytes(last.durable["policy.safetensors"]))
    for name, tensor in load_tensors(bytes(members["policy.safetensors"])).items():
        torch.testing.assert_close(weights[name], tensor, atol=1e-6, rtol=0)


def test_another_network_is_refused_with_both_shapes() -> None:
    """The first tensor that differs is named."""
    members = _trained("ppo")
    context = RecordingContext(
        make_spec("ppo", hyperparameters={**SMALL["ppo"], "net_arch": [16]}), initial_policy=members
    )
    with pytest.raises(TrainingFailedError, match=r"\(8, 4\) in the checkpoint, \(16, 4\)"):
        RUNNER.train(context)


def test_missing_normalisation_is_refused() -> None:
    """The policy would see other numbers than it was trained on."""
    members = _trained("ppo")
    context = RecordingContext(
        make_spec("ppo", **SMALL["ppo"], normalize=True), initial_policy=members
    )
    with pytest.raises(TrainingFailedError, match="without normalisation"):
        RUNNER.train(context)


@pytest.mark.parametrize("content", [b"", b"\0" * 64, b"\xff" * 200])
def test_a_policy_that_is_none_is_refused(content: bytes) -> None:
    """Whatever its bytes are, with the file's name."""
    context = RecordingContext(
        make_spec("ppo", **SMALL["ppo"]), initial_policy={"policy.safetensors": content}
    )
    with pytest.raises(TrainingFailedError, match=r"policy\.safetensors cannot be read"):
        RUNNER.train(context)


@pytest.mark.parametrize(
    ("algorithm", "changes"),
    [
        ("ppo", {"learning_rate": 1e-3, "n_steps": 16, "batch_size": 8, "gamma": 0.9}),
        ("ppo", {"learning_rate": "lin_0.001", "ent_coef": 0.01, "target_kl": 0.1}),
        ("a2c", {"learning_rate": 1e-4, "n_steps": 4, "max_grad_norm": 1.0}),
        ("dqn", {"learning_rate": 1e-3, "exploration_fraction": 0.9, "train_freq": 2}),
        ("sac", {"learning_rate": 1e-3, "tau": 0.1, "gradient_steps": 2}),
    ],
)
def test_a_fork_goes_on_with_other_hyperparameters(algorithm: str, changes: dict[str, Any]) -> None:
    """Those that neither network nor state depend on."""
    properties = CONFIGS[algorithm].model_json_schema()["properties"]
    assert not [name for name in changes if "fixed_by" in properties[name]]
    env_id = _env_of(algorithm)
    first = RecordingContext(make_spec(algorithm, env_id, **SMALL[algorithm]))
    RUNNER.train(first)
    timestep, saved = first.checkpoints[-1]
    resume = Resume(timestep, 0, 0, 0.0, {**saved.durable, **saved.transient})
    settings = {**SMALL[algorithm], **changes}
    spec = make_spec(algorithm, env_id, total_timesteps=timestep + 128, **settings)
    fork = RecordingContext(spec, resume=resume)
    RUNNER.train(fork)
    assert fork.checkpoints[-1][0] >= timestep + 128
    assert fork.counters.timestep == fork.checkpoints[-1][0]


def _trained(algorithm: str) -> Members:
    context = RecordingContext(make_spec(algorithm, **SMALL[algorithm]))
    RUNNER.train(context)
    return context.checkpoints[-1][1].durable
