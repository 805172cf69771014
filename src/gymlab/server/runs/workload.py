"""What a draft would have a worker do, as far as its cost goes."""

from gymlab.domain.runs import RunSpec
from gymlab.server import machine
from gymlab.server.estimating.workloads import Workload
from gymlab.server.runs.draft import Draft
from gymlab.server.runs.schemas import NewRun


def workload_of(draft: Draft, body: NewRun) -> Workload | None:
    """Return the workload; None until environment, runner and algorithm are known.

    A draft with other problems has one too: how much memory too many environments would need is
    worth saying.
    """
    if draft.env is None or draft.runner is None or draft.algorithm is None:
        return None
    spec = RunSpec(
        run_id="",
        env_id=draft.env.id,
        env_kwargs=body.env_kwargs,
        runner=draft.runner.manifest.id,
        algorithm=draft.algorithm.id,
        hyperparameters=draft.hyperparameters,
        total_timesteps=draft.total_timesteps,
        seed=0,
        device=draft.device,
        may_use_card=draft.may_use_card,
        checkpoint_every_timesteps=body.checkpoint_every_timesteps,
        environment_code=draft.environment_code,
        reward_code=draft.reward_code,
        reward_formula=draft.reward_formula,
        wrappers=draft.wrappers,
    )
    return Workload(
        spec=spec,
        runner=draft.runner,
        algorithm=draft.algorithm,
        observed=draft.observed,
        acted=draft.env.action_space,
        has_accelerator=draft.may_use_card or machine.is_accelerated(draft.device.value),
        max_episode_steps=draft.env.max_episode_steps,
        first_timestep=draft.first_timestep,
    )
