"""Numbers are printed as people write them."""

import pytest

from gymlab.cli import output


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0.4, "0 s"), (59.4, "59 s"), (185, "3 min 05 s"), (7620, "2 h 07 min")],
)
def test_durations(seconds: float | None, text: str) -> None:
    """Seconds, minutes, hours."""
    assert output.duration(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"), [(None, ""), (999, "999 B"), (1500, "1.5 kB"), (2e12, "2.0 TB")]
)
def test_sizes(number: float | None, text: str) -> None:
    """Decimal units."""
    assert output.size(number) == text


def test_tables_print_what_looks_like_markup(capsys: pytest.CaptureFixture[str]) -> None:
    """A name in brackets is shown, not interpreted."""
    output.print_table(["A"], [["[red]x[/red]"]], empty="none")
    output.print_table(["A"], [], empty="none [yet]")
    assert "[red]x[/red]" in (text := capsys.readouterr().out)
    assert "none [yet]" in text


def test_ids_are_never_broken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a window of 80 columns the other columns give way."""
    monkeypatch.setattr(output.stdout, "width", 80)
    run_id = "0123456789ab"
    long = ["interrupted", "gymlab/GridWorld-v0", "recurrent_ppo", "1,000,000/10,000,000", "-1.0"]
    titles = ["ID", "STATUS", "ENVIRONMENT", "ALGORITHM", "TIMESTEP", "RETURN", "NAME"]
    output.print_table(titles, [[run_id, *long, "a name of many words " * 5]], empty="none")
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert [line for line in lines if line.startswith(run_id)]


def test_a_pipe_has_no_edge(capsys: pytest.CaptureFixture[str]) -> None:
    """What another command reads stays on its line."""
    output.print_table(["ID", "TEXT"], [["0123456789ab", "word " * 30]], empty="none")
    assert "word " * 29 in capsys.readouterr().out
