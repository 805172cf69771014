"""The same episodes without a lab: load a policy, play in one loop, print the mean return.

`python -m benchmarks.plain_evaluation CONFIG POLICY EPISODES`: a run's configuration as JSON and the
policy of one of its checkpoints.
"""

import json
import sys
from pathlib import Path

from gymlab.domain.runs import RunSpec
from gymlab.evaluation.seeds import requested_seeds
from gymlab.runner_api.rehearsal import greedy_return
from gymlab.worker.discovery import find_runner


def main() -> None:
    """Play and print."""
    config, policy, episodes = sys.argv[1:]
    spec = RunSpec.model_validate(json.loads(Path(config).read_text(encoding="utf-8")))
    runner = find_runner(spec.runner).load()
    members = {"policy.safetensors": Path(policy).read_bytes()}
    mean = greedy_return(runner, spec, members, requested_seeds(0, int(episodes)))
    sys.stdout.write(f"{mean}\n")


if __name__ == "__main__":
    main()
