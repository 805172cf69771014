"""The speed table: what adds up, what is said, what is drawn."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.machine import gpu_text, this_machine
from benchmarks.speed.extras import Extras
from benchmarks.speed.page import BEGIN, END
from benchmarks.speed.records import Condition, Record, append, is_done, read
from benchmarks.speed.summary import markdown, missed_bars
from benchmarks.speed_table import main


def _cell(column: str, number: int, duration_s: float, **changes: Any) -> Record:
    known: dict[str, Any] = {
        "row": "cartpole-ppo", "column": column, "round": number, "fraction": 1.0,
        "timesteps": 100_000, "duration_s": duration_s, "final_return": 500.0,
        "machine": this_machine(),
    }  # fmt: skip
    return Record(**(known | changes))


@pytest.fixture(name="measured")
def fixture_measured(tmp_path: Path) -> Path:
    """Yield a file with some cells."""
    path = tmp_path / "table.jsonl"
    for number, duration_s in enumerate((20.0, 26.0, 25.0)):
        append(_cell("sb3", number, duration_s), path)
        append(_cell("turbo", number, duration_s / 6), path)
    append(_cell("sb3", 0, 2.0, device="cuda"), path)
    append(_cell("sbx", 0, 0.0, timesteps=0, missing="sbx is not installed"), path)
    return path


def test_calls_for_parts_add_up_to_one_table(measured: Path) -> None:
    """Rounds, columns and devices do not mix; a round that was measured twice counts once."""
    append(_cell("sb3", 2, 25.0), measured)
    with measured.open("a", encoding="utf-8") as file:
        file.write('{"row": "torn')
    records = read(measured)
    assert len(records) == 8
    assert is_done(records, "cartpole-ppo", "sb3", 2, Condition())
    assert not is_done(records, "cartpole-ppo", "sb3", 3, Condition())
    assert not is_done(records, "cartpole-ppo", "turbo", 0, Condition(device="cuda"))
    assert not is_done(records, "cartpole-ppo", "sbx", 0, Condition())
    text = markdown(records, Condition(), Extras.beside(measured))
    assert "| CartPole-v1 PPO 100k | 4,000 (1.0x), 3 rounds | - (sbx is not installed) |" in text
    assert "24,000 (6.0x)" in text
    assert "50,000" in markdown(records, Condition(device="cuda"), Extras.beside(measured))


def test_the_machine_says_which_graphics_card_was_found(measured: Path) -> None:
    """None is said only where somebody looked."""
    machine = this_machine()
    assert gpu_text({**machine, "gpus": []}) == "no GPU found"
    assert gpu_text({**machine, "gpus": ["NVIDIA H100"]}) == "GPU: NVIDIA H100"
    del machine["gpus"]
    assert gpu_text(machine) == "nobody looked for a GPU"
    assert gpu_text(this_machine()) in markdown(
        read(measured), Condition(), Extras.beside(measured)
    )


def test_missed_bars_are_named_and_shares_of_a_row_reach_none(measured: Path) -> None:
    """Among them what a viewer costs."""
    extras = Extras.beside(measured)
    for number, watched in enumerate((90.0, 100.0, 91.0)):
        item = {"row": "cartpole-ppo", "column": "turbo", "round": number, "fraction": 1.0}
        extras.put("live", {**item, "watched": watched, "unwatched": 100.0})
    records = read(measured)
    (line,) = missed_bars(records, Condition(), extras)
    assert "one viewer costs turbo 9.0%" in line
    for number in range(3):
        append(_cell("turbo", number, 10.0), measured)
    lines = missed_bars(read(measured), Condition(), extras)
    assert "CartPole-v1 PPO 100k: turbo 2.50x SB3, 5x wanted" in lines
    assert missed_bars(read(measured), Condition(fraction=0.5), extras) == []


def test_extras_are_kept_one_by_one_and_written_to_a_page_with_plots(
    measured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Times to solved, live view, first pictures; a page without marks is refused."""
    extras = Extras.beside(measured)
    for is_warm, seconds in ((False, 14.0), (True, 9.0), (True, None)):
        number = 1 if seconds is None else 0
        extras.put("solved", {"row": "cartpole-ppo", "column": "turbo", "warm": is_warm,
                              "round": number, "fraction": 1.0, "seconds": seconds})  # fmt: skip
    for size in (1, 8):
        extras.put("num-envs", {"env_id": "CartPole-v1", "column": "turbo", "num_envs": size,
                                "round": 0, "timesteps_per_s": 1000.0 * size})  # fmt: skip
    extras.put("first-frame", {"column": "turbo", "warm": True, "round": 0, "seconds": 0.31})
    assert extras.has("num-envs", {"env_id": "CartPole-v1", "column": "turbo", "num_envs": 8,
                                   "round": 0})  # fmt: skip
    page = measured.with_name("page.md")
    page.write_text(f"# Speed\n{BEGIN}\nobsolete\n{END}\nafter\n", encoding="utf-8")
    words = ["--summary", "--records", str(measured), "--write", "--page", str(page)]
    assert main(words) == 0, missed_bars(read(measured), Condition(), extras)
    written = page.read_text(encoding="utf-8")
    assert "obsolete" not in written
    assert written.endswith("after\n")
    assert "| CartPole-v1 PPO 100k | turbo | 14.0 s (1 of 1 rounds) | not within" in written
    assert "- turbo: 0.31 s with a warm worker (1 rounds)" in written
    assert "(speed-num-envs-cartpole-v1.svg)" in written
    assert measured.with_name("speed-num-envs-cartpole-v1.svg").read_text().startswith("<svg")
    assert "CartPole-v1 PPO 100k" in capsys.readouterr().out
    page.write_text("nothing", encoding="utf-8")
    with pytest.raises(ValueError, match="the page has no"):
        main(words)
