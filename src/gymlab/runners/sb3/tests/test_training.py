"""Every algorithm trains, repeats itself, checkpoints, continues and acts."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

from typing import Any

import pytest
import torch
from safetensors.torch import load, save

from gymlab.domain.events import EventType
from gymlab.domain.metrics import METRICS
from gymlab.domain.runs import Phase
from gymlab.errors import InvalidInputError, TrainingFailedError
from gymlab.runner_api.runner import BudgetSpent, Resume, TrainingStopped
from gymlab.runners.sb3.config import CONFIGS
from gymlab.runners.sb3.problems import read_manifest
from gymlab.runners.sb3.runner import RUNNER
from gymlab.runners.sb3.tests.recording_context import RecordingContext, make_spec

_REPLAY = {"learning_starts": 32, "buffer_size": 500, "batch_size": 8, "net_arch": [8]}
SMALL: dict[str, dict[str, Any]] = {
    "ppo": {"n_steps": 32, "num_envs": 2, "batch_size": 32, "n_epochs": 1},
    "a2c": {"num_envs": 2},
    "trpo": {"n_steps": 64, "batch_size": 64, "n_critic_updates": 1},
    "recurrent_ppo": {"n_steps": 32, "batch_size": 16, "n_epochs": 1, "lstm_hidden_size": 8},
    "ars": {"n_delta": 1},
    "dqn": _REPLAY,
    "qrdqn": {**_REPLAY, "n_quantiles": 5},
    **{name: {**_REPLAY, "train_freq": 4} for name in ("sac", "td3", "ddpg", "tqc")},
}
CONTINUOUS = {"sac", "td3", "ddpg", "tqc"}
TOTAL = 240


def small_spec(algorithm: str, **changes: Any) -> Any:
    """Return a specification that trains in a moment."""
    env_id = "Pendulum-v1" if algorithm in CONTINUOUS else "CartPole-v1"
    return make_spec(algorithm, env_id, **{"total_timesteps": TOTAL, **SMALL[algorithm], **changes})


def trained(spec: Any, **options: Any) -> RecordingContext:
    """Train and return what was recorded."""
    context = RecordingContext(spec, **options)
    RUNNER.train(context)
    return context


def resumed(spec: Any, context: RecordingContext, index: int) -> RecordingContext:
    """Continue from one of the checkpoints of a run."""
    timestep, members = context.checkpoints[index]
    files = {**members.durable, **members.transient}
    return trained(spec, resume=Resume(timestep, 1, 0, 1.0, files))


@pytest.mark.parametrize("algorithm", CONFIGS)
def test_the_same_seed_gives_the_same_run(algorithm: str) -> None:
    """Episodes, measurements and final weights are equal; another seed gives others."""
    first, again = trained(small_spec(algorithm)), trained(small_spec(algorithm))
    other = trained(small_spec(algorithm, seed=1))

    assert first.episodes == again.episodes
    assert first.rows == again.rows
    assert _weights(first) == _weights(again)
    assert _weights(first) != _weights(other)


def _weights(context: RecordingContext) -> bytes:
    return bytes(context.checkpoints[-1][1].durable["policy.safetensors"])


@pytest.mark.parametrize("algorithm", CONFIGS)
def test_a_run_is_reported_saved_and_playable(algorithm: str) -> None:
    """Only house names, checkpoints at safe points and at the end, and a policy that acts."""
    spec = small_spec(algorithm)
    context = trained(spec, checkpoint_every=100, wants_policy=True)

    assert context.counters.timestep >= TOTAL
    assert context.calls[1:] == ["started"]
    assert context.rows
    for _, gradient_steps, metrics, native in context.rows:
        assert set(metrics) <= set(METRICS)
        assert metrics["optim/gradient_steps"] == gradient_steps
        assert native
    main_loss = next(a.main_loss for a in read_manifest().algorithms if a.id == algorithm)
    assert main_loss is None or main_loss in context.rows[-1][2]
    assert context.checkpoints[-1][0] == context.counters.timestep
    assert Phase.ROLLOUT in context.phases
    assert Phase.UPDATE in context.phases
    assert context.policies
    _play(spec, context.policies[0])


def _play(spec: Any, members: Any) -> None:
    env = RUNNER.make_env(spec, render_mode=None)
    actor = RUNNER.load_actor(spec, members)
    observation, _ = env.reset(seed=0)
    actor.reset()
    for deterministic in (True, False):
        action = actor.act(observation, deterministic=deterministic)
        assert env.action_space.contains(action)
        observation, *_ = env.step(action)
    env.close()


@pytest.mark.parametrize("algorithm", CONFIGS)
def test_a_run_continues_from_a_checkpoint(algorithm: str) -> None:
    """It takes the timesteps that are left, and its counters go on."""
    spec = small_spec(algorithm, total_timesteps=480)
    whole = trained(spec, checkpoint_every=100)
    at, _ = whole.checkpoints[0]
    continued = resumed(spec, whole, 0)

    assert at < 480
    assert continued.counters.timestep == pytest.approx(whole.counters.timestep, abs=200)
    assert [row[0] for row in continued.rows] == sorted(row[0] for row in continued.rows)
    assert continued.rows[0][0] > at
    if algorithm != "ars":
        assert continued.rows[-1][1] == whole.rows[-1][1]
    assert not [event for event in continued.events if event[0] is EventType.WARNING]


@pytest.mark.parametrize("algorithm", ["ppo", "a2c", "dqn", "sac", "td3"])
def test_a_finished_run_continues_with_nothing_to_do(algorithm: str) -> None:
    """No timestep is taken, and nothing is said or saved a second time."""
    spec = small_spec(algorithm)
    whole = trained(spec)
    again = resumed(spec, whole, -1)

    assert again.counters.timestep == whole.counters.timestep
    assert (again.rows, again.checkpoints) == ([], [])


def test_schedules_continue_where_they_were() -> None:
    """The learning rate of a resumed run is that of the whole run at the same timestep."""
    spec = small_spec("ppo", learning_rate="lin_0.001", total_timesteps=640)
    whole = trained(spec, checkpoint_every=100)
    continued = resumed(spec, whole, 0)
    rates = {row[0]: row[2]["optim/learning_rate"] for row in whole.rows}

    assert len(set(rates.values())) > 2
    for row in continued.rows:
        assert rates[row[0]] == row[2]["optim/learning_rate"]


def test_a_stop_abandons_a_long_update() -> None:
    """Every optimizer step asks first, so a stop does not wait for the update to end."""
    context = RecordingContext(
        small_spec("ppo", n_steps=128, batch_size=2, n_epochs=20), stop_at_gradient_step=3
    )
    with pytest.raises(TrainingStopped):
        RUNNER.train(context)

    assert context.num_gates == 4
    assert context.checkpoints == []


def test_a_budget_of_episodes_ends_with_a_checkpoint() -> None:
    """The run counts as completed, so its last state is kept."""
    context = RecordingContext(small_spec("ppo", max_episodes=2))
    with pytest.raises(BudgetSpent):
        RUNNER.train(context)

    assert context.counters.episodes == 2
    assert len(context.checkpoints) == 1


def test_checkpoints_are_taken_between_update_and_rollout() -> None:
    """Never inside a rollout: the timesteps are multiples of a rollout's length."""
    context = trained(small_spec("ppo", total_timesteps=512), checkpoint_every=1)

    assert [timestep for timestep, _ in context.checkpoints] == [64 * n for n in range(1, 9)]


def test_reports_do_not_depend_on_time() -> None:
    """At most one per hundred timesteps here, and always the last."""
    context = trained(small_spec("a2c", total_timesteps=1000))
    timesteps = [row[0] for row in context.rows]

    assert timesteps == [*range(100, 1001, 100)]


def test_settings_that_cannot_learn_are_warned_of() -> None:
    """A warm-up as long as the budget is allowed, but said."""
    context = trained(small_spec("dqn", learning_starts=10_000))

    assert any("nothing will be learnt" in message for _, message in context.events)


def test_warnings_of_the_library_become_events() -> None:
    """A truncated minibatch is said in the event log, not on a console."""
    context = trained(small_spec("ppo", batch_size=48))

    assert any("mini-batch size of 48" in message for _, message in context.events)


def test_invalid_hyperparameters_do_not_start() -> None:
    """Even where nobody asked for problems before."""
    context = RecordingContext(small_spec("ppo", batch_size=0))
    with pytest.raises(InvalidInputError, match="batch_size"):
        RUNNER.train(context)

    assert context.calls == []


def test_weights_that_become_nan_end_with_a_hint() -> None:
    """The error says what happened and what to change."""
    spec = small_spec("ppo", total_timesteps=20_000, learning_rate=1.0, max_grad_norm=1000.0)
    whole = trained(small_spec("ppo"))
    timestep, members = whole.checkpoints[-1]
    poisoned = _poisoned(members.durable)
    context = RecordingContext(spec, resume=Resume(timestep, 0, 0, 0.0, poisoned))
    with pytest.raises(TrainingFailedError, match="NaN") as caught:
        RUNNER.train(context)

    assert "learning_rate" in (caught.value.hint or "")


def _poisoned(durable: Any) -> dict[str, bytes]:
    tensors = load(bytes(durable["policy.safetensors"]))
    nan = {name: torch.full_like(tensor, float("nan")) for name, tensor in tensors.items()}
    return {**durable, "policy.safetensors": save(nan)}


def test_nothing_is_printed_and_no_file_is_written(
    capfd: pytest.CaptureFixture[str], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library's own loggers stay silent."""
    monkeypatch.chdir(tmp_path)
    trained(small_spec("dqn"))

    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []
