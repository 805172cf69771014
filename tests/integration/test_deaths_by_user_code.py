"""A worker that its author's own code ends says so, at the timestep where it happened."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from gymlab.domain.code import source_code
from tests.integration.shims import ALGORITHM, ShimServer, assignment

REWARD = """
import ctypes, os

count = 0

def reward_function(obs, action):
    global count
    count += 1
    if count == 150:
        {deed}
    return 1.0
"""
CALLED_AT = 149
"""Timesteps done when the deed is done."""
LINE_OF_DEED = 10
DEEDS = {
    "crash": (
        "ctypes.string_at(0)",
        "crashed",
        f"Your code crashed the interpreter at timestep {CALLED_AT}, in the reward",
    ),
    "abort": (
        "os.abort()",
        "crashed",
        f"Your code crashed the interpreter at timestep {CALLED_AT}, in the reward",
    ),
    "exit": (
        "os._exit(3)",
        "exited",
        f"Your code ended the interpreter with exit code 3 at timestep {CALLED_AT}, in the reward.",
    ),
    "memory": (
        "bytearray(4 << 30)",
        "out_of_memory",
        "",
    ),
    "files": (
        "[open(f'f{n}', 'w').close() for n in range(300000)]",
        "over_limit",
        "Your code made more than 20,000 files",
    ),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_the_death_names_the_code(deed: str, tmp_path: Path) -> None:
    """Not a native library of somebody else."""
    text, code, words = DEEDS[deed]
    assigned = assignment(tmp_path, total_timesteps=100_000, limits={"memory_bytes": 1200 * 2**20})
    source = source_code(REWARD.replace("{deed}", text))
    spec = {**assigned.spec, "reward_code": source.model_dump(mode="json")}
    assigned = msgspec.structs.replace(assigned, spec=spec, algorithm=ALGORITHM)

    async def scenario() -> None:
        async with ShimServer(tmp_path) as server:
            server.launch(assigned)
            state = await server.finished(assigned, "failed")
            assert state.failure is not None
            assert state.failure["code"] == code, state.failure
            assert state.failure["detail"].startswith(words), state.failure
            if code == "crashed":
                assert state.failure["line"] == f"<reward>:{LINE_OF_DEED}"

    asyncio.run(scenario())
