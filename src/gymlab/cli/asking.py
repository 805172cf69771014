"""Questions before something is taken away: an answer that is no, or none at all, changes nothing."""

import typer

from gymlab.cli import exit_codes, output


def require_yes(question: str) -> None:
    """Ask, and end the command unless the answer is yes.

    Raises:
        typer.Exit: The answer is no, or nobody is there to answer.
    """
    try:
        is_wanted = typer.confirm(question)
    except typer.Abort:
        output.stderr.print("\nhint: --yes answers the question", markup=False)
        is_wanted = False
    if not is_wanted:
        output.stderr.print("nothing was changed", markup=False)
        raise typer.Exit(exit_codes.DECLINED)
