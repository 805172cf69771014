"""Check sources: one JSON object a line on stdin, one JSON list of problems a line on stdout."""

import dataclasses
import json
import sys
from typing import Any

from gymlab.domain.code import CodeKind
from gymlab.domain.environments import SpaceInfo
from gymlab.server.code.checking.checker import Setting, check_source


def main() -> None:
    """Answer until stdin ends."""
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        setting = None
        if asked.get("observation_space") is not None:
            space = SpaceInfo.model_validate(asked["observation_space"])
            setting = Setting(asked["env_id"], space)
        found = check_source(asked["source"], CodeKind(asked["kind"]), setting)
        answer = json.dumps([dataclasses.asdict(problem) for problem in found])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
