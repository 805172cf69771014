"""The same episodes without a lab: load a policy, play in one loop, print the mean return.

`python -m benchmarks.plain_evaluation CONFIG POLICY EPISODES`: a run's configuration as JSON and the
policy of one of its checkpoints.
"""

import json
import sys
from pathlib import Path

from gymlab.domain.runs import RunSpec
from gymlab.evaluation.seeds import requested_seeds
from gymlab.worker.discovery import find_runner


def main() -> None:
    """Play and print."""
    config, policy, episodes = sys.argv[1:]
    spec = RunSpec.model_validate(json.loads(Path(config).read_text(encoding="utf-8")))
    runner = find_runner(spec.runner).load()
    actor = runner.load_actor(spec, {"policy.safetensors": Path(policy).read_bytes()})
    env = runner.make_env(spec, render_mode=None)
    total = 0.0
    for seed in requested_seeds(0, int(episodes)):
        observation, _ = env.reset(seed=seed)
        actor.reset()
        is_over = False
        while not is_over:
            action = actor.act(observation, deterministic=True)
            observation, reward, terminated, truncated, _ = env.step(action)
            total += float(reward)
            is_over = terminated or truncated
    sys.stdout.write(f"{total / int(episodes)}\n")


if __name__ == "__main__":
    main()
